import { keyOf, type Path, removeFix } from './commands';
import type { Finding } from './finding';
import type { ParsedSettings } from './schema';

/**
 * Rejects values that a list has twice, where this would do harm: Prometheus scrapes an address of
 * a job only once, so TargetsMissing would fire for ever, and the API server of a cluster may
 * reject the pods. A repeated port is most likely a typo.
 */
export function listFindings({
  targets,
  kubernetes,
}: Pick<ParsedSettings, 'targets' | 'kubernetes'>): Finding[] {
  return [
    ...Object.entries(targets).flatMap(([job, { addresses = [] }]) =>
      repeated(['targets', job, 'addresses'], addresses),
    ),
    ...repeated(['kubernetes', 'imagePullSecrets'], kubernetes.imagePullSecrets),
    ...repeated(['kubernetes', 'podPorts'], kubernetes.podPorts),
  ];
}

const repeated = (list: Path, values: readonly (string | number)[]): Finding[] =>
  values.flatMap((value, i): Finding[] => {
    const first = values.indexOf(value);
    if (first === i) return [];
    const at = [...list, i];
    const what = `is the same as ${keyOf([...list, first])}`;
    return [{ at, what, fix: removeFix(at) }];
  });
