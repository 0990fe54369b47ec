import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capture } from '../../../scripts/process';

/** What is known of a block without reading its samples. Times in milliseconds. */
export interface BlockMeta {
  readonly ulid: string;
  readonly minTime: number;
  readonly maxTime: number;
  readonly thanos?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly downsample: { readonly resolution: number };
  };
}

/** A series of a text in OpenMetrics: its name with labels, and its value at a time in seconds. */
export interface PlantedSeries {
  readonly family: string;
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly valueAt: (time: number) => number;
}

export interface BlockSource {
  readonly series: readonly PlantedSeries[];
  /** Seconds between two samples, and from a round time to the first. */
  readonly interval: number;
  readonly offset: number;
  /** External labels of its Prometheus, as in a bucket. @default none: as on its own disk */
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether the Prometheus was down. */
  readonly missing: (time: number) => boolean;
}

/**
 * Makes blocks of a source with promtool, from one time to another (both in seconds), and puts them
 * into a directory as Prometheus or its sidecar does.
 *
 * @param longest longest block; promtool takes the next power of three of two hours below it
 */
export async function makeBlocks(
  promtool: string,
  into: string,
  source: BlockSource,
  [from, to]: readonly [number, number],
  longest: string,
): Promise<string[]> {
  const scratch = join(into, `.making-${from}-${source.offset}`);
  mkdirSync(scratch, { recursive: true });
  try {
    const text = openMetrics(source, from, to);
    if (text === undefined) return [];
    const file = join(scratch, 'input.om');
    await writeFile(file, text);
    const out = join(scratch, 'out');
    const args = ['tsdb', 'create-blocks-from', 'openmetrics', `--max-block-duration=${longest}`];
    const { code, stderr } = await capture(promtool, [...args, '--quiet', file, out]);
    if (code !== 0) throw new Error(`promtool: ${stderr}`);
    const made = readdirSync(out);
    for (const ulid of made) {
      if (source.labels !== undefined) label(join(out, ulid), source.labels);
      await rename(join(out, ulid), join(into, ulid));
    }
    return made;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Text of the samples; undefined if there are none. */
function openMetrics(source: BlockSource, from: number, to: number): string | undefined {
  const { series, interval, offset, missing } = source;
  const times: number[] = [];
  for (let time = from + offset; time < to; time += interval) if (!missing(time)) times.push(time);
  if (times.length === 0) return undefined;
  const families = [...new Set(series.map(({ family }) => family))];
  const lines = families.flatMap((family) => {
    const members = series.filter((one) => one.family === family);
    return [
      `# TYPE ${family} ${members[0]?.type}`,
      ...members.flatMap(({ name, valueAt }) =>
        times.map((time) => `${name} ${valueAt(time)} ${time}`),
      ),
    ];
  });
  return [...lines, '# EOF', ''].join('\n');
}

/** What the sidecar adds to the description of a block when it uploads it. */
function label(block: string, labels: Readonly<Record<string, string>>): void {
  const path = join(block, 'meta.json');
  const meta = JSON.parse(readFileSync(path, 'utf8')) as BlockMeta;
  const thanos = { labels, downsample: { resolution: 0 }, source: 'sidecar' };
  writeFileSync(path, JSON.stringify({ ...meta, thanos }));
}

/** Every complete block of a directory. */
export function blocksIn(folder: string): BlockMeta[] {
  return readdirSync(folder)
    .map((name) => join(folder, name, 'meta.json'))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as BlockMeta);
}
