import { existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { otelAgentConfig, otelPaths, otelPorts } from '../../components/logs/otel-agent-config';
import type { AgentConfigArgs } from '../../components/logs/promtail-config';
import { promtailConfig } from '../../components/logs/promtail-config';
import type { Stage } from '../../components/logs/promtail-stages-config';
import { lineParts } from '../../components/logs/redaction/otel';
import { redacting } from '../../components/logs/redaction/promtail';
import { specSources } from '../../components/logs/sources';
import { goMemoryLimit } from '../../components/units';
import type { WrittenLine } from './log-lines';
import { end, readMetric, start, until } from './log-processes';

export type LogAgent = 'promtail' | 'otel';

export interface AgentCost {
  /** User and system time of the process from its start until it is ready and idle. */
  readonly startSeconds: number;
  /** The same from the first line until the last line was sent. */
  readonly cpuSeconds: number;
  readonly memoryMiB: number;
}

interface AgentRun {
  readonly agent: LogAgent;
  readonly command: string;
  /** Output folder of `writeLines`. */
  readonly folder: string;
  /** Number of lines in it. */
  readonly lines: number;
  readonly redact: boolean;
  /** URL of a server that accepts the lines. */
  readonly lokiUrl: string;
  readonly port: number;
}

/** Default memory limit of an agent. */
const memoryMiB = 256;

/** Reads all lines with an agent on one core, in the environment of its container. */
export async function runAgent(run: AgentRun): Promise<AgentCost> {
  const { agent, command, folder, lines, port } = run;
  const data = mkdtempSync(join(folder, `${agent}-`));
  const file = join(data, 'config.yaml');
  const { text, args, names } = agents[agent](run, data, file);
  writeFileSync(file, text);
  const child = start(command, args, { GOMAXPROCS: '1', GOMEMLIMIT: goMemoryLimit(memoryMiB) });
  try {
    const startSeconds = await idle(port, names.cpu);
    // The agent finds the files now, because a new container's files appear like this.
    renameSync(join(folder, 'containers'), join(data, 'containers'));
    await until(async () => (await readMetric(port, names.sent)) >= lines);
    return {
      startSeconds,
      cpuSeconds: (await readMetric(port, names.cpu)) - startSeconds,
      memoryMiB: (await readMetric(port, names.memory)) / 2 ** 20,
    };
  } finally {
    await end(child);
    if (existsSync(join(data, 'containers'))) {
      renameSync(join(data, 'containers'), join(folder, 'containers'));
    }
  }
}

/** Waits until a process answers and hardly uses the CPU for a second. @returns its CPU time */
async function idle(port: number, metric: string): Promise<number> {
  let used = 0;
  await until(async () => {
    const before = used;
    used = await readMetric(port, metric);
    if (before > 0 && used - before < 0.05) return true;
    await sleep(1_000);
    return false;
  });
  return used;
}

interface Start {
  readonly text: string;
  readonly args: readonly string[];
  /** Names of the agent's metrics. */
  readonly names: { readonly sent: string; readonly cpu: string; readonly memory: string };
}

const agents: Readonly<Record<LogAgent, (run: AgentRun, data: string, file: string) => Start>> = {
  promtail: (run, data, file) => ({
    text: promtailText(run, data),
    args: [`-config.file=${file}`],
    names: {
      sent: 'promtail_sent_entries_total',
      cpu: 'process_cpu_seconds_total',
      memory: 'process_resident_memory_bytes',
    },
  }),
  otel: (run, data, file) => ({
    text: otelText(run, data),
    args: [`--config=${file}`, '--feature-gates=stanza.synchronousLogEmitter'],
    names: {
      sent: 'otelcol_exporter_sent_log_records',
      cpu: 'otelcol_process_cpu_seconds',
      memory: 'otelcol_process_memory_rss',
    },
  }),
};

const argsOf = ({ lokiUrl }: AgentRun, data: string): AgentConfigArgs => ({
  ...{ stack: 'bench', environment: 'bench', sources: specSources, projects: [], debug: false },
  logs: { files: join(data, 'containers', '*', '*-json.log'), format: 'docker' },
  lokiUrl,
});

function promtailText(run: AgentRun, data: string): string {
  const config = parse(
    promtailConfig(argsOf(run, data))
      .replaceAll(': /promtail', `: ${data}`)
      .replace('listen_port: 9080', `listen_address: 127.0.0.1\n  http_listen_port: ${run.port}`),
  ) as { scrape_configs: { pipeline_stages: Stage[] }[] };
  const [scrape] = config.scrape_configs;
  if (scrape !== undefined && !run.redact) {
    const masking = new Set(redacting().map((stage) => JSON.stringify(stage)));
    scrape.pipeline_stages = scrape.pipeline_stages.filter(
      (stage) => !masking.has(JSON.stringify(stage)),
    );
  }
  return stringify(config);
}

function otelText(run: AgentRun, data: string): string {
  const config = parse(
    otelAgentConfig(argsOf(run, data))
      .replace(`directory: ${otelPaths.data}`, `directory: ${data}`)
      .replace(`0.0.0.0:${otelPorts.health}`, `127.0.0.1:${run.port + 1}`)
      .replace('host: ""', 'host: 127.0.0.1')
      .replace(`port: ${otelPorts.metrics}`, `port: ${run.port}`),
  ) as { processors: { transform: { log_statements: object[] } } };
  const { transform } = config.processors;
  if (!run.redact) transform.log_statements = transform.log_statements.slice(lineParts().length);
  return stringify(config, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Writes the log files of the container engine. @returns size of the lines in bytes */
export function writeLines(folder: string, all: readonly WrittenLine[]): number {
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
