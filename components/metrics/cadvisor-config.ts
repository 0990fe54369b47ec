import type { ScrapeConfig } from './prometheus-config';

/**
 * Container series have the label `container`, as logs do: the container name on Docker, and the
 * name in the pod on Kubernetes. cAdvisor's own label `name` differs: on Kubernetes it is 64 hex
 * digits. Pure.
 */

/** For cAdvisor on a Docker engine. */
export const dockerContainers: ScrapeConfig = {
  metric_relabel_configs: [
    {
      source_labels: ['__name__', 'name'],
      regex: 'container_[^;]+;(.*)',
      target_label: 'container',
      // Empty for cgroups that are not containers. Prometheus then removes the label, which would
      // otherwise be the target's own: the name of cAdvisor's container.
      replacement: '$1',
    },
    { regex: 'name', action: 'labeldrop' },
  ],
};

/** Metrics with many series per container that no panel or alert uses. */
const unread = [
  'blkio_device_usage_total',
  'fs_(inodes_.+|io_.+|sector_.+|(reads|writes)_merged_total|(read|write)_seconds_total)',
  'last_seen',
  'memory_(failcnt|failures_total|mapped_file|max_usage_bytes)',
  'network_(advance_tcp_stats|tcp6?|udp6?)_.+',
  'tasks_state',
  'ulimits_soft',
];

/**
 * For the kubelet's cAdvisor. It also reports system services of the node, and for each pod the sum
 * of its containers, which would count twice. Network metrics exist only per pod. Cgroup `/` is the
 * node. See https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md
 */
export const kubeletContainers: ScrapeConfig = {
  // Its samples have timestamps, so a removed container would otherwise stay visible for 5 minutes.
  track_timestamps_staleness: true,
  metric_relabel_configs: [
    { source_labels: ['__name__'], regex: `container_(${unread.join('|')})`, action: 'drop' },
    {
      source_labels: ['__name__', 'id', 'pod'],
      regex: 'container_[^;]+;/.+;',
      action: 'drop',
    },
    {
      // Some runtimes name the pod's sandbox container POD.
      source_labels: ['__name__', 'pod', 'container'],
      regex: 'container_([^n][^;]*|n[^e][^;]*);.+;(POD)?',
      action: 'drop',
    },
    { regex: 'name', action: 'labeldrop' },
  ],
};
