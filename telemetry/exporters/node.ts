import { counter, gauge, open, someHave } from '../contract';

const device = open('device', 50);
const fileSystem = {
  device,
  fstype: open('kind of file system', 10),
  mountpoint: open('mount point', 50),
  device_error: someHave('error that prevents reading it; empty if none', 3),
};

/** The machine, by the node exporter. */
export const nodeMetrics = {
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
    help: 'Memory available to programs, including caches that the kernel can free.',
  }),
  node_zfs_arc_size: gauge({
    unit: 'bytes',
    onlyIf: 'the machine uses ZFS',
    help: "ZFS's cache, which MemAvailable counts as used; none without ZFS.",
  }),
  node_zfs_arc_c_min: gauge({
    unit: 'bytes',
    onlyIf: 'the machine uses ZFS',
    help: "What ZFS's cache keeps when programs need memory.",
  }),
  node_filesystem_avail_bytes: gauge({
    unit: 'bytes',
    help: 'Free space for non-root users.',
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
  node_disk_read_bytes_total: counter({
    unit: 'bytes',
    help: 'Bytes read from the disk.',
    labels: { device },
    budget: 50,
  }),
  node_disk_written_bytes_total: counter({
    unit: 'bytes',
    help: 'Bytes written to the disk.',
    labels: { device },
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
    help: '1 if the collector could read its source.',
    labels: { collector: open('part of the node exporter', 80) },
    budget: 80,
  }),
};
