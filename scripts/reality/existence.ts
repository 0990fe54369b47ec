import { describeSeries, type Label, targetLabels } from '../../telemetry';
import type { PrometheusClient } from '../running/prometheus';
import type { Rule } from '../running/rules';
import { type Selector, selectorsOf, without } from './selectors';

/**
 * - `now`: has a current sample
 * - `gone`: existed within the time range, but not now
 * - `new`: recorded by a rule that this Prometheus does not have yet
 * - `never`: did not exist within the time range
 */
export type Existence = 'now' | 'gone' | 'new' | 'never';

export interface SelectorResult {
  readonly selector: Selector;
  /** Names of the rules that use it. */
  readonly usedBy: readonly string[];
  readonly existence: Existence;
  /** Why it did not exist, in words; empty for `now`. */
  readonly why: string;
}

type Asked = Pick<PrometheusClient, 'query' | 'series'>;

export interface TimeRange {
  /** Unix time in seconds. */
  readonly start: number;
  readonly end: number;
}

/** Whether the series that the rules use exist. A selector that several rules use is asked once. */
export async function existenceOf(
  rules: readonly Rule[],
  prometheus: Asked,
  range: TimeRange,
): Promise<SelectorResult[]> {
  const recorded = new Set(rules.filter(({ kind }) => kind === 'record').map(({ name }) => name));
  const results: SelectorResult[] = [];
  for (const { selector, usedBy } of distinct(rules)) {
    results.push({ selector, usedBy, ...(await judged(selector, prometheus, range, recorded)) });
  }
  return results;
}

/** Prometheus's own series about alerts exist only while an alert is active. */
const ofAlerts = /^ALERTS(_FOR_STATE)?$/;

/** Whether the series exist only under a condition, according to the contract. */
function isConditional({ metric: name, matchers }: Selector): boolean {
  const metric = describeSeries(name)?.metric;
  const onlySomeHave = (label: Label | undefined): boolean =>
    label !== undefined && 'max' in label && label.optional === true;
  return (
    ofAlerts.test(name) ||
    metric?.onlyIf !== undefined ||
    matchers.some(
      ({ label }) =>
        !(targetLabels as readonly string[]).includes(label) && onlySomeHave(metric?.labels[label]),
    )
  );
}

interface Used {
  readonly selector: Selector;
  readonly usedBy: readonly string[];
}

/** Each selector once. It is optional only if it is optional in every rule. */
export function distinct(rules: readonly Rule[]): Used[] {
  const all = new Map<string, { selector: Selector; usedBy: Set<string> }>();
  for (const { name, expr } of rules) {
    for (const found of selectorsOf(expr)) {
      const selector = { ...found, optional: found.optional || isConditional(found) };
      const known = all.get(selector.text);
      if (known === undefined) all.set(selector.text, { selector, usedBy: new Set([name]) });
      else {
        known.usedBy.add(name);
        if (!selector.optional) known.selector = { ...known.selector, optional: false };
      }
    }
  }
  return [...all.values()].map(({ selector, usedBy }) => ({ selector, usedBy: [...usedBy] }));
}

async function judged(
  selector: Selector,
  prometheus: Asked,
  { start, end }: TimeRange,
  recorded: ReadonlySet<string>,
): Promise<Pick<SelectorResult, 'existence' | 'why'>> {
  if ((await prometheus.query(`count(${selector.text})`, end)).length > 0) {
    return { existence: 'now', why: '' };
  }
  const exists = async (text: string): Promise<boolean> =>
    (await prometheus.series(text, start, end, 1)).length > 0;
  if (await exists(selector.text)) {
    return { existence: 'gone', why: 'existed in this time range, but has no sample now' };
  }
  const { metric } = selector;
  if (metric !== '' && !(await exists(metric))) {
    return recorded.has(metric)
      ? { existence: 'new', why: 'recorded by a rule that has no result yet' }
      : { existence: 'never', why: `there is no series ${metric}` };
  }
  for (const matcher of selector.matchers) {
    if (!(await exists(without(selector, matcher)))) continue;
    const others = await prometheus.series(without(selector, matcher), start, end, 1_000);
    const values = [...new Set(others.map((labels) => labels[matcher.label] ?? '""'))].sort();
    return {
      existence: 'never',
      why: `no series has ${matcher.text}; ${matcher.label} is ${listed(values)}`,
    };
  }
  return { existence: 'never', why: 'no series has this combination of labels' };
}

const most = 5;

const listed = (values: readonly string[]): string =>
  values.length <= most
    ? values.join(', ')
    : `${values.slice(0, most).join(', ')} or one of ${values.length - most} others`;
