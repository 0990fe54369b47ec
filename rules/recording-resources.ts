import { by, type Expr, present, rate, selector, sum, topk, unlike } from '../telemetry';
import { type Context, when } from './context';
import { containerMemoryShare, diskFree, memoryUsed } from './host-parts';
import { jobs } from './options';
import { record, type Recording } from './recording-parts';
import { scoped } from './scope';

/** The machines. */
export const resources = (c: Context): readonly Recording[] => when(c.has(jobs.node), ...hosts(c));

/** Details by disk and container. */
export const resourceDetails = (c: Context): readonly Recording[] => [
  ...when(c.has(jobs.node), ...disks()),
  ...when(c.has(jobs.cadvisor), ...containers(c)),
];

function hosts(c: Context): readonly Recording[] {
  const w = c.window(300);
  const host = ['job', 'instance'] as const;
  const idle = by('avg', host, rate(scoped('node_cpu_seconds_total', { mode: 'idle' }), w));
  const perHost = <L extends 'job' | 'instance'>(text: string): Expr<L> => text as Expr<L>;
  return [
    record('instance:node_cpu:utilisation_rate5m', perHost(`1 - ${idle}`)),
    // Drops the exporter's pod, so that the machine's series continues when the pod is replaced.
    record('instance:node_memory:utilisation', by('max', host, memoryUsed())),
    record(
      'instance:node_disk_read_bytes:rate5m',
      sum(
        host,
        rate(selector('node_disk_read_bytes_total', { job: jobs.node, device: wholeDisk }), w),
      ),
    ),
    record(
      'instance:node_disk_written_bytes:rate5m',
      sum(
        host,
        rate(selector('node_disk_written_bytes_total', { job: jobs.node, device: wholeDisk }), w),
      ),
    ),
    record(
      'instance:node_disk_io_time:max_rate5m',
      by(
        'max',
        host,
        rate(selector('node_disk_io_time_seconds_total', { job: jobs.node, device: wholeDisk }), w),
      ),
    ),
    record(
      'instance:node_network_receive_bytes:rate5m',
      sum(host, rate(scoped('node_network_receive_bytes_total', { device: outward }), w)),
    ),
    record(
      'instance:node_network_transmit_bytes:rate5m',
      sum(host, rate(scoped('node_network_transmit_bytes_total', { device: outward }), w)),
    ),
  ];
}

/**
 * Traffic of a bridge or a tunnel also goes through a network card, and would count twice. So would
 * that of the second device of a network card on Azure (`enP1234s1`).
 */
const outward = unlike(
  'lo|docker.*|br-.*|cni.*|flannel.*|cilium.*|kube-.*|tunl.*|vxlan.*|virbr.*|genev.*|ovn.*|antrea.*|azure.*|enP[0-9]+s[0-9]+',
);

/** I/O of a volume or a RAID array is also I/O of its disks, and would count twice. */
const wholeDisk = unlike('(dm-|md|loop|ram|zram|sr|fd).*');

function disks(): readonly Recording[] {
  const free = diskFree(['job', 'instance']);
  return [
    record('device:node_filesystem:utilisation', `1 - ${free}` as typeof free),
    record(
      'instance:node_filesystem:max_utilisation',
      by('max', ['job', 'instance'], selector('device:node_filesystem:utilisation')),
    ),
  ];
}

/** A cluster has thousands of short-lived containers, so panels over days only show the largest. */
function containers(c: Context): readonly Recording[] {
  const container = ['namespace', 'pod', 'container'] as const;
  const each = ['node', ...container] as const;
  const seconds = scoped('container_cpu_usage_seconds_total', { container: present });
  const bytes = scoped('container_memory_working_set_bytes', { container: present });
  const cpu = by('max', container, selector('container:container_cpu_usage_seconds:rate5m'));
  const memory = by('max', container, selector('container:container_memory_working_set_bytes:sum'));
  return [
    record('container:container_cpu_usage_seconds:rate5m', sum(each, rate(seconds, c.window(300)))),
    record('container:container_cpu_usage_seconds:topk30_rate5m', topk(30, cpu)),
    record('container:container_memory_working_set_bytes:sum', sum(each, bytes)),
    record('container:container_memory_working_set_bytes:topk10_sum', topk(10, memory)),
    record(
      'container:container_memory:topk10_utilisation',
      topk(10, by('max', container, containerMemoryShare(each))),
    ),
  ];
}
