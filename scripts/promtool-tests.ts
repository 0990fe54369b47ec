import { isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { type AppJob, instancesOf, type RuleOptions } from '../rules';

/**
 * Converts one of our test files (test/promtool) to promtool's format. In ours, a test can declare
 * which jobs are up, so that a new job changes no test:
 *
 *     jobs_up: all     every job of that stack
 *     jobs_up: stack   every job except AudiFi's own
 *
 * Each of these jobs gets `up` 1 for its targets, unless the test has an `up` series for the job.
 *
 * Upstream: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
 *
 * scripts/rules-check.ts writes the result to a folder next to those of the rules.
 *
 * @param stacks options of each stack, by the folder of its rules
 */
export function promtoolTest(text: string, stacks: Readonly<Record<string, RuleOptions>>): string {
  const document = parseDocument(text);
  const ruleFiles = (document.get('rule_files') as YAMLSeq).toJSON() as string[];
  document.set(
    'rule_files',
    ruleFiles.map((path) => `../${path.split('/').slice(-2).join('/')}`),
  );
  const names = new Set(ruleFiles.map((path) => path.split('/').at(-2) ?? ''));
  for (const test of (document.get('tests') as YAMLSeq<YAMLMap>).items) {
    const well: unknown = test.get('jobs_up');
    if (well === undefined) continue;
    const title = String(test.get('name'));
    if (well !== 'all' && well !== 'stack') {
      throw new Error(`jobs_up is "all" or "stack": ${title}`);
    }
    const [name = ''] = names;
    const options = stacks[name];
    const series = test.get('input_series');
    if (names.size !== 1 || options === undefined || !isSeq(series)) {
      throw new Error(`jobs_up needs the rules of one stack, and input_series: ${title}`);
    }
    test.delete('jobs_up');
    const expected = [...(well === 'all' ? options.appJobs : []), ...stackJobs(options)];
    for (const target of missingTargets(series, expected)) series.add(document.createNode(target));
  }
  return document.toString({ lineWidth: 0 });
}

interface InputSeries {
  readonly series: string;
  readonly values: string;
}

const stackJobs = (options: RuleOptions): AppJob[] =>
  options.ownJobs.map((name) => ({ name, targets: instancesOf(options, name) }));

/** `up` series for the targets of jobs that a test has no series for. */
function missingTargets(series: YAMLSeq, expected: readonly AppJob[]): InputSeries[] {
  const named = new Set(
    series.items.map((item) => {
      const text = isMap(item) ? String(item.get('series')) : '';
      return /^up\{(?:.*,)?job="([^"]*)"/.exec(text)?.[1];
    }),
  );
  return expected
    .filter(({ name }) => !named.has(name))
    .flatMap(({ name, targets = 1 }) =>
      Array.from({ length: targets }, (_, i) => ({
        series: `up{job="${name}",instance="${name}-${i}:1"}`,
        // Longer than any test.
        values: '1x5000',
      })),
    );
}
