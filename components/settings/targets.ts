import { specTargets } from '../deployment';
import type { TargetSettings } from '../metrics/settings-schema';

/** Merges the jobs of the spec with the jobs of the settings. */
export function mergedTargets(
  changed: Readonly<Record<string, TargetSettings>>,
): Record<string, TargetSettings> {
  const spec = Object.entries(specTargets()).map(([job, address]): [string, TargetSettings] => [
    job,
    { enabled: true, path: '/metrics', scheme: 'http', bearerToken: false, addresses: [address] },
  ]);
  const merged = new Map(spec);
  for (const [job, target] of Object.entries(changed)) {
    const elsewhere = target.dns ?? target.kubernetes;
    const place = elsewhere === undefined ? merged.get(job)?.addresses : undefined;
    merged.set(job, { ...target, addresses: target.addresses ?? place });
  }
  return Object.fromEntries(merged);
}
