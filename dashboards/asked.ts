import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard } from './lib/dashboard';

/** One query of a dashboard, with all variables filled in. */
export interface DashboardQuery {
  readonly dashboard: string;
  /** Title of the panel, or `variable endpoint`, `annotation Alerts`. */
  readonly place: string;
  readonly refId: string;
  /** Uid of the datasource. */
  readonly source: string;
  readonly expr: string;
  /** Legend of its series, e.g. `{{job}}`. */
  readonly legend: string;
  readonly instant: boolean;
  /** `label_values` of a variable, not an expression. */
  readonly label?: string;
  /** Value of "All", instead of the list of values. */
  readonly all?: string;
  /** Width of its panel, out of 24; undefined if it is not a panel. */
  readonly width?: number;
}

/** Values of Grafana's variables: our own and the built-in ones. */
export type Values = Readonly<Record<string, string>>;

/** The text with its variables filled in. Throws on one without a value. */
export function filled(text: string, values: Values): string {
  return text.replace(
    /\$(?:\{(\w+)(?::raw)?\}|(\w+))/g,
    (whole, braced?: string, bare?: string) => {
      const value = values[braced ?? bare ?? ''];
      if (value === undefined) throw new Error(`${whole} in "${text}" has no value`);
      return value;
    },
  );
}

/** Several values in the form that Grafana inserts into a selector. */
export function anyOf(values: readonly string[]): string {
  const escaped = values.map((value) => value.replace(/[\\^$.|?*+()[\]{}]/g, '\\\\$&'));
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
}

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly queryType?: string;
  readonly datasource: { readonly uid: string };
}

/** All panels, without the row panels. */
export const panelsOf = ({ panels = [] }: Dashboard): Panel[] =>
  panels.filter(({ type }) => type !== 'row');

/** Every query of every panel, variable and annotation. Pure. */
export function allQueries(dashboard: Dashboard, values: Values): DashboardQuery[] {
  const name = dashboard.uid ?? '';
  const panels = panelsOf(dashboard).flatMap(({ title = '', targets = [], gridPos }) =>
    (targets as unknown as Target[]).map((target) => ({
      dashboard: name,
      place: title,
      refId: target.refId,
      source: target.datasource.uid,
      expr: filled(target.expr, values),
      legend: target.legendFormat ?? '',
      instant: target.instant === true || target.queryType === 'instant',
      ...(gridPos === undefined ? {} : { width: gridPos.w }),
    })),
  );
  const variables = (dashboard.templating.list ?? []).flatMap(
    ({ name: variable, allValue, definition = '', ...rest }) => {
      const [, expr = '', label] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
      const source = rest.datasource?.uid ?? '';
      return label === undefined
        ? []
        : [
            {
              dashboard: name,
              place: `variable ${variable}`,
              refId: 'A',
              source,
              expr: filled(expr, values),
              legend: '',
              instant: true,
              label,
              ...(allValue === undefined ? {} : { all: allValue }),
            },
          ];
    },
  );
  const annotations = (dashboard.annotations.list ?? []).map((annotation) => ({
    dashboard: name,
    place: `annotation ${annotation.name}`,
    refId: 'A',
    source: annotation.datasource?.uid ?? '',
    expr: filled(annotation.expr ?? '', values),
    legend: '',
    instant: false,
  }));
  return [...panels, ...variables, ...annotations];
}
