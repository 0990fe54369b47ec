import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type LabelOf, like, type Matchers, selector, type SeriesName } from '../../telemetry';
import { sources } from './sources';

export type Variable = Builder<VariableModel>;

/** Names of the variables; a query asks for one with `chosen`. */
export type VariableName = 'env' | 'service' | 'instance' | 'endpoint' | 'session' | 'window';

/** What is chosen in a variable. "All" is the list of all values, so no selector is without a bound. */
export const chosen = (variable: VariableName) => like(`$${variable}`);

/** The environment that this stack watches: one value, as one stack is one environment. */
export const env = (environment: string): Variable =>
  new CustomVariableBuilder('env')
    .label('Environment')
    .values(environment)
    .current({ text: environment, value: environment, selected: true });

/** A choice of the values that a label has; all of them unless one is picked. */
export function valuesOf<S extends SeriesName>(
  name: VariableName,
  label: string,
  series: S,
  of: LabelOf<S>,
  matchers?: Matchers<S>,
): Variable {
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

/** A choice of fixed values, the first at first. */
export function oneOfThese(name: VariableName, label: string, values: readonly string[]): Variable {
  const [first = ''] = values;
  return new CustomVariableBuilder(name)
    .label(label)
    .values(values.join(','))
    .current({ text: first, value: first, selected: true });
}

/** A text to search for; empty at first. */
export const search = (): Variable => new TextBoxVariableBuilder('search').label('Search');
