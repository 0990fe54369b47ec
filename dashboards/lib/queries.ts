import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder as LokiQuery } from '@grafana/grafana-foundation-sdk/loki';
import {
  DataqueryBuilder as PrometheusQuery,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus';
import { by, type Expr, orZero, over, selector, sum } from '../../telemetry';
import { type Source, sources } from './sources';

/** A query without its refId, which the panel assigns. */
export interface Query {
  readonly source: Source;
  /** Legend of its series, e.g. `{{label}}`. */
  readonly legend: string;
  readonly build: (refId: string) => Builder<Dataquery>;
}

const prometheus = (
  expr: string,
  legend: string,
  more: (query: PrometheusQuery) => PrometheusQuery,
): Query => ({
  source: 'prometheus',
  legend,
  build: (refId) =>
    more(
      new PrometheusQuery()
        .refId(refId)
        .datasource(sources.prometheus)
        .editorMode(QueryEditorMode.Code)
        .expr(expr)
        .legendFormat(legend),
    ),
});

/** A line over time. */
export const range = (expr: string, legend: string): Query =>
  prometheus(expr, legend, (query) => query.range());

/** An instant query at the end of the time range: one evaluation for any range. */
export const instant = (
  expr: string,
  legend: string,
  { exemplars = false }: { readonly exemplars?: boolean } = {},
): Query =>
  prometheus(expr, legend, (query) =>
    exemplars ? query.instant().exemplar(true) : query.instant(),
  );

/** Rows of a table: every label is a column. */
export const rows = (expr: string): Query =>
  prometheus(expr, '', (query) => query.instant().format(PromQueryFormat.Table));

/** Buckets of a heatmap. */
export const buckets = (expr: string): Query =>
  prometheus(expr, '{{le}}', (query) => query.range().format(PromQueryFormat.Heatmap));

const loki = (expr: string, legend: string, more: (query: LokiQuery) => LokiQuery): Query => ({
  source: 'loki',
  legend,
  build: (refId) =>
    more(new LokiQuery().refId(refId).datasource(sources.loki).expr(expr).legendFormat(legend)),
});

/** A line over time, calculated from log lines. */
export const logRange = (expr: string, legend: string): Query =>
  loki(expr, legend, (query) => query.queryType('range'));

/** A number for the time range, calculated from log lines. */
export const logInstant = (expr: string, legend: string): Query =>
  loki(expr, legend, (query) => query.queryType('instant'));

/** Log lines, newest first. */
export const logLines = (expr: string, maxLines: number): Query =>
  loki(expr, '', (query) => query.queryType('range').maxLines(maxLines));

/**
 * Mean of a histogram or summary over all its series: rate of the sum divided by rate of the count.
 */
export const meanOf = (total: Expr, count: Expr): string =>
  `${sum([], total)} / (${sum([], count)} > 0)`;

/**
 * Number of alerts. It is 0 only if Prometheus evaluates rules: then the Watchdog always fires.
 * Otherwise there is no result.
 */
export function alertsIn(alerts: Expr): string {
  const watchdog = selector('ALERTS', { alertname: 'Watchdog', alertstate: 'firing' });
  return orZero(by('count', [], alerts), by('count', [], watchdog));
}

/**
 * A quantile, restricted to times with observations. Without observations it is NaN, which would
 * make the mean in the legend NaN too.
 */
export const observed = <L extends string>(quantiles: Expr<L>): Expr<L> =>
  `${quantiles} >= 0` as Expr<L>;

/**
 * The lowest or highest value since the previous point of a graph. A query evaluates only its
 * points, which can be hours apart, so it would miss what is shorter. A series that is recorded
 * less often has its last value. The name of the series may be missing, so aggregate the result.
 */
export const sinceLastPoint = <L extends string>(
  extreme: 'min' | 'max',
  series: Expr<L>,
): Expr<L> =>
  `(${over(`${extreme}_over_time`, series, '$__rate_interval')} or ${series})` as Expr<L>;

/**
 * Average of a recorded `topk` over the time range. A series has no samples while it is not among
 * the largest. So all sums are divided by the sample count of the series with the most samples.
 */
export function averageOfTop<L extends string>(series: Expr<L>): Expr<L> {
  const times = by('max', [], over('count_over_time', series, '$__range'));
  const total = over('sum_over_time', series, '$__range');
  return `${total} / on () group_left () ${times}` as Expr<L>;
}
