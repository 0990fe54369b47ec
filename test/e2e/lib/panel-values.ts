import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { allDashboards, type DashboardOptions } from '../../../dashboards';
import { renderRules, type RuleOptions } from '../../../rules';
import { allQueries, type DashboardQuery, someValues } from '../../lib/dashboard-queries';
import type { SpecPanel } from '../../lib/spec-panels';
import type { World } from '../../lib/spec-world';

/** Values of the variables of a dashboard: all values. */
const values = {
  ...someValues,
  service: 'api-server|ws-server|worker|postgres|redis',
  instance: 'a:9090|b:9090|n:9100|p:9187|r:9121',
  // For these two, "All" is the name of the job.
  endpoint: 'api-server',
  session: 'ws-server',
  __range: '30m',
};

/**
 * In PromQL, joins the labels of a series into its name in the legend. A query of a table has no
 * legend.
 */
function named({ expr, legend: given, refId }: DashboardQuery): string {
  const legend = given === '' ? refId : given;
  const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
  let count = 0;
  const template = legend.replace(/\{\{\w+\}\}/g, () => `$${(count += 1)}`);
  const pattern = labels.map(() => '([^|]*)').join('\\\\|');
  const sources = labels.map((label) => `, "${label}"`).join('');
  const joined = `label_join(${expr}, "shown", "|"${sources})`;
  return `label_replace(${joined}, "shown", "${template}", "shown", "${pattern}")`;
}

export interface PanelWorld {
  readonly rules: RuleOptions;
  readonly dashboards: DashboardOptions;
  readonly world: World;
  readonly panels: readonly Pick<SpecPanel, 'dashboard' | 'panel' | 'shows'>[];
}

/**
 * Runs the recording rules and the queries of panels in promtool, 40 minutes after the start of
 * synthetic series. Returns all differences; empty if every panel shows exactly what it should.
 */
export function wrongPanels(promtool: string, { rules, dashboards, world, panels }: PanelWorld) {
  const queries = allDashboards(dashboards).flatMap((one) => allQueries(one, values));
  const folder = mkdtempSync(join(tmpdir(), 'audifi-panels-'));
  try {
    writeFileSync(join(folder, 'recording.yml'), renderRules(rules)['recording.yml'] ?? '');
    const tests = panels.map(({ dashboard, panel, shows }) => {
      const asked = queries.filter((q) => q.dashboard === dashboard && q.place === panel);
      if (asked.length === 0) throw new Error(`${dashboard} has no panel ${panel}`);
      // Two series with the same name would add up to an unexpected value.
      const all = asked.map((q) => `label_replace(${named(q)}, "query", "${q.refId}", "", "")`);
      return {
        expr: `round(sum by (shown) (${all.join('\nor\n')}), 0.001)`,
        eval_time: '40m',
        exp_samples: Object.entries(shows).map(([shown, value]) => ({
          labels: `{shown=${JSON.stringify(shown)}}`,
          value,
        })),
      };
    });
    const series = Object.entries(world).map(([name, text]) => ({ series: name, values: text }));
    const test = { interval: '15s', input_series: series, promql_expr_test: tests };
    const file = { rule_files: ['recording.yml'], evaluation_interval: '15s', tests: [test] };
    writeFileSync(join(folder, 'panels.test.yml'), stringify(file));
    try {
      execFileSync(promtool, ['test', 'rules', 'panels.test.yml'], {
        ...{ cwd: folder, encoding: 'utf8', stdio: 'pipe' },
      });
      return '';
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return `${stdout}${stderr}` || String(error);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
