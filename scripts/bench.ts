import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { prepare } from '../offline/kit';
import { dashboardSpeed, dashboardTitle } from './bench/dashboards';
import { type Bed, plainDocker, removePlainDocker } from './bench/docker-run';
import { kubernetesPreviews } from './bench/kubernetes';
import { instrumentationCost, seriesAtSessions } from './bench/instrumentation';
import { logCosts } from './bench/logs';
import { measurePaging, pagingTitle } from './bench/paging';
import { BenchProject, type Cost, emptyProgram } from './bench/projects';
import { median, type Section, type Series, summary, withSection } from './bench/statistics';
import { traceCosts, tracesTitle } from './bench/traces';
import { docker } from './docker';
import { OperatorError, runMain } from './operator-error';
import { projectName, projectRoot } from './stack-files';
import { imagesOf } from './stack-images';

/**
 * `make bench`: measures on this machine and writes docs/benchmarks.md. Compared commands run
 * alternately in one session, so that a slow minute affects both. Ratios are of medians.
 * `PART=dashboards`, `PART=logs`, `PART=traces`, `PART=paging` and `PART=kubernetes` measure only
 * that part and update its section.
 */
const benchmarks = join(projectRoot, 'docs', 'benchmarks.md');
const rounds = Number(process.env['ROUNDS'] ?? 5);
const port = 19190;
/** Its image cannot be pulled on every machine. */
const noGrafana = { [`${projectName}:grafana`]: { enabled: false } };

async function main(): Promise<void> {
  const part = process.env['PART'] ?? '';
  if (part !== '') {
    const alone = Object.hasOwn(parts, part) ? parts[part] : undefined;
    if (alone !== undefined) return alone();
    throw new OperatorError(
      `there is no PART "${part}". Known: ${Object.keys(parts).join(', ')}.\n` +
        'Example: make bench PART=dashboards',
    );
  }
  const kit = await prepare({
    need: ['pulumi', 'docker', 'images', 'loki', 'promtail', 'otelcol', 'prometheus', 'promtool'],
    images: imagesOf(noGrafana),
    optional: ['grafana'],
  });
  const env = { ...process.env, ...kit.env };
  const ours = new BenchProject('bench', projectRoot, env);
  const empty = new BenchProject('bench', emptyProgram(), env);
  const bed: Bed = { env, port: port + 1, prefix: 'audifi-bench-plain' };
  try {
    const settings = {
      'prometheus.port': port,
      'alertmanager.port': port + 2,
      'loki.port': port + 3,
      'inbox.port': port + 4,
      referenceAppPorts: { web: port + 5, control: port + 6 },
      // The plugin of its provider is not available on every machine.
      'grafana.enabled': false,
    };
    // For the comparison with `docker run`: only metrics and alerts. A bundled program has no
    // reference application next to it.
    const alone = { referenceApp: false, 'inbox.enabled': false, 'logs.enabled': false };
    ours.configure({ ...settings, ...alone });
    const startUp = await measureStartUp(ours);
    ours.configure(settings);
    const noOp = await measureNoOp(ours, empty);
    const memory = await measureMemory(ours, env);
    ours.configure({ ...settings, ...alone });
    const first = await measureFirstUp(ours, bed);
    const paging = await measurePaging(ours, port, pagingRounds);
    const app = await instrumentation();
    const logs = await measureLogs(kit.commands);
    const kubernetes = await kubernetesPreviews(rounds, progress);
    const dashboards = await dashboardSpeed(kit.commands);
    const traces = await traceCosts(env);
    const more = [...memoryLines(memory), ...app, ...paging, ...dashboards, ...traces];
    const sections = [startUp, ...noOp, kubernetes, first, logs];
    writeFileSync(benchmarks, report(sections, more, kit.standIns));
    process.stdout.write('\nwritten: docs/benchmarks.md\n');
  } finally {
    await ours.remove();
    await empty.remove();
    await removePlainDocker(bed);
  }
}

/** Parts that can be measured alone. */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  dashboards: dashboardsAlone,
  logs: logsAlone,
  paging: pagingAlone,
  traces: tracesAlone,
  kubernetes: kubernetesAlone,
};

/** Replaces one section of docs/benchmarks.md. */
function writeSection(title: string, lines: readonly string[]): void {
  writeFileSync(benchmarks, withSection(readFileSync(benchmarks, 'utf8'), title, lines));
  process.stdout.write(`${lines.join('\n')}\nwritten: docs/benchmarks.md\n`);
}

async function dashboardsAlone(): Promise<void> {
  const { commands } = await prepare({ need: ['prometheus', 'promtool'] });
  const lines = await dashboardSpeed(commands);
  writeSection(dashboardTitle, lines);
}

async function logsAlone(): Promise<void> {
  const { commands } = await prepare({ need: ['loki', 'promtail', 'otelcol'] });
  const section = await measureLogs(commands);
  writeSection(section.title, sectionLines(section));
}

async function pagingAlone(): Promise<void> {
  const kit = await prepare({ need: ['pulumi', 'docker', 'images'], images: imagesOf(noGrafana) });
  const ours = new BenchProject('bench', projectRoot, { ...process.env, ...kit.env });
  try {
    const lines = await measurePaging(ours, port, pagingRounds);
    writeSection(pagingTitle, lines);
  } finally {
    await ours.remove();
  }
}

/** Each page takes minutes, so there are fewer rounds. */
const pagingRounds = Math.min(rounds, 3);

async function kubernetesAlone(): Promise<void> {
  const section = await kubernetesPreviews(rounds, progress);
  writeSection(section.title, sectionLines(section));
}

async function tracesAlone(): Promise<void> {
  const { env } = await prepare({
    need: ['docker', 'images'],
    images: ['jaeger', 'otelCollector'],
  });
  writeSection(tracesTitle, await traceCosts({ ...process.env, ...env }));
}

/** Different ways to run the program's TypeScript, each with the same preview. */
async function measureStartUp(ours: BenchProject): Promise<Section> {
  const ways = ours.ways();
  const series = ways.map(({ name }): Series => ({ name, unit: 's', values: [] }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [i, way] of ways.entries()) {
      const { seconds } = await way.preview();
      // The first round fills caches (compiler, disk) and does not count.
      if (round > 0) series[i]?.values.push(seconds);
      progress('start-up', round, way.name, seconds);
    }
  }
  return {
    title: 'Start-up of the program: ways to run TypeScript',
    how: '`pulumi preview` with only metrics and alerts, before the first `up` and with warm caches.',
    series,
    ratios: [],
  };
}

/**
 * Two sections from the same runs: elapsed time, which increases with other load on the machine,
 * and CPU time.
 */
async function measureNoOp(ours: BenchProject, empty: BenchProject): Promise<Section[]> {
  await ours.pulumi('up');
  await empty.pulumi('up');
  const runs: [string, () => Promise<Cost>][] = [
    ['preview, empty program', () => empty.pulumi('preview')],
    ['preview, this stack', () => ours.pulumi('preview')],
    ['preview, this stack without components/start-up.ts', () => ours.previewWithoutStartUp()],
    ['up, empty program', () => empty.pulumi('up')],
    ['up, this stack', () => ours.pulumi('up')],
  ];
  const costs = runs.map((): Cost[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, [name, run]] of runs.entries()) {
      const cost = await run();
      costs[i]?.push(cost);
      progress('no change', round, name, cost.seconds);
    }
  }
  const section = (title: string, how: string, value: (cost: Cost) => number): Section => ({
    title,
    how,
    series: runs.map(([name], i) => ({ name, unit: 's', values: costs[i]?.map(value) ?? [] })),
    ratios: [
      { of: 1, to: 0, aim: 1.5 },
      { of: 2, to: 0 },
      { of: 4, to: 3, aim: 1.5 },
    ],
  });
  return [
    section(
      'Nothing to change',
      'The stack is running and nothing has changed, compared with an empty TypeScript program on the same engine.',
      ({ seconds }) => seconds,
    ),
    section(
      'Nothing to change: CPU time',
      'User and system time of the engine, its plugins and the program in the same runs.',
      ({ processorSeconds }) => processorSeconds,
    ),
  ];
}

/** From nothing to a ready Prometheus: with the engine, and manually with the docker client. */
async function measureFirstUp(ours: BenchProject, bed: Bed): Promise<Section> {
  const series: Series[] = [
    { name: '`docker run`, one after another', unit: 's', values: [] },
    { name: 'first `pulumi up`', unit: 's', values: [] },
  ];
  for (let round = 0; round < rounds; round += 1) {
    const plain = await plainDocker(bed);
    series[0]?.values.push(plain);
    await removePlainDocker(bed);
    progress('from nothing', round, 'docker run', plain);
    await ours.destroy();
    const { seconds: engine } = await ours.pulumi('up');
    series[1]?.values.push(engine);
    progress('from nothing', round, 'pulumi up', engine);
  }
  return {
    title: 'From nothing',
    how:
      'Images are there, the volume is not. Both make the network, the volume, Prometheus and its exporters with the ' +
      'same limits and files, and end when Prometheus answers `/-/ready`. The stack also starts Alertmanager.',
    series,
    ratios: [{ of: 1, to: 0, aim: 1.3 }],
  };
}

/** CPU cost of the log pipeline, with and without redaction. */
async function measureLogs({
  promtail = 'promtail',
  otelcol = 'otelcol',
  loki = 'loki',
}: Readonly<Record<string, string>>): Promise<Section> {
  const { series, text } = await logCosts({ promtail, otelcol, loki });
  return {
    title: 'Logs',
    how: `CPU time of each agent on one core, including its start. Clean lines need no redaction. Of the mixed lines, 40 % are Caddy's with credentials that Caddy has masked itself, and 10 % contain an e-mail address. ${text.join(' ')}`,
    series,
    ratios: [0, 4].flatMap((first) => [
      { of: first + 1, to: first, aim: 1.2 },
      { of: first + 3, to: first + 2, aim: 1.6 },
    ]),
  };
}

/** Working set of each container after one minute of scraping, as shown by docker stats. */
async function measureMemory(ours: BenchProject, env: NodeJS.ProcessEnv): Promise<string[][]> {
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  const lines = await docker(
    ['stats', '--no-stream', '--format', '{{.Name}}\t{{.MemUsage}}\t{{.CPUPerc}}'],
    env,
  );
  return lines
    .filter((line) => line.startsWith(`audifi-${ours.stack}-`))
    .map((line) => line.replace(`audifi-${ours.stack}-`, '').split('\t'))
    .sort();
}

function progress(what: string, round: number, name: string, seconds: number): void {
  process.stderr.write(`${what} ${round}/${rounds}: ${name} ${seconds.toFixed(2)} s\n`);
}

function report(
  sections: readonly Section[],
  more: readonly string[],
  standIns: readonly string[],
): string {
  const lines = [
    '# Benchmarks',
    '',
    'Written by `make bench`. Compared commands ran alternately in one session. Values are medians, with the lowest and the highest',
    `of ${rounds} rounds. Seconds depend on the machine; ratios are comparable.`,
    '',
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}.`,
    standIns.length === 0
      ? 'All parts were released ones.'
      : `Stand-ins in this run: ${standIns.join(', ')}.`,
    '',
  ];
  lines.push(...sections.flatMap(sectionLines));
  return [...lines, ...more].join('\n');
}

function sectionLines({ title, how, series, ratios }: Section): string[] {
  const compared = ratios.flatMap(({ of, to, aim }) => {
    const [a, b] = [series[of], series[to]];
    if (a === undefined || b === undefined) return [];
    const ratio = (median(a.values) / median(b.values)).toFixed(2);
    const wanted = aim === undefined ? '' : ` (target: at most ${aim})`;
    return [`- ${a.name} : ${b.name} = **${ratio}**${wanted}`];
  });
  return [
    ...[`## ${title}`, '', how, '', '| | median | lowest – highest |', '| --- | --- | --- |'],
    ...[...series.map(summary), '', ...compared],
    ...(compared.length > 0 ? [''] : []),
  ];
}

const memoryLines = (memory: readonly string[][]): string[] => [
  '## Memory of the development stack',
  '',
  'One minute after the start, with the reference application and its traffic (20 requests/s, 20 viewers), without queries to Prometheus or Loki.',
  '',
  '| container | memory of its limit | CPU |',
  '| --- | --- | --- |',
  ...memory.map((cells) => `| ${cells.join(' | ')} |`),
  '',
];

/** CPU cost of the telemetry in the reference application. */
async function instrumentation(): Promise<string[]> {
  const sessions = 1_000;
  const cost = await instrumentationCost();
  const { series, bytes, labelledSessions } = await seriesAtSessions(sessions);
  return [
    '## Instrumentation of the reference application',
    '',
    'CPU time of a request over loopback, with metrics, log line and spans, and of the same request without them, measured alternately in one process.',
    '',
    `- plain route: ${cost.plainMicroseconds.toFixed(0)} µs (including the client in the same process)`,
    `- telemetry adds: ${cost.microseconds.toFixed(0)} µs and ${cost.logBytes.toFixed(0)} bytes of log`,
    `- a ws-server with ${sessions} V Studio sessions: ${series} series and ${bytes} bytes per scrape; ${labelledSessions} sessions have their own label`,
    '',
  ];
}

runMain(main);
