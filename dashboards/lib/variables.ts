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
 * What is chosen in a variable. "All" is the list of all values, so no selector is without a bound; or the job that has them
 * (`valuesOfJob`).
 */
export const chosen = (variable: VariableName) => like(`$${variable}`);

/** The environment that this stack monitors: one value, because one stack is one environment. */
export const env = (environment: string): Variable =>
  new CustomVariableBuilder('env')
    .label('Environment')
    .values(environment)
    .current({ text: environment, value: environment, selected: true });

/** A selection from the values of a label; "All" at first. */
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
 * As `valuesOf`, for a label with so many values that a week of all of them takes seconds. "All" is the name of the job
 * then, and a query says what it reads of a choice and what of the job: `chosenOrAll`.
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
  /** What is asked of chosen values, and the label that has them. */
  readonly each: A;
  readonly label: LabelOf<A>;
  /** What is asked of the whole job on "All": the sum or the largest of `each`, or all of it where that is little. */
  readonly all: B;
  /** Further matchers of `each`. @default none */
  readonly matchers?: Matchers<A>;
}

/** The chosen ones or, on "All", those of the job: one of the two selectors finds nothing. */
export function chosenOrAll<A extends SeriesName, B extends SeriesName>(
  { variable, each, label, all, matchers }: Choice<A, B>,
  wrap: (series: Expr<LabelOf<A> | LabelOf<B>>) => string = (series) => series,
): Expr<LabelOf<A> & LabelOf<B>> {
  const some = selector(each, { ...matchers, [label]: chosen(variable) });
  const whole = selector(all, { job: chosen(variable) } as Matchers<B>);
  return `(${wrap(some)} or ${wrap(whole)})` as Expr<LabelOf<A> & LabelOf<B>>;
}

/** A selection from fixed values; the first is the default. */
export function oneOfThese(name: VariableName, label: string, values: readonly string[]): Variable {
  const [first = ''] = values;
  return new CustomVariableBuilder(name)
    .label(label)
    .values(values.join(','))
    .current({ text: first, value: first, selected: true });
}

/** A text to search for; empty at first. */
export const search = (): Variable => new TextBoxVariableBuilder('search').label('Search');
