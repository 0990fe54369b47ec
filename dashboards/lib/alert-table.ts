import {
  TableCellHeight,
  TableSortByFieldStateBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import type { DashboardOptions } from '../options';
import { rows } from './queries';
import { ranked, severityStates } from './severities';
import { dressed, type PanelSpec } from './spec';

export interface AlertTableSpec extends Omit<PanelSpec, 'queries' | 'unit'> {
  /** A query that returns one series per alert, with its start as the value (Unix time). */
  readonly expr: string;
}

const columns = [
  ...['severity', 'alertname', 'Value', 'service', 'team'],
  ...['node', 'namespace', 'instance', 'container', 'pod'],
];

/** Columns that repeat another column, or have one value for all rows (Thanos: env, stack). */
const notShown = ['Time', '__name__', 'alertstate', 'job', 'server', 'env', 'stack'];

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
  const table = new Table()
    .cellHeight(TableCellHeight.Sm)
    .sortBy([new TableSortByFieldStateBuilder().displayName('Severity').desc(false)])
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(notShown.map((label) => [label, true])),
        indexByName: Object.fromEntries(columns.map((label, i) => [label, i])),
        renameByName: headings,
      },
    });
  // Grafana expects milliseconds.
  const query = rows(`1000 * (${ranked(expr)})`);
  const panel = dressed(table, { ...spec, unit: 'count', queries: [query] });
  const override = (name: string, ...properties: DynamicConfigValue[]) => ({
    matcher: { id: 'byName', options: name },
    properties,
  });
  const overrides = [
    // The panel's `noValue` text is for an empty table. An empty cell gets a dash instead.
    { matcher: { id: 'byRegexp', options: '.*' }, properties: [{ id: 'noValue', value: '–' }] },
    override('Alert', width(300), {
      id: 'links',
      value: [
        {
          title: 'Runbook',
          url: `${options.runbookBase}/\${__value.raw}.md`,
          targetBlank: true,
        },
      ],
    }),
    override('Service', width(160)),
    override('Team', width(120)),
    override(
      'Severity',
      width(100),
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
      { id: 'mappings', value: severityStates },
    ),
    override(
      'Since',
      width(160),
      { id: 'unit', value: 'dateTimeFromNow' },
      { id: 'custom.align', value: 'left' },
    ),
  ];
  return { ...panel, fieldConfig: { defaults: panel.fieldConfig?.defaults ?? {}, overrides } };
}

const width = (pixels: number): DynamicConfigValue => ({ id: 'custom.width', value: pixels });
