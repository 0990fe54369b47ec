import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogAgent, runAgent, writeLines } from './log-agents';
import { cleanLines, mixedLines } from './log-lines';
import { lokiQueries } from './loki-queries';
import { median, type Series } from './statistics';

export interface LogCosts {
  /**
   * CPU seconds of each agent: first lines that need no redaction, without and with redaction, then
   * mixed lines.
   */
  readonly series: readonly Series[];
  readonly text: readonly string[];
}

const lines = Number(process.env['LINES'] ?? 100_000);
const rounds = Number(process.env['LOG_ROUNDS'] ?? 3);
const [agentPort, sinkPort] = [19_280, 19_284];
const agents: readonly LogAgent[] = ['promtail', 'otel'];
const titles: Readonly<Record<LogAgent, string>> = { promtail: 'Promtail', otel: 'collector' };

/**
 * Measures both log agents on one core, with lines that need no redaction and with mixed lines,
 * with and without redaction. Also measures Loki's queries over a million lines.
 *
 * @param commands paths of `promtail`, `otelcol` and `loki`
 */
export async function logCosts(commands: {
  readonly promtail: string;
  readonly otelcol: string;
  readonly loki: string;
}): Promise<LogCosts> {
  const folder = mkdtempSync(join(tmpdir(), 'audifi-bench-logs-'));
  const commandOf = { promtail: commands.promtail, otel: commands.otelcol };
  const kinds = Object.entries({ clean: cleanLines, mixed: mixedLines }).map(([name, make]) => {
    const place = join(folder, name);
    return { name, place, bytes: writeLines(place, make(lines, Date.now() - lines)) };
  });
  const runs = agents.flatMap((agent) =>
    kinds.flatMap((kind) =>
      [false, true].map((redact) => ({
        ...{ agent, redact, kind, memory: 0, starts: [] as number[] },
        series: {
          name: `${titles[agent]}: ${kind.name} lines, ${redact ? 'redaction' : 'no redaction'}`,
          unit: 's' as const,
          values: [] as number[],
        },
      })),
    ),
  );
  // A response that both agents accept.
  const sink = createServer((request, response) => {
    request
      .resume()
      .on('end', () => response.writeHead(request.url?.includes('otlp') ? 200 : 204).end());
  }).listen(sinkPort, '127.0.0.1');
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const run of runs) {
        const { startSeconds, cpuSeconds, memoryMiB } = await runAgent({
          ...{ agent: run.agent, command: commandOf[run.agent], redact: run.redact },
          ...{ folder: run.kind.place, lines, port: agentPort },
          lokiUrl: `http://127.0.0.1:${sinkPort}`,
        });
        run.starts.push(startSeconds);
        run.series.values.push(cpuSeconds);
        run.memory = Math.max(run.memory, memoryMiB);
        process.stderr.write(
          `logs ${round}/${rounds}: ${run.series.name} ${cpuSeconds.toFixed(2)} s after a start of ${startSeconds.toFixed(2)} s, ${Math.round(memoryMiB)} MiB\n`,
        );
      }
    }
    const speeds = runs
      .filter(({ redact }) => redact)
      .map(({ agent, kind: { name, bytes }, series, memory }) => {
        const perSecond = lines / median(series.values);
        const megabytes = (perSecond * bytes) / lines / 1e6;
        return `${titles[agent]}, ${name} lines of ${Math.round(bytes / lines)} bytes on average: **${Math.round(perSecond)} lines/s, ${megabytes.toFixed(1)} MB/s**, at most ${Math.round(memory)} MiB`;
      });
    const start = (agent: LogAgent, redact: boolean): string =>
      median(
        runs.filter((r) => r.agent === agent && r.redact === redact).flatMap((r) => r.starts),
      ).toFixed(1);
    const starts = agents.map(
      (agent) =>
        `${titles[agent]} ${start(agent, true)} s with redaction and ${start(agent, false)} s without`,
    );
    return {
      series: runs.map(({ series }) => series),
      text: [
        `The start itself takes, in CPU time: ${starts.join('; ')}.`,
        `With redaction, one core processes: ${speeds.join('; ')}.`,
        ...(await lokiQueries(commands.loki, folder)),
      ],
    };
  } finally {
    sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
