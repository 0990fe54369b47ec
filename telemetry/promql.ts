import type { LabelOf, SeriesName, ValueOf } from './metrics';

/**
 * PromQL from typed parts. An expression is a string and can be used in templates. Its type
 * contains the remaining labels, so a wrong metric, label or label value does not compile.
 */
export type Expr<L extends string = string> = string & { readonly [left]: L };
declare const left: unique symbol;

/** A matcher other than equality. */
export interface Match<V extends string = string> {
  readonly operator: '=~' | '!=' | '!~';
  readonly value: string;
  /** The named values, for the compiler only. */
  readonly of?: V;
}

export type Matchers<S extends SeriesName> = {
  readonly [L in LabelOf<S>]?: ValueOf<S, L> | Match<ValueOf<S, L>>;
};

/** One of the values. */
export const oneOf = <V extends string>(...values: readonly V[]): Match<V> => ({
  operator: '=~',
  value: values.map(literally).join('|'),
});

/** None of the values. */
export const noneOf = <V extends string>(...values: readonly (V | '')[]): Match<V> => ({
  operator: '!~',
  value: values.map(literally).join('|'),
});

/** An RE2 pattern that must match the whole value. */
export const like = (pattern: string): Match<never> => ({ operator: '=~', value: pattern });

/** An RE2 pattern that must not match the whole value. */
export const unlike = (pattern: string): Match<never> => ({ operator: '!~', value: pattern });

/** The label exists and is not empty. */
export const present: Match<never> = { operator: '!=', value: '' };

const literally = (value: string): string => value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');

/** `metric{label="value"}` */
export function selector<S extends SeriesName>(
  series: S,
  matchers?: Matchers<S>,
): Expr<LabelOf<S>> {
  const parts = Object.entries((matchers ?? {}) as Readonly<Record<string, string | Match>>).map(
    ([label, match]) =>
      typeof match === 'string'
        ? `${label}=${JSON.stringify(match)}`
        : `${label}${match.operator}${JSON.stringify(match.value)}`,
  );
  return (parts.length === 0 ? series : `${series}{${parts.join(',')}}`) as Expr<LabelOf<S>>;
}

type OverTime =
  ('rate' | 'increase' | 'changes') | `${'avg' | 'min' | 'max' | 'sum' | 'count'}_over_time`;

/**
 * Length of a window: seconds, or a variable of Grafana. `$__rate_interval` is at least four scrape
 * intervals, and `$__range` is the time range of the dashboard.
 */
export type Window = number | '$__rate_interval' | '$__range';

/** `rate(selector[5m])` and similar functions. */
export const over = <L extends string>(
  operation: OverTime,
  expr: Expr<L>,
  window: Window,
): Expr<L> => `${operation}(${expr}[${asRange(window)}])` as Expr<L>;

const asRange = (window: Window): string =>
  typeof window === 'number' ? duration(window) : window;

/** The median over a window. Values that last for less than half of it do not change it. */
export const medianOver = <L extends string>(expr: Expr<L>, window: Window): Expr<L> =>
  `quantile_over_time(0.5, ${expr}[${asRange(window)}])` as Expr<L>;

/**
 * A subquery: `operation((expr)[5m:15s])`.
 *
 * @param window seconds
 * @param step seconds between two evaluations
 */
export const overSteps = <L extends string>(
  operation: OverTime | 'resets',
  expr: Expr<L>,
  window: number,
  step: number,
): Expr<L> => `${operation}((${expr})[${duration(window)}:${duration(step)}])` as Expr<L>;

export const rate = <L extends string>(expr: Expr<L>, window: Window): Expr<L> =>
  over('rate', expr, window);

export const increase = <L extends string>(expr: Expr<L>, window: Window): Expr<L> =>
  over('increase', expr, window);

/** `sum by (label) (expr)`. Without labels, the result is one series. */
export function by<L extends string, B extends L = never>(
  operation: 'sum' | 'avg' | 'min' | 'max' | 'count',
  labels: readonly B[],
  expr: Expr<L>,
): Expr<B> {
  const kept = labels.length === 0 ? '' : ` by (${labels.join(', ')}) `;
  return `${operation}${kept}(${expr})` as Expr<B>;
}

export const sum = <L extends string, B extends L = never>(
  labels: readonly B[],
  expr: Expr<L>,
): Expr<B> => by('sum', labels, expr);

/** Quantile of buckets, which must still have `le`. @param q 0 to 1 */
export const quantile = <L extends string>(
  q: number,
  buckets: Expr<L> & ('le' extends L ? unknown : never),
): Expr<Exclude<L, 'le'>> => `histogram_quantile(${q}, ${buckets})` as Expr<Exclude<L, 'le'>>;

/** `part / whole`. NaN if both are 0. Comparisons with NaN are false, so an alert does not fire. */
export const ratio = <L extends string>(part: Expr<L>, whole: Expr<L>): Expr<L> =>
  `${part}\n/\n${whole}` as Expr<L>;

/** The largest series. @param within labels of the groups, each with its own largest series */
export const topk = <L extends string>(
  count: number,
  expr: Expr<L>,
  within: readonly L[] = [],
): Expr<L> => extreme('topk', count, expr, within);

/** The smallest series. @param within labels of the groups, each with its own smallest series */
export const bottomk = <L extends string>(
  count: number,
  expr: Expr<L>,
  within: readonly L[] = [],
): Expr<L> => extreme('bottomk', count, expr, within);

function extreme<L extends string>(
  operation: 'topk' | 'bottomk',
  count: number,
  expr: Expr<L>,
  within: readonly L[],
): Expr<L> {
  const groups = within.length === 0 ? '' : ` by (${within.join(', ')}) `;
  return `${operation}${groups}(${count}, ${expr})` as Expr<L>;
}

/** Returns 0 if a series does not exist yet but `witness` shows that its source is up. */
export const orZero = <L extends string>(expr: Expr<L>, witness: Expr<L>): Expr<L> =>
  `(${expr} or 0 * ${witness})` as Expr<L>;

/** A duration in the syntax of Prometheus: 90 is `1m30s`. @param seconds whole seconds */
export function duration(seconds: number): string {
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ];
  let rest = Math.round(seconds);
  const text = units
    .map(([unit, size]) => {
      const amount = Math.floor(rest / size);
      rest -= amount * size;
      return amount === 0 ? '' : `${amount}${unit}`;
    })
    .join('');
  return text === '' ? '0s' : text;
}
