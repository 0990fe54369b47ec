import { specTargets } from '../deployment';
import { removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { type ParsedServers, servers } from './settings-schema-servers';

/** The other settings that the checks need: the targets that the settings change. */
export interface CheckedServers extends ParsedServers {
  readonly targets: Readonly<Record<string, unknown>>;
}

/** Checks settings of AudiFi's own servers that depend on each other. */
export function serverFindings(parsed: CheckedServers): Finding[] {
  return servers.flatMap((server): Finding[] => {
    const host = [server, 'host'];
    const password = `${server}Password` as const;
    const findings: Finding[] = [];
    if (parsed[server].host === undefined) {
      if (parsed[password] === undefined) return [];
      const what = `is missing, but ${password} is set`;
      return [{ at: host, from: [host, [password]], what, fix: removeFix([password]) }];
    }
    if (parsed[password] === undefined) {
      const what = `is missing but required by ${server}.host`;
      const at = [password];
      findings.push({ at, from: [at, host], what, fix: setFix(at, '--secret') });
    }
    // The names of all other jobs are reserved by the stack anyway.
    if (Object.hasOwn(parsed.targets, server) && Object.hasOwn(specTargets(), server)) {
      const at = ['targets', server];
      const what =
        `cannot be combined with ${server}.host: that setting already adds the stack's own ` +
        'exporter as this target';
      findings.push({ at, from: [at, host], what, fix: removeFix(at) });
    }
    return findings;
  });
}
