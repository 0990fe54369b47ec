import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { lokiConfig } from '../../components/logs/loki-config';
import type { Stage } from '../../components/logs/promtail-stages-config';
import { promtailConfig } from '../../components/logs/promtail-config';
import { logsSchema } from '../../components/logs/settings-schema';
import { redacting } from '../../components/logs/redaction-promtail';
import { specSources } from '../../components/logs/sources';
import { apiServer, cleanLines, mixedLines, type WrittenLine } from './log-lines';
import { median, type Series } from './statistics';

export interface LogCosts {
  /** CPU seconds of Promtail: clean lines without and with redaction, then mixed ones. */
  readonly series: readonly Series[];
  readonly text: readonly string[];
}

const lines = Number(process.env['LINES'] ?? 100_000);
const rounds = 3;
const [agentPort, sinkPort, lokiPort, grpcPort] = [19_280, 19_281, 19_282, 19_283];

/**
 * Promtail on one core, with lines that need no masking and with those of all sources; with the redaction of the stack and
 * without any; and Loki's answers over a million lines.
 *
 * @param commands paths of `promtail` and `loki`
 */
export async function logCosts(commands: {
  readonly promtail: string;
  readonly loki: string;
}): Promise<LogCosts> {
  const folder = mkdtempSync(join(tmpdir(), 'audifi-bench-logs-'));
  try {
    const kinds = Object.entries({ clean: cleanLines, mixed: mixedLines }).map(([name, make]) => {
      const place = join(folder, name);
      const series = [false, true].map((redact): Series & { redact: boolean } => ({
        name: `${name} lines, ${redact ? 'redaction' : 'no redaction'}`,
        unit: 's',
        values: [],
        redact,
      }));
      return { name, place, bytes: writeLines(place, make(lines, Date.now() - lines)), series };
    });
    let memory = 0;
    const sink = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(204).end());
    }).listen(sinkPort, '127.0.0.1');
    for (let round = 0; round < rounds; round += 1) {
      for (const { place, series } of kinds) {
        for (const { redact, values } of series) {
          const run = await agentRun(commands.promtail, place, redact);
          values.push(run.cpuSeconds);
          memory = Math.max(memory, run.memoryMiB);
        }
      }
    }
    sink.close();
    const speeds = kinds.map(({ name, bytes, series }) => {
      const perSecond = lines / median(series[1]?.values ?? []);
      const megabytes = (perSecond * bytes) / lines / 1e6;
      return `${name} lines of ${Math.round(bytes / lines)} bytes on average: **${Math.round(perSecond)} lines/s, ${megabytes.toFixed(1)} MB/s**`;
    });
    return {
      series: kinds.flatMap(({ series }) => series),
      text: [
        `With redaction one core takes ${speeds.join('; ')}; at most ${Math.round(memory)} MiB.`,
        ...(await queries(commands.loki, folder)),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes what the engine keeps of each container. @returns bytes of the lines themselves */
function writeLines(folder: string, all: readonly WrittenLine[]): number {
  const files = new Map<string, string[]>();
  let bytes = 0;
  for (const { job, at, line } of all) {
    bytes += line.length + 1;
    const entry = {
      log: `${line}\n`,
      stream: 'stdout',
      attrs: { tag: job },
      time: at.toISOString(),
    };
    const written = files.get(job) ?? [];
    written.push(JSON.stringify(entry));
    files.set(job, written);
  }
  for (const [i, written] of [...files.values()].entries()) {
    const id = String(i).repeat(64);
    mkdirSync(join(folder, 'containers', id), { recursive: true });
    writeFileSync(
      join(folder, 'containers', id, `${id}-json.log`),
      written.map((line) => `${line}\n`).join(''),
    );
  }
  return bytes;
}

async function agentRun(
  command: string,
  folder: string,
  redact: boolean,
): Promise<{ readonly cpuSeconds: number; readonly memoryMiB: number }> {
  const data = mkdtempSync(join(folder, 'promtail-'));
  const config = parse(
    promtailConfig({
      ...{ stack: 'bench', environment: 'bench', sources: specSources, projects: [], debug: false },
      logs: { files: join(folder, 'containers', '*', '*-json.log'), format: 'docker' },
      lokiUrl: `http://127.0.0.1:${sinkPort}`,
    })
      .replaceAll(': /promtail', `: ${data}`)
      .replace('listen_port: 9080', `listen_address: 127.0.0.1\n  http_listen_port: ${agentPort}`),
  ) as { scrape_configs: { pipeline_stages: Stage[] }[] };
  const [scrape] = config.scrape_configs;
  if (scrape !== undefined && !redact) {
    const masking = new Set(redacting().map((stage) => JSON.stringify(stage)));
    scrape.pipeline_stages = scrape.pipeline_stages.filter(
      (stage) => !masking.has(JSON.stringify(stage)),
    );
  }
  const file = join(data, 'promtail.yml');
  writeFileSync(file, stringify(config));
  const child = start(command, [`-config.file=${file}`], { GOMAXPROCS: '1' });
  try {
    await until(async () => (await read('promtail_sent_entries_total')) >= lines);
    return {
      cpuSeconds: await read('process_cpu_seconds_total'),
      memoryMiB: (await read('process_resident_memory_bytes')) / 2 ** 20,
    };
  } finally {
    await end(child);
  }
}

/** Seconds that Loki takes to count and to search a million lines on disk. */
async function queries(command: string, folder: string): Promise<string[]> {
  const { loki, logs } = logsSchema.parse({});
  const data = mkdtempSync(join(folder, 'loki-'));
  const file = join(data, 'loki.yml');
  writeFileSync(
    file,
    lokiConfig({
      loki,
      retention: logs.retention,
      externalLabels: {},
      grafanaUrl: 'http://127.0.0.1:3000',
    })
      .replaceAll(': /loki', `: ${data}`)
      .replaceAll('/etc/loki', data)
      .replaceAll('9095', String(grpcPort))
      .replace('listen_port: 3100', `listen_address: 127.0.0.1\n  http_listen_port: ${lokiPort}`)
      .replace('ingestion_rate_mb: 16', 'ingestion_rate_mb: 500')
      .replace('ingestion_burst_size_mb: 32', 'ingestion_burst_size_mb: 1000')
      .replace('per_stream_rate_limit: 16MB', 'per_stream_rate_limit: 500MB')
      .replace('per_stream_rate_limit_burst: 32MB', 'per_stream_rate_limit_burst: 1GB'),
  );
  const url = `http://127.0.0.1:${lokiPort}`;
  const child = start(command, [`-config.file=${file}`], {});
  try {
    await until(async () => (await fetch(`${url}/ready`)).ok);
    const million = 1_000_000;
    const step = 10_000;
    const first = Date.now() - 3_000_000;
    for (let i = 0; i < million; i += step) {
      const values = Array.from({ length: step }, (_, k) => {
        const time = first + (i + k) * 3;
        return [`${time}000000`, apiServer(new Date(time), i + k)];
      });
      const stream = { job: 'api-server', level: 'info', env: 'bench', container: 'api-server' };
      const response = await fetch(`${url}/loki/api/v1/push`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ streams: [{ stream, values }] }),
      });
      if (!response.ok) throw new Error(await response.text());
    }
    await fetch(`${url}/flush`, { method: 'POST' });
    const asked = {
      'count by level': 'sum by (level) (count_over_time({job="api-server"}[1h]))',
      'search a text': 'sum(count_over_time({job="api-server"} |= "user_42\\"" [1h]))',
      'parse and compare':
        'sum(count_over_time({job="api-server"} | json | duration_ms > 770 [1h]))',
    };
    const answers: string[] = [];
    for (const [what, query] of Object.entries(asked)) {
      const seconds: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const before = performance.now();
        const parameters = new URLSearchParams({ query });
        const response = await fetch(`${url}/loki/api/v1/query?${parameters}`);
        if (!response.ok) throw new Error(await response.text());
        await response.text();
        seconds.push((performance.now() - before) / 1000);
      }
      answers.push(`${what}: ${median(seconds).toFixed(2)} s`);
    }
    return [`Loki over a million lines: ${answers.join(', ')}.`];
  } finally {
    await end(child);
  }
}

function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(command, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** Sum of a metric of the agent. */
async function read(name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${agentPort}/metrics`);
  const found = (await response.text()).split('\n').filter((text) => text.startsWith(name));
  return found.reduce((sum, text) => sum + Number(text.slice(text.lastIndexOf(' '))), 0);
}

/** Waits until something is so; a refused connection is only not yet. */
async function until(test: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (!(await test().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('the log pipeline does not get ready');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
