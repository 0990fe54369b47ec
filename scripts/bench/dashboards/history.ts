import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSeries } from '../../../telemetry';
import { capture } from '../../process';
import { hash } from './fleet';
import type { BenchPrometheus, Sample } from './prometheus';

/** Duration in seconds of the largest compacted block with a retention of 15 days. */
const blockSeconds = 18 * 3_600;

/** Duration of a V Studio session. Then another one with a new name starts. */
const sessionSeconds = 3 * 3_600;

/** No panel may read a name with more series than this at a 15 s interval over days. */
const tooWide = 3_000;

export interface HistoryOptions {
  readonly promtool: string;
  readonly prometheus: BenchPrometheus;
  /** Names of series in range queries. */
  readonly names: readonly string[];
  readonly from: number;
  readonly to: number;
  /** Interval of each recorded series in seconds. */
  readonly intervals: ReadonlyMap<string, number>;
  readonly scrapeInterval: number;
}

export interface History {
  readonly series: number;
  readonly samples: number;
  readonly blocks: number;
}

/**
 * Writes a history for Prometheus: all series in range queries, with their current labels, at the
 * interval of their scrape or rule. All other series have one sample per block, so that the index
 * is as large as in production.
 */
export async function writeHistory(options: HistoryOptions): Promise<History> {
  const { prometheus, names, from, to } = options;
  const asked = await prometheus.instant(`{__name__=~"${names.join('|')}"}`);
  const wide = names.filter((name) => count(asked, name) > tooWide);
  if (wide.length > 0)
    throw new Error(`panels query too many series over days: ${wide.join(', ')}`);
  const all = await prometheus.instant('{__name__!=""}');
  const known = new Set(names);
  const others = all.filter(({ metric }) => !known.has(metric['__name__'] ?? ''));
  const starts: number[] = [];
  for (let at = Math.floor(from / blockSeconds) * blockSeconds; at < to; at += blockSeconds) {
    starts.push(at);
  }
  let samples = 0;
  // The text of the next block is written while promtool creates a block.
  const lane = async (): Promise<void> => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      const window = [Math.max(start, from), Math.min(start + blockSeconds, to)] as const;
      const count = await writeBlock(options, asked, others, window);
      samples += count;
    }
  };
  const blocks = starts.length;
  await Promise.all([lane(), lane()]);
  return { series: asked.length, samples, blocks };
}

const count = (samples: readonly Sample[], name: string): number =>
  samples.filter(({ metric }) => metric['__name__'] === name).length;

async function writeBlock(
  options: HistoryOptions,
  asked: readonly Sample[],
  others: readonly Sample[],
  [from, to]: readonly [number, number],
): Promise<number> {
  const { promtool, prometheus, intervals, scrapeInterval } = options;
  const scratch = mkdtempSync(join(prometheus.folder, 'block-'));
  try {
    const path = join(scratch, 'samples.txt');
    const file = await open(path, 'w');
    let samples = others.length;
    for (let i = 0; i < others.length; i += 2_000) {
      const some = others.slice(i, i + 2_000);
      await file.write(
        some.map(({ metric }, k) => `${written(metric)} 1 ${from + (k % 900)}\n`).join(''),
      );
    }
    for (const sample of asked) {
      const interval = intervals.get(sample.metric['__name__'] ?? '') ?? scrapeInterval;
      const lines = linesOf(sample, from, to, interval, options.to);
      samples += lines.length;
      await file.write(lines.join(''));
    }
    await file.write('# EOF\n');
    await file.close();
    const args = [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      '--max-block-duration=18h',
      '--quiet',
    ];
    const { code, stderr } = await capture(promtool, [...args, path, prometheus.data]);
    if (code !== 0) throw new Error(`promtool: ${stderr}`);
    return samples;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function written({ __name__: name = '', ...labels }: Sample['metric']): string {
  const inside = Object.entries(labels).map(
    ([label, value]) => `${label}=${JSON.stringify(value)}`,
  );
  return inside.length === 0 ? name : `${name}{${inside.join(',')}}`;
}

/** Samples of a series in a window, one per line. */
function linesOf(
  { metric, value: [, last] }: Sample,
  from: number,
  to: number,
  interval: number,
  end: number,
): string[] {
  const text = written(metric);
  const seed = hash(text);
  const valueAt = valuesOf(metric, Number(last), seed, end);
  const session = metric['session_id'];
  const comesAndGoes = metric['__name__']?.startsWith('ALERTS') === true;
  const lines: string[] = [];
  for (let t = Math.ceil(from / interval) * interval; t < to; t += interval) {
    // An alert fires for one hour per day.
    if (comesAndGoes && Math.floor(t / 3_600) % 24 !== seed % 24) continue;
    const named =
      session === undefined || session === 'other'
        ? text
        : text.replace(`"${session}"`, `"${session}-${Math.floor(t / sessionSeconds)}"`);
    lines.push(`${named} ${valueAt(t)} ${t}\n`);
  }
  return lines;
}

/**
 * A counter increases to its current value, a state is constant, and other gauges oscillate around
 * it.
 */
function valuesOf(
  metric: Sample['metric'],
  last: number,
  seed: number,
  end: number,
): (time: number) => string {
  const name = metric['__name__'] ?? '';
  const kind = describeSeries(name)?.metric?.type;
  if (kind === 'counter' || kind === 'histogram') {
    return (time) => `${Math.floor(last * (1 - (end - time) / 864_000))}`;
  }
  if (last === 0 || last === 1 || !Number.isFinite(last)) return () => `${last}`;
  const values = Array.from({ length: 256 }, (_, i) =>
    (last * (0.7 + (0.6 * (hash(`${seed} ${i}`) % 1_000)) / 1_000)).toPrecision(7),
  );
  return (time) => values[(Math.imul(time, 2_654_435_761) >>> 8) % 256] ?? '0';
}
