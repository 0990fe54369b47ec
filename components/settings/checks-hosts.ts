import { servers } from '../metrics/settings-schema-servers';
import { type Path, setFix } from './commands';
import type { Finding } from './finding';
import { isShortName } from './kinds-hosts';
import { isSecret } from './problems';
import type { ParsedSettings } from './schema';

/** The settings that the check needs. */
export type CheckedHosts = Pick<
  ParsedSettings,
  'platform' | 'kubernetes' | 'targets' | 'grafana' | (typeof servers)[number]
>;

/**
 * Rejects names of one label on Kubernetes. Pods look them up in their own namespace, in which only
 * the stack itself runs. (On Docker, they are names in the stack's network.)
 */
export function hostFindings(parsed: CheckedHosts, secretKeys: ReadonlySet<string>): Finding[] {
  if (parsed.platform !== 'kubernetes') return [];
  const { namespace, appNamespace } = parsed.kubernetes;
  return placesOf(parsed).flatMap(({ at, text = '' }): Finding[] => {
    const [, host = '', port = ''] = /^([^:]+)(:\d+)?$/.exec(text) ?? [];
    if (!isShortName(host)) return [];
    const name = isSecret(at, secretKeys) ? 'my-service' : host.replace(/\.$/, '');
    const what =
      `has no namespace, so it is looked up in that of the stack itself (${namespace}): write it ` +
      'as <service>.<namespace>.svc';
    const fix = setFix(at, `${name}.${appNamespace}.svc${port}`);
    return [{ at, from: [at, ['platform']], what, fix }];
  });
}

/** Hosts that the stack's pods connect to, some with a port. */
function placesOf(
  parsed: CheckedHosts,
): { readonly at: Path; readonly text?: string | undefined }[] {
  const targets = Object.entries(parsed.targets).filter(([, { enabled }]) => enabled);
  return [
    ...targets.flatMap(([job, { addresses = [], dns }]) => [
      ...addresses.map((text, i) => ({ at: ['targets', job, 'addresses', i], text })),
      { at: ['targets', job, 'dns', 'name'], text: dns?.name },
    ]),
    ...servers.map((server) => ({ at: [server, 'host'], text: parsed[server].host })),
    { at: ['grafana', 'database', 'host'], text: parsed.grafana.database?.host },
  ];
}
