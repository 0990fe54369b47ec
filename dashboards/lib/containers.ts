import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { selector, topk } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { runbook } from './links';
import { lines, top } from './panels';
import { averageOfTop, instant, range } from './queries';

const noContainers = 'No container is measured: is cAdvisor on (cadvisor.enabled)?';

/** Containers with the names of their pods behind their own; on Docker there are none. */
const named = (containers: string): string =>
  `label_join(${containers}, "container", " ", "container", "pod")`;

/** What the containers of a machine take of it. */
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
    shows: 'Memory of the ten largest containers at each time.',
    good: 'Level.',
    otherwise: 'A slope ends at the limit, with a restart.',
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
    shows: 'Cores that the ten busiest containers used, on average of all that is shown.',
    good: 'AudiFi’s own before those of the monitoring.',
    otherwise: 'Prometheus at the top: expensive queries or rules.',
    unit: 'cores',
    queries: [instant(named(topk(10, mean)), '{{container}}')],
    empty: noContainers,
  });
}
