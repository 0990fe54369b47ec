import { deploymentOf, replicasOf } from '../deployment';
import { collectorQueues, otlpTargets, queuesMiB } from '../forwarding/targets-config';
import type { ServiceName } from '../services';
import type { Path } from '../settings/commands';
import type { Settings } from '../settings';
import { volumeMiB } from '../settings/budgets';
import { sizeMiB } from '../units';

/** A volume whose size is a setting. */
export interface SizedVolume {
  readonly workload: ServiceName;
  readonly volume: string;
  /** Number of instances, each with a claim. */
  readonly replicas: number;
  readonly setting: Path;
  /** Total size in MiB. */
  readonly sizeMiB: number;
  /** The part that other settings add. Undefined if only its own setting counts. */
  readonly addedMiB?: number;
}

/** The volumes of a stack whose sizes are settings, or follow from budgets. */
export function sizedVolumes(settings: Settings): SizedVolume[] {
  const { has } = deploymentOf(settings);
  const { forwarding } = settings;
  const queues = queuesMiB(forwarding.queue, collectorQueues(otlpTargets(forwarding)));
  const sizes = (text: string): number => sizeMiB(text) ?? 0;
  const all: readonly [ServiceName, string, Path, number, number?][] = [
    ['prometheus', 'data', ['prometheus', 'storage'], volumeMiB('prometheus', settings)],
    ['alertmanager', 'data', ['alertmanager', 'storage'], sizes(settings.alertmanager.storage)],
    ['loki', 'data', ['loki', 'storage'], volumeMiB('loki', settings)],
    ['jaeger', 'data', ['jaeger', 'storage'], volumeMiB('jaeger', settings)],
    ['otel-collector', 'queue', ['traces', 'storage'], sizes(settings.traces.storage), queues],
    ['thanos-compactor', 'data', ['longTerm', 'storage'], sizes(settings.longTerm.storage)],
    ['grafana', 'data', ['grafana', 'storage'], volumeMiB('grafana', settings)],
  ];
  return all
    .filter(([workload]) => has(workload))
    .map(([workload, volume, setting, size, addedMiB]) => ({
      ...{ workload, volume, setting, addedMiB },
      replicas: replicasOf(workload, settings),
      sizeMiB: size + (addedMiB ?? 0),
    }));
}
