import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Cases of another team, in a folder next to the repository (`../shared/cases`, or as set in
 * `SHARED_CASES`): lines with the expected result, one JSON object each.
 */
const folder = process.env['SHARED_CASES'] ?? join(__dirname, '../../../shared/cases');

/** A case of `logs.jsonl`: lines of a container, and the expected entries. */
export interface LogCase {
  readonly container: string;
  /** With placeholders for times, see `filled`. */
  readonly lines: readonly string[];
  /** Whether the engine splits the lines. */
  readonly cut: boolean;
  readonly want: readonly LogWant[];
  readonly why: string;
}

export interface LogWant {
  readonly level?: string;
  readonly job?: string;
  /** The entry's time is within a second of now. */
  readonly time?: string;
  readonly arrives?: boolean;
  readonly parse_error?: boolean;
  /** Text that no entry of the container may contain. */
  readonly absent?: readonly string[];
  /** Text that the entry must contain. */
  readonly kept?: readonly string[];
  /** Number of entries of the container. */
  readonly entries?: number;
  readonly entries_total?: number;
}

/** A line of `personal-data.jsonl`. */
export interface PersonalCase {
  readonly id: string;
  readonly source: string;
  readonly line: string;
  readonly must_not_contain: readonly string[];
  readonly must_contain: readonly string[];
}

interface Files {
  readonly 'logs.jsonl': LogCase;
  readonly 'personal-data.jsonl': PersonalCase;
}

/** @returns undefined if the folder does not exist; the tests then report that */
export function sharedCases<F extends keyof Files>(file: F): readonly Files[F][] | undefined {
  const path = join(folder, file);
  if (!existsSync(path)) {
    process.stdout.write(`${path} is not there: its cases are left out\n`);
    return undefined;
  }
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Files[F]);
}

/** Replaces the placeholders for times, and `{x*N}` by N letters. */
export function filled(line: string, now: Date): string {
  const iso = now.toISOString();
  const text = (at: Date): string => at.toISOString().replace('T', ' ').replace('Z', '');
  const times: Readonly<Record<string, string>> = {
    iso,
    pg: `${text(now)} UTC`,
    pgcet: `${text(new Date(now.getTime() + 3_600_000))} CET`,
    utc: `${text(now).slice(0, 19)} UTC`,
    s: String(Math.floor(now.getTime() / 1000)),
    ms_float: String(now.getTime() + 0.5),
  };
  return line
    .replace(/\{x\*([0-9]+)\}/g, (_, count: string) => 'x'.repeat(Number(count)))
    .replace(/\{([a-z_]+)\}/g, (found, name: string) => times[name] ?? found);
}

/**
 * A line of the corpus with the given time, because neither Loki nor an agent accepts much older
 * ones.
 */
export function atTime(line: string, at: Date): string {
  const iso = at.toISOString();
  return line
    .replaceAll('2026-11-26T03:00:00.000Z', iso)
    .replaceAll('2026-11-26 03:00:00.000 UTC', iso.replace('T', ' ').replace('Z', ' UTC'))
    .replaceAll('1795662000.123456', String(at.getTime() / 1000));
}
