import { z } from 'zod';
import { bearerToken, doc, httpUrl, kind, secret } from '../settings/kinds';

/** The number in the address of a page of Better Stack, e.g. `…/team/t1/monitors/238`. */
const id = z
  .int({ error: 'is not the id of an object at Better Stack (a whole number)' })
  .min(1, { error: 'is not the id of an object at Better Stack (a whole number)' })
  .meta(kind('whole number'));

const betterStack = z
  .strictObject({
    apiUrl: httpUrl
      .refine((text) => !/[?#]|\/$/.test(text), { error: 'has a query, a fragment or a final "/"' })
      .default('https://uptime.betterstack.com/api/v2')
      .meta(
        doc(
          'URL of the Uptime API, for a relay or a test.',
          'https://uptime.betterstack.com/api/v2',
        ),
      ),
    policyId: id
      .optional()
      .meta(
        doc(
          'Escalation policy of all monitors (default: the people whom the account notifies).',
          '4321',
        ),
      ),
    monitors: z
      .record(
        z.string().min(1, { error: 'is empty' }),
        id.meta(doc('Id of the monitor that the stack takes over for this check.', '238')),
      )
      .default({})
      .meta(
        doc(
          'Existing monitors to take over, by name of the check. The stack changes and deletes ' +
            'them as its own.',
          '.api-health 238',
        ),
      ),
    heartbeat: id
      .optional()
      .meta(doc('Existing heartbeat to take over for the alert Watchdog.', '12345')),
  })
  .prefault({});

/** All top-level keys of the monitors outside the stack. */
export const monitorsSchema = z.strictObject({
  betterStack,
  betterStackToken: secret(
    bearerToken,
    'Token of the Better Stack Uptime API. If set, the stack creates a monitor there for each of ' +
      'uptime.checks, and a heartbeat if heartbeatUrl is not set.',
  ),
});

export type ParsedMonitors = z.output<typeof monitorsSchema>;

/** What decides whether a check has a monitor. */
export interface Check {
  readonly name: string;
  readonly url: string;
  readonly kind: 'http' | 'certificate';
}

/**
 * The checks that have a monitor. A certificate check has none if another monitor reads the
 * certificate of its host.
 */
export function monitoredChecks<C extends Check>(checks: readonly C[]): C[] {
  return checks.filter(
    (check, i) =>
      check.kind === 'http' ||
      !checks.some(
        (other, j) => (other.kind === 'http' || j < i) && secureHost(other) === secureHost(check),
      ),
  );
}

/** Host and port of an https URL; undefined without a certificate. */
export function secureHost({ url }: Check): string | undefined {
  const { protocol, host } = new URL(url);
  return protocol === 'https:' ? host : undefined;
}
