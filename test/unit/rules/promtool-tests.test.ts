import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { defaultOptions, type RuleOptions } from '../../../rules';
import { promtoolTest } from '../../../scripts/promtool-tests';

const stacks: Record<string, RuleOptions> = {
  some: {
    ...defaultOptions,
    appJobs: [{ name: 'api-server', targets: 2 }, { name: 'worker' }],
    ownJobs: ['prometheus', 'alertmanager', 'made-up'],
    alertmanager: { instances: 2, channels: [], longestGroupInterval: 600 },
  },
};

const text = (test: string, variant = 'some'): string => `# A comment stays.
rule_files:
  - ../../build/promtool/${variant}/critical.yml
evaluation_interval: 15s
tests:
  - name: 'one'
${test}
`;

interface TestFile {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly input_series: readonly { series: string; values: string }[];
  }[];
}

function seriesOf(test: string): string[] {
  const { tests } = parse(promtoolTest(text(test), stacks)) as TestFile;
  expect(tests[0]).not.toHaveProperty('jobs_up');
  return tests.flatMap(({ input_series }) => input_series.map(({ series }) => series));
}

describe('a promtool test', () => {
  it('refers to the rules next to its folder, and is otherwise unchanged', () => {
    const written = text('    interval: 15s # as scraped\n    input_series: []');
    expect(promtoolTest(written, stacks)).toBe(
      written.replace('../../build/promtool/some/', '../some/'),
    );
  });

  it('has all jobs up that it does not contain, with all their targets', () => {
    const worker = `      - series: 'up{env="x",job="worker",instance="w"}'\n        values: '0x4'`;
    expect(seriesOf(`    jobs_up: all\n    input_series:\n${worker}`)).toEqual([
      'up{env="x",job="worker",instance="w"}',
      'up{job="api-server",instance="api-server-0:1"}',
      'up{job="api-server",instance="api-server-1:1"}',
      'up{job="prometheus",instance="prometheus-0:1"}',
      'up{job="alertmanager",instance="alertmanager-0:1"}',
      'up{job="alertmanager",instance="alertmanager-1:1"}',
      'up{job="made-up",instance="made-up-0:1"}',
    ]);
  });

  it("has only the stack's jobs up if AudiFi does not run", () => {
    const series = seriesOf('    jobs_up: stack\n    input_series: []');
    expect(series.join()).not.toMatch(/api-server|worker/);
    expect(series).toHaveLength(4);
  });

  it.each([
    ['    jobs_up: some\n    input_series: []', 'jobs_up is "all" or "stack": one'],
    ['    jobs_up: all', 'jobs_up needs the rules of one stack, and input_series: one'],
  ])('rejects unknown keys: %j', (test, says) => {
    expect(() => promtoolTest(text(test), stacks)).toThrow(says);
  });

  it('rejects an unknown stack', () => {
    const written = text('    jobs_up: all\n    input_series: []', 'other');
    expect(() => promtoolTest(written, stacks)).toThrow('jobs_up needs the rules of one stack');
  });
});
