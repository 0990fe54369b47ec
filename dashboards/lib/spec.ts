import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import type {
  DashboardLink,
  DynamicConfigValue,
  Panel,
  ThresholdsConfig,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type Limit, thresholds } from './limits';
import { built, type Link } from './links';
import { type Name, named, services, type UnitName, units } from './looks';
import type { Query } from './queries';
import { sources } from './sources';

/** Texts and queries that every panel has. A panel without a required one does not compile. */
export interface PanelSpec {
  readonly title: string;
  /** What the panel shows, in one sentence. */
  readonly shows: string;
  /** What it looks like when all is well. */
  readonly good: string;
  /** What to do otherwise. */
  readonly otherwise: string;
  readonly unit: UnitName;
  readonly queries: readonly [Query, ...Query[]];
  /** Shown instead of data: why there is none. */
  readonly empty: string;
  /** Threshold of an alert, drawn as a line. @default none */
  readonly limit?: Limit;
  /** @default none */
  readonly links?: readonly Link[];
  readonly decimals?: number;
  /**
   * At most one value per `every`. With `last`, the panel shows this time range up to now.
   * @default those of the dashboard
   */
  readonly period?: { readonly last?: string; readonly every: string };
  /** Names from looks.ts that label values produce, as by the legend `{{status}}`. @default none */
  readonly names?: readonly Name[];
}

/** The methods that the builders of all panel types share. */
interface Common extends Builder<Panel> {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  noValue(text: string): this;
  datasource(source: DataSourceRef): this;
  targets(targets: Builder<Dataquery>[]): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  links(links: Builder<DashboardLink>[]): this;
  decimals(decimals: number): this;
  timeFrom(timeFrom: string): this;
  interval(interval: string): this;
  overrideByName(name: string, properties: DynamicConfigValue[]): this;
}

/** The panel with its texts, queries, limit, links and colours. The dashboard sets its position. */
export function dressed(panel: Common, spec: PanelSpec): Panel {
  const { queries, links = [], decimals, period } = spec;
  panel
    .title(spec.title)
    .description(`${spec.shows}\n\n**Good:** ${spec.good}\n\n**Otherwise:** ${spec.otherwise}`)
    .unit(units[spec.unit])
    .noValue(spec.empty)
    .datasource(sources[queries[0].source])
    .targets(queries.map((query, i) => query.build(String.fromCharCode(65 + i))))
    .thresholds(thresholds(spec.limit));
  if (links.length > 0) panel.links(links.map(built));
  if (decimals !== undefined) panel.decimals(decimals);
  if (period !== undefined) panel.interval(period.every);
  if (period?.last !== undefined) panel.timeFrom(period.last);
  const result = panel.build();
  return { ...result, fieldConfig: withColours(result, spec) };
}

/** Series whose names have a meaning get the colour of that meaning. */
function withColours(
  { type, fieldConfig }: Panel,
  { queries, names = [] }: PanelSpec,
): Panel['fieldConfig'] {
  if (type !== 'timeseries' || fieldConfig === undefined) return fieldConfig;
  const legends = queries.map(({ legend }) => legend);
  const byService = ['{{job}}', '{{service_name}}'].some((legend) => legends.includes(legend));
  const ofServices = byService ? Object.keys(services).filter(isName) : [];
  const found = new Set([...names, ...ofServices, ...legends.filter(isName)]);
  const overrides = [...found].map((name) => ({
    matcher: { id: 'byName', options: name },
    properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: named[name] } }],
  }));
  return { ...fieldConfig, overrides: [...fieldConfig.overrides, ...overrides] };
}

const isName = (text: string): text is Name => Object.hasOwn(named, text);
