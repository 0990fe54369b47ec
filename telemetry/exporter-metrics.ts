import { counter, gauge, open } from './contract';

const device = open('device', 50);
const fileSystem = {
  device,
  fstype: open('kind of file system', 10),
  mountpoint: open('mount point', 50),
  device_error: open('why it cannot be read; empty when all is well', 3),
};
const container = {
  id: open('cgroup', 300),
  name: open('container, empty for other cgroups', 300),
  image: open('image', 100),
};

/** Metrics of the exporters, as far as rules and dashboards read them. Help texts say what we use them for. */
export const exporterMetrics = {
  // Prometheus makes these for every target.
  up: gauge({ unit: 'boolean', help: '1 when the last scrape of the target succeeded.' }),
  scrape_samples_post_metric_relabeling: gauge({
    unit: 'samples',
    help: 'Samples of the last scrape that were kept; the sample limit counts these.',
  }),

  node_cpu_seconds_total: counter({
    unit: 'seconds',
    help: 'CPU time by mode.',
    labels: {
      cpu: open('number of the CPU', 256),
      mode: ['idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'],
    },
    budget: 2_048,
  }),
  node_memory_MemTotal_bytes: gauge({ unit: 'bytes', help: 'Memory of the machine.' }),
  node_memory_MemAvailable_bytes: gauge({
    unit: 'bytes',
    help: 'Memory that programs can still get, with caches that the kernel would give up.',
  }),
  node_filesystem_avail_bytes: gauge({
    unit: 'bytes',
    help: 'Space that ordinary users can still write.',
    labels: fileSystem,
    budget: 50,
  }),
  node_filesystem_size_bytes: gauge({
    unit: 'bytes',
    help: 'Size of the file system.',
    labels: fileSystem,
    budget: 50,
  }),
  node_filesystem_readonly: gauge({
    unit: 'boolean',
    help: '1 when the file system is mounted read-only.',
    labels: fileSystem,
    budget: 50,
  }),
  node_disk_io_time_seconds_total: counter({
    unit: 'seconds',
    help: 'Time in which the disk was busy.',
    labels: { device },
    budget: 50,
  }),
  node_network_receive_bytes_total: counter({
    unit: 'bytes',
    help: 'Received bytes.',
    labels: { device },
    budget: 50,
  }),
  node_network_transmit_bytes_total: counter({
    unit: 'bytes',
    help: 'Sent bytes.',
    labels: { device },
    budget: 50,
  }),
  node_scrape_collector_success: gauge({
    unit: 'boolean',
    help: '1 when the collector could read its source.',
    labels: { collector: open('part of the node exporter', 80) },
    budget: 80,
  }),

  container_cpu_usage_seconds_total: counter({
    unit: 'seconds',
    help: 'CPU time of the container.',
    labels: { ...container, cpu: open('"total", or number of the CPU', 256) },
    budget: 600,
  }),
  container_memory_working_set_bytes: gauge({
    unit: 'bytes',
    help: 'Memory that the kernel cannot take back; what the memory limit is compared with.',
    labels: container,
    budget: 300,
  }),
  container_spec_memory_limit_bytes: gauge({
    unit: 'bytes',
    help: 'Memory limit of the container; 0 for none.',
    labels: container,
    budget: 300,
  }),
  container_scrape_error: gauge({
    unit: 'boolean',
    help: '1 when cAdvisor could not read the containers.',
  }),

  probe_success: gauge({
    unit: 'boolean',
    help: '1 when the check succeeded.',
    labels: { check: open('name of the check', 50) },
    budget: 50,
  }),
  probe_duration_seconds: gauge({
    unit: 'seconds',
    help: 'Time that the check took.',
    labels: { check: open('name of the check', 50) },
    budget: 50,
  }),
  probe_ssl_earliest_cert_expiry: gauge({
    unit: 'unix time',
    help: 'When the first certificate of the chain ends.',
    labels: { check: open('name of the check', 50) },
    budget: 50,
  }),

  pg_up: gauge({ unit: 'boolean', help: '1 when the exporter could query PostgreSQL.' }),
  pg_exporter_last_scrape_error: gauge({
    unit: 'boolean',
    help: '1 when one of the queries of the PostgreSQL exporter failed.',
  }),
  redis_up: gauge({ unit: 'boolean', help: '1 when the exporter could query Redis.' }),
  redis_exporter_last_scrape_error: gauge({
    unit: 'boolean',
    help: '1 when the last scrape of Redis had an error.',
    labels: { err: open('the error', 5) },
    budget: 5,
  }),
};
