import {
  TableCellHeight,
  TableSortByFieldStateBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { dressed, type PanelSpec } from './spec';

export interface Columns {
  /** Labels, and `Value` (or of several queries `Value #A`, `Value #B`), from left to right. */
  readonly order: readonly string[];
  /** Labels that are not shown, besides the time. @default none */
  readonly hidden?: readonly string[];
  /** Headings by label. A label without one is shown by its name. */
  readonly headings: Readonly<Record<string, string>>;
  /** Heading of the column by which the rows are sorted, in ascending order. */
  readonly sortedBy: string;
  /** Properties of columns by heading. @default none */
  readonly properties?: Readonly<Record<string, readonly DynamicConfigValue[]>>;
}

/** One row per set of labels, with the value of each query in a column. */
export function table(spec: PanelSpec, columns: Columns): Panel {
  const { order, hidden = [], headings, sortedBy, properties = {} } = columns;
  const panel = new Table()
    .cellHeight(TableCellHeight.Sm)
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortedBy).desc(false)]);
  if (spec.queries.length > 1) panel.withTransformation({ id: 'merge', options: {} });
  panel.withTransformation({
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(['Time', ...hidden].map((label) => [label, true])),
      indexByName: Object.fromEntries(order.map((label, i) => [label, i])),
      renameByName: headings,
    },
  });
  const { fieldConfig, ...rest } = dressed(panel, spec);
  const overrides = [
    // The panel's `noValue` text is for an empty table. An empty cell gets a dash instead.
    { matcher: { id: 'byRegexp', options: '.*' }, properties: [{ id: 'noValue', value: '–' }] },
    ...Object.entries(properties).map(([heading, values]) => ({
      matcher: { id: 'byName', options: heading },
      properties: [...values],
    })),
  ];
  return { ...rest, fieldConfig: { defaults: fieldConfig?.defaults ?? {}, overrides } };
}

/** Width of a column. */
export const width = (pixels: number): DynamicConfigValue => ({
  id: 'custom.width',
  value: pixels,
});
