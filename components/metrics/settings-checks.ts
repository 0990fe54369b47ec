import { specTargets } from '../deployment';
import { removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { type ParsedServers, servers } from './settings-schema';

/** What is checked besides: the names of the targets that the settings change. */
export interface CheckedServers extends ParsedServers {
  readonly targets: Readonly<Record<string, unknown>>;
}

/** What no single key about AudiFi's own servers can tell. */
export function serverFindings(parsed: CheckedServers): Finding[] {
  return servers.flatMap((server): Finding[] => {
    const host = [server, 'host'];
    const password = `${server}Password` as const;
    const findings: Finding[] = [];
    if (parsed[server].host === undefined) {
      if (parsed[password] === undefined) return [];
      const what = `is missing, and ${password} is set for it`;
      return [{ at: host, from: [host, [password]], what, fix: removeFix([password]) }];
    }
    if (parsed[password] === undefined) {
      const what = `is missing, and ${server}.host asks for it`;
      const at = [password];
      findings.push({ at, from: [at, host], what, fix: setFix(at, '--secret') });
    }
    // Names of other jobs are the stack's own in any case.
    if (Object.hasOwn(parsed.targets, server) && Object.hasOwn(specTargets(), server)) {
      const at = ['targets', server];
      const what = `and ${server}.host are both set: the stack's own exporter is that target`;
      findings.push({ at, from: [at, host], what, fix: removeFix(at) });
    }
    return findings;
  });
}
