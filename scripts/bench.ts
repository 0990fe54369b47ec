import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from '../offline/kit';
import { dashboardSpeed, dashboardTitle } from './bench/dashboards';
import { type Bed, removePlainDocker } from './bench/docker-run';
import { measureFirstUp, measureNoOp, measureStartUp } from './bench/engine';
import { kubernetesPreviews } from './bench/kubernetes';
import { instrumentationCost, seriesAtSessions } from './bench/instrumentation';
import { logCosts } from './bench/logs';
import { measurePaging, pagingTitle } from './bench/paging';
import { BenchProject, emptyProgram } from './bench/projects';
import { memoryLines, report, sectionLines } from './bench/report';
import { dated, type Section, withSection } from './bench/statistics';
import { traceCosts, tracesTitle } from './bench/traces';
import { docker } from './docker';
import { OperatorError, runMain } from './operator-error';
import { projectName, projectRoot } from './stack-files';
import { imagesOf } from './stack-images';

/**
 * `make bench`: measures on this machine and writes docs/benchmarks.md. Compared commands run
 * alternately in one session, so that a slow minute affects both. Ratios are of medians.
 * `PART=engine`, `PART=dashboards`, `PART=logs`, `PART=traces`, `PART=paging` and `PART=kubernetes`
 * measure only that part and update its sections.
 */
const benchmarks = join(projectRoot, 'docs', 'benchmarks.md');
const rounds = Number(process.env['ROUNDS'] ?? 5);
const port = 19190;
/** Turns Grafana off, because some machines cannot pull its image. */
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
  const { startUp, noOp, memory, first, paging } = await withProjects(env, async (projects) => ({
    ...(await engineCosts(projects, () => measureMemory(projects.ours, env))),
    paging: await measurePaging(projects.ours, port, pagingRounds),
  }));
  const app = await instrumentation();
  const logs = await measureLogs(kit.commands);
  const kubernetes = await kubernetesPreviews(rounds, progress);
  const dashboards = await dashboardSpeed(kit.commands);
  const traces = await traceCosts(env);
  const more = [...memoryLines(memory), ...app, ...paging, ...dashboards, ...traces];
  const sections = [startUp, ...noOp, kubernetes, first, logs];
  writeFileSync(benchmarks, report(sections, more, kit.standIns));
  process.stdout.write('\nwritten: docs/benchmarks.md\n');
}

/** This program and an empty one on the same engine, and containers that `docker run` starts. */
interface Projects {
  readonly ours: BenchProject;
  readonly empty: BenchProject;
  readonly bed: Bed;
}

async function withProjects<T>(
  env: NodeJS.ProcessEnv,
  work: (projects: Projects) => Promise<T>,
): Promise<T> {
  const projects = {
    ours: new BenchProject('bench', projectRoot, env),
    empty: new BenchProject('bench', emptyProgram(), env),
    bed: { env, port: port + 1, prefix: 'audifi-bench-plain' },
  };
  try {
    return await work(projects);
  } finally {
    await projects.ours.remove();
    await projects.empty.remove();
    await removePlainDocker(projects.bed);
  }
}

/** @param measured the memory of the running stack's containers. @default not measured */
async function engineCosts(
  { ours, empty, bed }: Projects,
  measured = (): Promise<string[][]> => Promise.resolve([]),
): Promise<{ startUp: Section; noOp: Section[]; memory: string[][]; first: Section }> {
  const settings = {
    'prometheus.port': port,
    'alertmanager.port': port + 2,
    'loki.port': port + 3,
    'inbox.port': port + 4,
    referenceAppPorts: { web: port + 5, control: port + 6 },
    // Some machines cannot download the plugin of Grafana's provider.
    'grafana.enabled': false,
  };
  // For the comparison with `docker run`: only metrics and alerts. A bundled program has no
  // reference application next to it.
  const alone = { referenceApp: false, 'inbox.enabled': false, 'logs.enabled': false };
  ours.configure({ ...settings, ...alone });
  const startUp = await measureStartUp(ours, { rounds, progress });
  ours.configure(settings);
  const noOp = await measureNoOp(ours, empty, bed.env, { rounds, progress });
  const memory = await measured();
  ours.configure({ ...settings, ...alone });
  const first = await measureFirstUp(ours, empty, bed, { rounds, progress });
  return { startUp, noOp, memory, first };
}

/** Parts that can be measured alone. */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  engine: engineAlone,
  dashboards: dashboardsAlone,
  logs: logsAlone,
  paging: pagingAlone,
  traces: tracesAlone,
  kubernetes: kubernetesAlone,
};

/** Replaces one section of docs/benchmarks.md. */
function writeSection(title: string, measured: readonly string[]): void {
  const lines = dated(measured, new Date());
  writeFileSync(benchmarks, withSection(readFileSync(benchmarks, 'utf8'), title, lines));
  process.stdout.write(`${lines.join('\n')}\nwritten: docs/benchmarks.md\n`);
}

async function engineAlone(): Promise<void> {
  const kit = await prepare({ need: ['pulumi', 'docker', 'images'], images: imagesOf(noGrafana) });
  const { startUp, noOp, first } = await withProjects({ ...process.env, ...kit.env }, (projects) =>
    engineCosts(projects),
  );
  for (const section of [startUp, ...noOp, first]) {
    writeSection(section.title, sectionLines(section));
  }
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

/** CPU cost of the log pipeline, with and without redaction. */
async function measureLogs({
  promtail = 'promtail',
  otelcol = 'otelcol',
  loki = 'loki',
}: Readonly<Record<string, string>>): Promise<Section> {
  const { series, text } = await logCosts({ promtail, otelcol, loki });
  return {
    title: 'Logs',
    how: `CPU time of each agent on one core, from the first line to the last. Clean lines need no redaction. In the mixed lines, 40 % are Caddy's, with credentials that Caddy has masked itself, and 10 % contain an e-mail address. ${text.join(' ')}`,
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
