import { z } from 'zod';
import {
  bearerToken,
  dnsLabel,
  doc,
  duration,
  kind,
  onByDefault,
  ownPages,
  secret,
} from '../settings/kinds';
import { httpUrl, isPrivate } from '../settings/kinds-hosts';
import { services } from '../services';
import { probedByDefault, type StackShape } from '../stack-shape';

const check = z.strictObject({
  name: dnsLabel.meta(doc('Value of the label `check`.', 'my-check')),
  url: httpUrl.meta(doc('URL to fetch.', 'https://audifi.io')),
  interval: duration('5s', '2m')
    .default('1m')
    .meta(
      doc('Time between two checks. Above 2m, the series would go stale between two checks.', '1m'),
    ),
  kind: z
    .enum(['http', 'certificate'])
    .default('http')
    .meta(
      doc(
        'http: the URL must answer with 2xx. certificate: reads only the expiry date of the ' +
          'certificate.',
        'http',
      ),
    ),
});

export type CheckSettings = z.output<typeof check>;

/**
 * The four external checks of the spec. For the interval of the certificate check, see
 * docs/spec-departures.md.
 */
export const specChecks: readonly CheckSettings[] = [
  { name: 'landing-page', url: 'https://audifi.io', interval: '1m', kind: 'http' },
  { name: 'app', url: 'https://app.audifi.io', interval: '1m', kind: 'http' },
  { name: 'api-health', url: 'https://api.audifi.io/health', interval: '30s', kind: 'http' },
  { name: 'ssl-expiry', url: 'https://api.audifi.io', interval: '2m', kind: 'certificate' },
];

/**
 * The URLs that the stack probes: those of the settings, otherwise AudiFi's public addresses, or on
 * a development machine the API server of the reference application. Pure.
 */
export function uptimeChecks(stack: StackShape): readonly CheckSettings[] {
  if (stack.uptime.checks !== undefined) return stack.uptime.checks;
  const probed = probedByDefault(stack);
  if (probed !== 'app') return probed === undefined ? [] : specChecks;
  const url = `http://caddy:${services.caddy.ports.http}/health`;
  return [{ name: 'api-health', url, interval: '30s', kind: 'http' }];
}

const uptime = z
  .strictObject({
    enabled: onByDefault('Probe the URLs from this stack.'),
    port: ownPages('9115'),
    public: z
      .boolean()
      .optional()
      .meta(
        doc(
          "If uptime.checks is not set, probe AudiFi's public addresses: the four checks of the " +
            'spec (default: only on Kubernetes). If false, a stack with the reference application ' +
            'probes its API server instead.',
          'true',
        ),
      ),
    checks: z.array(check).optional().meta(doc('URLs to probe (default: see uptime.public).')),
  })
  .prefault({});

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
          'Escalation policy of all monitors (default: call, push and email to the person on call).',
          '4321',
        ),
      ),
    monitors: z
      .record(
        z.string().min(1, { error: 'is empty' }),
        id.meta(doc('ID of the monitor that the stack takes over for this check.', '238')),
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

/** All top-level keys of the checks, here and outside the stack. */
export const uptimeSchema = z.strictObject({
  uptime,
  betterStack,
  betterStackToken: secret(
    bearerToken,
    'Token of the Better Stack Uptime API. If set, the stack creates a monitor there for each of ' +
      'uptime.checks that is not in a private network, and a heartbeat if heartbeatUrl is not set.',
  ),
});

export type ParsedUptime = z.output<typeof uptimeSchema>;

/** What decides whether a check has a monitor. */
export interface Check {
  readonly name: string;
  readonly url: string;
  readonly kind: 'http' | 'certificate';
}

/**
 * The checks that have a monitor: those that Better Stack can reach. A certificate check has none
 * if another monitor reads the certificate of its host.
 */
export function monitoredChecks<C extends Check>(all: readonly C[]): C[] {
  const checks = all.filter(({ url }) => !isPrivate(url));
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
