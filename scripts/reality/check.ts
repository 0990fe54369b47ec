import type { Cost, PrometheusClient } from '../running/prometheus';
import type { Rule } from '../running/rules';
import { existenceOf, type SelectorResult, type TimeRange } from './existence';
import { type Firing, replay, type Summary, summary } from './history';

export interface RuleResult {
  readonly rule: Rule;
  /** Of an alert: when it would have fired. Undefined if `error` says why that is unknown. */
  readonly firings?: readonly Firing[];
  /** How often it was pending and did not fire. */
  readonly pendings?: number;
  readonly cost?: Cost;
  readonly error?: string;
}

export interface RulesReport {
  readonly range: TimeRange;
  /** Requested time range in seconds. Longer than `range` if there is less data. */
  readonly asked: number;
  readonly selectors: readonly SelectorResult[];
  readonly rules: readonly RuleResult[];
}

/** An alert, which several rules may have in common. */
export interface AlertResult extends Summary {
  readonly name: string;
  readonly severity: string;
  readonly pendings: number;
}

/** How often each alert would have fired, most often first. */
export function alertsOf({ rules, range }: Pick<RulesReport, 'rules' | 'range'>): AlertResult[] {
  const alerts = new Map<string, { result: RuleResult; firings: Firing[]; pendings: number }>();
  for (const result of rules) {
    const { rule, firings, pendings = 0 } = result;
    if (firings === undefined) continue;
    const key = `${rule.name} ${rule.severity}`;
    const known = alerts.get(key);
    if (known === undefined) alerts.set(key, { result, firings: [...firings], pendings });
    else {
      known.firings.push(...firings);
      known.pendings += pendings;
    }
  }
  return [...alerts.values()]
    .map(({ result: { rule }, firings, pendings }) => ({
      ...{ name: rule.name, severity: rule.severity ?? '', pendings },
      ...summary(firings, range.end),
    }))
    .sort((a, b) => b.times - a.times || b.total - a.total);
}

/** Queries at the same time; the server allows 16. */
const parallel = 4;

/**
 * Checks rules against a running Prometheus: whether their series exist, how often each alert would
 * have fired with its `for` and evaluation interval, and what each expression costs.
 *
 * @param asked seconds to look back, at most as far as there is data
 */
export async function checkAgainst(
  rules: readonly Rule[],
  prometheus: PrometheusClient,
  asked: number,
): Promise<RulesReport> {
  const range = await rangeOf(prometheus, asked);
  const selectors = await existenceOf(rules, prometheus, range);
  const results: RuleResult[] = new Array<RuleResult>(rules.length);
  let next = 0;
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let i = next++; i < rules.length; i = next++) {
        const rule = rules[i];
        if (rule !== undefined) results[i] = await checked(rule, prometheus, range);
      }
    }),
  );
  return { range, asked, selectors, rules: results };
}

/** The time range that was asked, or less if the data does not reach back that far. */
async function rangeOf(prometheus: PrometheusClient, asked: number): Promise<TimeRange> {
  const end = Math.floor(Date.now() / 1000);
  return { start: Math.max(end - asked, (await prometheus.oldest()) ?? 0), end };
}

async function checked(
  rule: Rule,
  prometheus: PrometheusClient,
  { start, end }: TimeRange,
): Promise<RuleResult> {
  try {
    const { cost } = await prometheus.costOf(rule.expr, end);
    if (rule.kind === 'record') return { rule, cost };
    const series = await prometheus.range(rule.expr, start, end, rule.interval);
    // The last evaluation that is a whole number of intervals after the start.
    const last = start + Math.floor((end - start) / rule.interval) * rule.interval;
    const { firings, pendings } = replay(rule, series, last);
    return { rule, cost, firings, pendings };
  } catch (error) {
    return { rule, error: error instanceof Error ? error.message : String(error) };
  }
}
