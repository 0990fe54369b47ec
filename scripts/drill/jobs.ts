import { selectorsOf } from '../reality/selectors';
import type { Rule } from '../running/rules';

/** Scrape jobs whose series an alert uses, directly or by recording rules. Sorted. */
export function jobsOf(alert: string, rules: readonly Rule[]): string[] {
  const jobs = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { expr } of rules.filter((rule) => rule.name === name)) {
      for (const { metric, matchers } of selectorsOf(expr)) {
        if (rules.some((rule) => rule.kind === 'record' && rule.name === metric)) visit(metric);
        const job = matchers.find(({ label }) => label === 'job');
        const [, value] = /^job=~?"(.*)"$/.exec(job?.text ?? '') ?? [];
        for (const one of value?.split('|') ?? []) jobs.add(one);
      }
    }
  };
  visit(alert);
  return [...jobs].sort();
}
