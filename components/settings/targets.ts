import { specTargets } from '../deployment';
import type { TargetSettings } from '../metrics/settings-schema';

/**
 * Merges the jobs of the spec with the jobs of the settings. Without other settings, the spec's
 * jobs have the names of AudiFi's services: in the network on Docker, in its namespace on
 * Kubernetes.
 */
export function mergedTargets({
  platform,
  targets,
  kubernetes: { appNamespace },
}: Discovering & { readonly platform: string }): Record<string, TargetSettings> {
  const domain = platform === 'kubernetes' ? `.${appNamespace}.svc` : '';
  const spec = Object.entries(specTargets()).map(([job, name]): [string, TargetSettings] => {
    const addresses = [name.replace(':', `${domain}:`)];
    return [
      job,
      { enabled: true, path: '/metrics', scheme: 'http', bearerToken: false, addresses },
    ];
  });
  const merged = new Map(spec);
  for (const [job, target] of Object.entries(targets)) {
    const elsewhere = target.dns ?? target.kubernetes;
    const place = elsewhere === undefined ? merged.get(job)?.addresses : undefined;
    merged.set(job, { ...target, addresses: target.addresses ?? place });
  }
  return Object.fromEntries(merged);
}

/** The settings that decide where AudiFi's pods are discovered. */
export interface Discovering {
  readonly targets: Readonly<Record<string, TargetSettings>>;
  readonly kubernetes: { readonly appNamespace: string };
}

/** The namespaces in which AudiFi's pods are discovered, each with the first job that needs it. */
export function discoveredNamespaces({
  targets,
  kubernetes: { appNamespace },
}: Discovering): ReadonlyMap<string, string> {
  const jobs = new Map<string, string>();
  for (const [job, { enabled, kubernetes: pods }] of Object.entries(targets)) {
    if (!enabled || pods === undefined) continue;
    const { namespace = appNamespace } = pods;
    if (!jobs.has(namespace)) jobs.set(namespace, job);
  }
  return jobs;
}
