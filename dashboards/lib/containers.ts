import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { selector, topk } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { runbook } from './links';
import { lines, top } from './panels';
import { averageOfTop, instant, range } from './queries';

const noContainers = 'No container metrics. Check that cAdvisor is on (cadvisor.enabled).';

/** Legend: container name, followed by the pod name on Kubernetes. */
const named = (containers: string): string =>
  `label_join(${containers}, "container", " ", "container", "pod")`;

/** Resource usage of the containers on a machine. */
export const containerPanels = (
  options: DashboardOptions,
): readonly (readonly [number, Panel])[] => [
  [12, memory(options)],
  [12, cpu()],
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
