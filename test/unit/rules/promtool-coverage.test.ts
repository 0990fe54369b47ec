import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { alertNames, defaultOptions, logAlertGroups } from '../../../rules';
import { recorded } from '../../../telemetry';
import { asked } from '../../lib/promql';

const folder = join(__dirname, '../../promtool');
const files = readdirSync(folder);
/** Loki evaluates these, because promtool does not support LogQL. */
const onLogs = Object.values(logAlertGroups(defaultOptions)).flatMap((group) =>
  group.map(({ name }) => name),
);
const names = alertNames.filter((name) => !onLogs.includes(name));
const scenarios = files.filter((file) => /^[a-z]/.test(file));

interface TestFile {
  readonly evaluation_interval: string;
  readonly tests: readonly {
    readonly name: string;
    readonly alert_rule_test?: readonly Check[];
    readonly promql_expr_test?: readonly {
      readonly expr: string;
      readonly exp_samples: object[];
    }[];
  }[];
}
interface Check {
  readonly eval_time: string;
  readonly alertname: string;
  readonly exp_alerts: readonly { readonly exp_annotations?: Readonly<Record<string, string>> }[];
}

const read = (file: string): TestFile =>
  parse(readFileSync(join(folder, file), 'utf8')) as TestFile;

function seconds(text: string): number {
  const units: Record<string, number> = { d: 86_400, h: 3_600, m: 60, s: 1 };
  return [...text.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ''] ?? 0),
    0,
  );
}

describe('promtool tests', () => {
  it('have one file per alert, and scenarios', () => {
    const own = files.filter((file) => !scenarios.includes(file));
    expect(own.sort()).toEqual(names.map((name) => `${name}.test.yml`).sort());
  });

  it.each(names.filter((name) => name !== 'Watchdog'))('%s', (name) => {
    const { evaluation_interval, tests } = read(`${name}.test.yml`);
    for (const test of tests) expect(test.name).toMatch(new RegExp(`^${name}: (fires|silent)`));

    // Does not fire one evaluation earlier, fires on time with its text, and resolves.
    const life = tests
      .map(({ alert_rule_test = [] }) => alert_rule_test.filter((t) => t.alertname === name))
      .find((checks) => {
        const fires = checks.findIndex(({ exp_alerts }) => exp_alerts.length > 0);
        const [before, on] = [checks[fires - 1], checks[fires]];
        if (before === undefined || on === undefined) return false;
        const wait = seconds(on.eval_time) - seconds(before.eval_time);
        return wait === seconds(evaluation_interval) && checks.at(-1)?.exp_alerts.length === 0;
      });
    expect(life).toBeDefined();
    for (const { exp_alerts } of life ?? []) {
      for (const { exp_annotations } of exp_alerts) {
        expect(Object.keys(exp_annotations ?? {}).sort()).toEqual(annotations);
        // A missing value, or a template that was not rendered.
        expect(JSON.stringify(exp_annotations)).not.toMatch(/<no value>|\{\{|NaN|%!/);
      }
    }

    const under = tests.filter((test) => test.name.startsWith(`${name}: silent just under`));
    expect(under).toHaveLength(1);
    for (const { alert_rule_test = [] } of under) {
      expect(alert_rule_test.length).toBeGreaterThan(0);
      for (const { exp_alerts } of alert_rule_test) expect(exp_alerts).toEqual([]);
    }
  });

  it('have summaries that are short enough for the title of an incident', () => {
    const shown = files
      .flatMap((file) => read(file).tests)
      .flatMap(({ alert_rule_test = [] }) => alert_rule_test)
      .flatMap(({ exp_alerts }) => exp_alerts)
      .map(({ exp_annotations }) => exp_annotations?.['summary'] ?? '');
    expect(shown.length).toBeGreaterThan(100);
    expect(shown.filter((summary) => summary.length > 120)).toEqual([]);
  });

  it('run every recording rule and check its result', () => {
    const tests = files.flatMap((file) => read(file).tests);
    const exprs = tests.flatMap(({ promql_expr_test = [] }) => promql_expr_test);
    for (const name of Object.keys(recorded)) {
      const found = exprs.find(({ expr }) =>
        asked(expr).selectors.some(({ metric }) => metric === name),
      );
      expect([name, found?.exp_samples]).toEqual([name, expect.arrayContaining([anything])]);
    }
  });
});

const anything: unknown = expect.anything();
const annotations = ['dashboard_url', 'description', 'owner', 'runbook_url', 'summary'];
