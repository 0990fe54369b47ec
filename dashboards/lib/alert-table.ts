import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardOptions } from '../options';
import { rows } from './queries';
import { ranked, severityStates } from './severities';
import type { PanelSpec } from './spec';
import { table, width } from './table';

export interface AlertTableSpec extends Omit<PanelSpec, 'queries' | 'unit'> {
  /** A query that returns one series per alert, with its start as the value (Unix time). */
  readonly expr: string;
}

const order = [
  ...['severity', 'alertname', 'Value', 'service', 'team'],
  ...['node', 'namespace', 'instance', 'container', 'pod'],
];

/** Columns that repeat another column, or have one value for all rows (Thanos: env, stack). */
const hidden = ['__name__', 'alertstate', 'job', 'server', 'env', 'stack'];

/** Headings of the labels that alerts have. A label without one is shown by its name. */
const headings: Readonly<Record<string, string>> = {
  severity: 'Severity',
  alertname: 'Alert',
  Value: 'Since',
  service: 'Service',
  team: 'Team',
  node: 'Node',
  namespace: 'Namespace',
  instance: 'Instance',
  container: 'Container',
  pod: 'Pod',
  application_name: 'Application',
  check: 'Check',
  collector: 'Collector',
  condition: 'Condition',
  data: 'Data',
  data_type: 'Data type',
  database: 'Database',
  datname: 'Database',
  device: 'Device',
  exported_job: 'Job',
  exporter: 'Exporter',
  integration: 'Integration',
  kind: 'Kind',
  persistentvolumeclaim: 'Volume claim',
  queue: 'Queue',
  reason: 'Reason',
  receiver: 'OTLP receiver',
  receiver_name: 'Receiver',
  remote_name: 'Remote write',
  resource: 'Resource',
  rule_group: 'Rule group',
  session_id: 'Session',
  slo: 'SLO',
  slot_name: 'Replication slot',
  workload: 'Workload',
};

/** One row per alert: start, name (linked to its runbook), severity, owner. */
export function alertTable({ expr, ...spec }: AlertTableSpec, options: DashboardOptions): Panel {
  // Grafana expects milliseconds.
  const query = rows(`1000 * (${ranked(expr)})`);
  return table(
    { ...spec, unit: 'count', queries: [query] },
    {
      ...{ order, hidden, headings, sortedBy: 'Severity' },
      properties: {
        Alert: [
          width(300),
          {
            id: 'links',
            value: [
              {
                title: 'Runbook',
                url: `${options.runbookBase}/\${__value.raw}.md`,
                targetBlank: true,
              },
            ],
          },
        ],
        Service: [width(160)],
        Team: [width(120)],
        Severity: [
          width(100),
          { id: 'custom.cellOptions', value: { type: 'color-text' } },
          { id: 'mappings', value: severityStates },
        ],
        Since: [
          width(160),
          { id: 'unit', value: 'dateTimeFromNow' },
          { id: 'custom.align', value: 'left' },
        ],
      },
    },
  );
}
