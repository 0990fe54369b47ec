import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allDashboards, allQueries, type DashboardOptions, sources } from '../../dashboards';
import { defaultSlos, defaultThresholds } from '../../rules';
import { describeSeries } from '../../telemetry';
import { Exporters } from './dashboards/exporters';
import { later, ranges } from './dashboards/grafana';
import { writeHistory } from './dashboards/history';
import { Questions } from './dashboards/measure';
import { BenchPrometheus } from './dashboards/prometheus';
import { dashboardLines, type Outcome, type RuleGroup } from './dashboards/report';

export { dashboardTitle } from './dashboards/report';

/** The dashboards with the options for the most queries: traces add queries of raw buckets. */
const options: DashboardOptions = {
  environment: 'prod',
  thresholds: defaultThresholds,
  slo: defaultSlos,
  checks: true,
  runbookBase: 'https://runbooks.invalid',
  loki: true,
  logAgent: 'promtail',
  jaeger: true,
  // The fleet has no series of a cluster.
  cluster: false,
};

const rounds = Number(process.env['ROUNDS'] ?? 20);
const scrapeInterval = 15;

/**
 * Measures the queries of the dashboards at 100,000 active series, over a day and over a week, and
 * the cost of the recording rules. Needs about ten minutes and 6 GB of disk space, which it frees
 * at the end.
 *
 * @param commands paths of `prometheus` and `promtool`
 * @returns lines of Markdown
 */
export async function dashboardSpeed({
  prometheus: command = 'prometheus',
  promtool = 'promtool',
}: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'audifi-bench-dashboards-'));
  const exporters = new Exporters();
  const proxy = await exporters.start();
  const prometheus = await BenchPrometheus.prepare(command, folder, proxy);
  try {
    return dashboardLines(await measured(prometheus, promtool));
  } finally {
    await prometheus.stop();
    exporters.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(prometheus: BenchPrometheus, promtool: string): Promise<Outcome> {
  const dashboards = allDashboards(options);
  const started = Math.floor(Date.now() / 1000);
  await prometheus.start();
  progress('dashboards: Prometheus is running; waiting for the fleet');
  await prometheus.until('every target was scraped, every rule evaluated', 180, async () => {
    const groups = await ruleGroups(prometheus);
    const late = groups.some(({ evaluated }) => evaluated < started + 120);
    return !late && (await prometheus.number('count(up == 0) or vector(0)')) === 0;
  });
  const history = await writeHistory({
    promtool,
    prometheus,
    names: namesOverTime(dashboards),
    from: started - ranges['7 d'] - 3_600,
    to: started,
    intervals: new Map(
      (await ruleGroups(prometheus)).flatMap(({ interval, names }) =>
        names.map((name): [string, number] => [name, interval]),
      ),
    ),
    scrapeInterval,
  });
  progress(`dashboards: ${history.samples} samples of ${history.series} series in the past`);
  await prometheus.until('the blocks are loaded', 120, async () => {
    const blocks = await prometheus.number('max_over_time(prometheus_tsdb_blocks_loaded[1m])');
    return blocks >= history.blocks;
  });
  const questions = new Questions(prometheus, dashboards);
  const timings = await questions.timings(rounds, progress);
  const loads = await questions.loads(Math.max(1, Math.ceil(rounds / 4)));
  const groups = await ruleGroups(prometheus);
  return {
    history,
    timings,
    loads,
    groups,
    activeSeries: await prometheus.number('prometheus_tsdb_head_series'),
    recordedSeries: await prometheus.number('count({__name__=~".+:.+"})'),
    memoryMiB:
      (await prometheus.number('process_resident_memory_bytes{job="prometheus"}')) / 2 ** 20,
    cpus: await prometheus.number('rate(process_cpu_seconds_total{job="prometheus"}[5m])'),
    rounds,
  };
}

/** Series in range queries of a dashboard. */
function namesOverTime(dashboards: ReturnType<typeof allDashboards>): string[] {
  const any = { ...later, env: '', service: '', instance: '', endpoint: '', session: '' };
  const names = dashboards
    .flatMap((dashboard) => allQueries(dashboard, { ...any, window: '7d', search: '' }))
    .filter(({ source }) => source === sources.prometheus.uid)
    .filter(
      ({ instant, label, expr }) =>
        !instant || label !== undefined || /\[(\$__range|\d+[dh])\]/.test(expr),
    )
    .flatMap(({ expr }) => expr.replace(/"[^"]*"/g, '').match(/[a-zA-Z_:][\w:]*/g) ?? [])
    .filter((name) => describeSeries(name) !== undefined);
  return [...new Set(names)].sort();
}

async function ruleGroups(prometheus: BenchPrometheus): Promise<RuleGroup[]> {
  interface Group {
    readonly name: string;
    readonly interval: number;
    readonly evaluationTime: number;
    readonly lastEvaluation: string;
    readonly rules: readonly { readonly name: string }[];
  }
  const { groups } = await prometheus.api<{ groups: Group[] }>('rules');
  return groups.map(({ name, interval, evaluationTime, lastEvaluation, rules }) => ({
    name,
    interval,
    seconds: evaluationTime,
    evaluated: Date.parse(lastEvaluation) / 1000,
    names: rules.map((rule) => rule.name),
  }));
}

const progress = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
