import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { selector } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { runbook } from './links';
import { lines } from './panels';
import { range } from './queries';
import { chosen } from './variables';

const empty = 'No metrics of machines. Check that the node exporter is on (nodeExporter.enabled).';
const instance = chosen('instance');

/** Disk and network I/O of the machines. Needs the variable `instance`. */
export const machinePanels = (options: DashboardOptions): readonly (readonly [number, Panel])[] => [
  [8, diskIo(options)],
  [8, busyDisks(options)],
  [8, networkIo()],
];

function diskIo(options: DashboardOptions): Panel {
  return lines({
    title: 'Disk I/O',
    shows: 'Bytes per second that all disks of a machine read and write.',
    good: 'Writes are constant, and reads have short peaks.',
    otherwise: 'Many reads without more traffic: memory is short, and files are read again.',
    unit: 'bytesPerSecond',
    queries: [
      range(selector('instance:node_disk_read_bytes:rate5m', { instance }), 'read {{instance}}'),
      range(
        selector('instance:node_disk_written_bytes:rate5m', { instance }),
        'written {{instance}}',
      ),
    ],
    empty,
    links: [runbook(options, 'LowDiskSpace')],
  });
}

function busyDisks(options: DashboardOptions): Panel {
  return lines({
    title: 'Disk Busy',
    shows: 'Share of time in which the busiest disk of each machine is busy.',
    good: 'Far below 100 %.',
    otherwise: 'Near 100 %, everything that reads or writes waits, the database first.',
    unit: 'share',
    queries: [
      range(selector('instance:node_disk_io_time:max_rate5m', { instance }), '{{instance}}'),
    ],
    empty,
    max: 1,
    links: [runbook(options, 'HighLatency')],
  });
}

function networkIo(): Panel {
  return lines({
    title: 'Network I/O',
    shows: 'Bytes per second that the network cards of a machine receive and send.',
    good: 'Follows requests and viewers.',
    otherwise:
      'Flat at the maximum: the network is saturated. Traffic without requests: a backup or ' +
      'an attack.',
    unit: 'bytesPerSecond',
    queries: [
      range(
        selector('instance:node_network_receive_bytes:rate5m', { instance }),
        'received {{instance}}',
      ),
      range(
        selector('instance:node_network_transmit_bytes:rate5m', { instance }),
        'sent {{instance}}',
      ),
    ],
    empty,
  });
}
