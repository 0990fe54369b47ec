import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  type Expr,
  type LabelOf,
  like,
  type Matchers,
  selector,
  type SeriesName,
} from '../../telemetry';
import { sources } from './sources';

export type Variable = Builder<VariableModel>;

/** Names of the variables. A query uses one with `chosen`. */
export type VariableName = 'env' | 'service' | 'instance' | 'endpoint' | 'session' | 'window';

/**
 * Matches the selection of a variable. For "All" this is the list of all values, so that no
 * selector is unbounded. With `valuesOfJob`, "All" is the job instead.
 */
export const chosen = (variable: VariableName) => like(`$${variable}`);

/** The environment of this stack. It has a single value, because a stack has one environment. */
export const env = (environment: string): Variable =>
  new CustomVariableBuilder('env')
    .label('Environment')
    .values(environment)
    .current({ text: environment, value: environment, selected: true });

/** A selection from the values of a label. The default is "All". */
export function valuesOf<S extends SeriesName>(
  name: VariableName,
  label: string,
  series: S,
  of: LabelOf<S>,
  matchers?: Matchers<S>,
): QueryVariableBuilder {
  const query = `label_values(${selector(series, matchers)}, ${of})`;
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(sources.prometheus)
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all', selected: true });
}

/**
 * Like `valuesOf`, for a label with so many values that a query for all of them over a week takes
 * seconds. Here "All" is the name of the job. A query uses `chosenOrAll` to define what it reads
 * for a selection and for "All".
 */
export const valuesOfJob = <S extends SeriesName>(
  name: VariableName,
  label: string,
  series: S,
  of: LabelOf<S>,
  job: string,
): Variable => valuesOf(name, label, series, of).allValue(job);

/** Selectors for a label whose variable comes from `valuesOfJob`. */
export interface Choice<A extends SeriesName, B extends SeriesName> {
  readonly variable: VariableName;
  /** Series of the selected values, and the label that contains them. */
  readonly each: A;
  readonly label: LabelOf<A>;
  /**
   * Series of the whole job for "All": the sum or maximum of `each`, or the same series if there
   * are only a few.
   */
  readonly all: B;
  /** Further matchers of `each`. @default none */
  readonly matchers?: Matchers<A>;
}

/**
 * The selected series or, for "All", those of the job. One of the two selectors returns nothing.
 */
export function chosenOrAll<A extends SeriesName, B extends SeriesName>(
  { variable, each, label, all, matchers }: Choice<A, B>,
  wrap: (series: Expr<LabelOf<A> | LabelOf<B>>) => string = (series) => series,
): Expr<LabelOf<A> & LabelOf<B>> {
  const some = selector(each, { ...matchers, [label]: chosen(variable) });
  const whole = selector(all, { job: chosen(variable) } as Matchers<B>);
  return `(${wrap(some)} or ${wrap(whole)})` as Expr<LabelOf<A> & LabelOf<B>>;
}

/**
 * A selection from the values of a label of log lines. "All" is every value, also of containers
 * that appear later. Each selector with it also needs a bounded label.
 */
export function valuesOfLogs(
  name: VariableName,
  label: string,
  stream: string,
  of: string,
): Variable {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(sources.loki)
    .query({ type: 1, label: of, stream, refId: 'LokiVariableQueryEditor-VariableQuery' })
    .definition(`label_values(${stream}, ${of})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ text: 'All', value: '$__all', selected: true });
}

/** A search text. The default is empty. */
export const search = (): Variable => new TextBoxVariableBuilder('search').label('Search');
