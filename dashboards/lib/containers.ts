import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { selector, topk } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { above } from './limits';
import { runbook } from './links';
import { lines, top } from './panels';
import { averageOfTop, instant, range } from './queries';

const noContainers = 'No container metrics. Check that cAdvisor is on (cadvisor.enabled).';

/** Legend: container name, followed by the names of pod and namespace on Kubernetes. */
export const named = (containers: string): string =>
  `label_join(${containers}, "container", " ", "container", "pod", "namespace")`;

/** Resource usage of the containers on a machine. */
export const containerPanels = (
  options: DashboardOptions,
): readonly (readonly [number, Panel])[] => [
  [8, memory(options)],
  [8, memoryLimits(options)],
  [8, cpu()],
];

function memory(options: DashboardOptions): Panel {
  const used = selector('container:container_memory_working_set_bytes:topk10_sum');
  return lines({
    title: 'Memory by Container',
    shows: 'Memory of the ten largest containers at each point in time.',
    good: 'Level.',
    otherwise:
      'A steady rise: the container will be killed and restarted when it reaches its limit.',
    unit: 'bytes',
    queries: [range(named(topk(10, used)), '{{container}}')],
    empty: noContainers,
    links: [runbook(options, 'ContainerNearMemoryLimit')],
  });
}

function memoryLimits(options: DashboardOptions): Panel {
  const share = selector('container:container_memory:topk10_utilisation');
  return lines({
    title: 'Memory Limits',
    shows:
      'Share of its memory limit that a container uses, without file caches: the ten highest at ' +
      'each point in time.',
    good: 'Below the line.',
    otherwise:
      'At 100 % the kernel kills the container. A steady rise is a leak; a rise with the load needs a higher limit.',
    unit: 'share',
    queries: [range(named(topk(10, share)), '{{container}}')],
    empty: `No container has a memory limit. Or: ${noContainers}`,
    max: 1,
    limit: above(options.thresholds.containerMemoryRatio, 'warning'),
    links: [runbook(options, 'ContainerNearMemoryLimit')],
  });
}

function cpu(): Panel {
  const mean = averageOfTop(selector('container:container_cpu_usage_seconds:topk30_rate5m'));
  return top({
    title: 'CPU by Container',
    shows: 'CPU cores used by the ten busiest containers, averaged over the time range.',
    good: 'AudiFi’s containers use more than the monitoring.',
    otherwise: 'Prometheus at the top: expensive queries or rules.',
    unit: 'cores',
    queries: [instant(named(topk(10, mean)), '{{container}}')],
    empty: noContainers,
  });
}
