import {
  TableCellHeight,
  TableSortByFieldStateBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import type { DashboardOptions } from '../options';
import { colours } from './looks';
import { dressed, type PanelSpec } from './spec';

/** A row for each alert: since when, what, how bad, whose; its name leads to its runbook. */
export function alertTable(spec: PanelSpec, options: DashboardOptions): Panel {
  const table = new Table()
    .cellHeight(TableCellHeight.Sm)
    .sortBy([new TableSortByFieldStateBuilder().displayName('Severity').desc(false)])
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true, __name__: true, alertstate: true },
        indexByName: { severity: 0, alertname: 1, service: 2, instance: 3, team: 4, Value: 5 },
        renameByName: {
          severity: 'Severity',
          alertname: 'Alert',
          service: 'Service',
          instance: 'Instance',
          team: 'Team',
          Value: 'Since',
        },
      },
    });
  const panel = dressed(table, spec);
  const override = (name: string, ...properties: DynamicConfigValue[]) => ({
    matcher: { id: 'byName', options: name },
    properties,
  });
  const overrides = [
    override('Alert', {
      id: 'links',
      value: [
        {
          title: 'Runbook',
          url: `${options.runbookBase}/\${__value.raw}.md`,
          targetBlank: true,
        },
      ],
    }),
    override(
      'Severity',
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
      { id: 'mappings', value: [{ type: 'value', options: severities }] },
    ),
    override('Since', { id: 'unit', value: 'dateTimeFromNow' }),
  ];
  return { ...panel, fieldConfig: { defaults: panel.fieldConfig?.defaults ?? {}, overrides } };
}

const severities = {
  critical: { text: 'critical', color: colours.critical, index: 0 },
  warning: { text: 'warning', color: colours.warning, index: 1 },
  info: { text: 'info', color: colours.info, index: 2 },
};
