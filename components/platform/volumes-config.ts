import { deploymentOf } from '../deployment';
import { collectorQueues, otlpTargets, queuesMiB } from '../forwarding/targets-config';
import type { ServiceName } from '../services';
import type { Path } from '../settings/commands';
import type { Settings } from '../settings';
import { sizeMiB } from '../units';

/** A volume whose size is a setting. */
export interface SizedVolume {
  readonly workload: ServiceName;
  readonly volume: string;
  readonly setting: Path;
  /** Whole size in MiB. */
  readonly sizeMiB: number;
  /** Part of it that other settings add. Undefined: the setting alone decides. */
  readonly addedMiB?: number;
}

/** The volumes of a stack whose sizes are settings. */
export function sizedVolumes(settings: Settings): SizedVolume[] {
  const { has } = deploymentOf(settings);
  const { forwarding } = settings;
  const queues = queuesMiB(forwarding.queue, collectorQueues(otlpTargets(forwarding)));
  const all: readonly [ServiceName, string, Path, string, number?][] = [
    ['prometheus', 'data', ['prometheus', 'storage'], settings.prometheus.storage],
    ['alertmanager', 'data', ['alertmanager', 'storage'], settings.alertmanager.storage],
    ['loki', 'data', ['loki', 'storage'], settings.loki.storage],
    ['jaeger', 'data', ['jaeger', 'storage'], settings.jaeger.storage],
    ['otel-collector', 'queue', ['traces', 'storage'], settings.traces.storage, queues],
    ['thanos-compactor', 'data', ['longTerm', 'storage'], settings.longTerm.storage],
    ['grafana', 'data', ['grafana', 'storage'], settings.grafana.storage],
  ];
  return all
    .filter(([workload]) => has(workload))
    .map(([workload, volume, setting, size, addedMiB]) => ({
      ...{ workload, volume, setting, addedMiB },
      sizeMiB: (sizeMiB(size) ?? 0) + (addedMiB ?? 0),
    }));
}
