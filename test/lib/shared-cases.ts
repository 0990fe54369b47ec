import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Cases that another team keeps in a folder beside the repository (`../shared/cases`, or where `SHARED_CASES` says): lines with
 * the right result, one JSON object each.
 */
const folder = process.env['SHARED_CASES'] ?? join(__dirname, '../../../shared/cases');

/** Lines of `logs.jsonl`: what a container writes, and what has to be stored of it. */
export interface LogCase {
  readonly container: string;
  /** With placeholders for times, see `filled`. */
  readonly lines: readonly string[];
  /** Does the engine cut its lines into pieces? */
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
  /** Parts that no entry of the container may have. */
  readonly absent?: readonly string[];
  /** Parts of the entry. */
  readonly kept?: readonly string[];
  /** Entries of the container. */
  readonly entries?: number;
  readonly entries_total?: number;
}

/** Lines of `personal-data.jsonl`. */
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

/** @returns undefined where the folder is not there; what runs without it says so */
export function sharedCases<F extends keyof Files>(file: F): readonly Files[F][] | undefined {
  const path = join(folder, file);
  if (!existsSync(path)) {
    process.stdout.write(`${path} is not there: its cases are left out\n`);
    return undefined;
  }
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Files[F]);
}

/** Times in place of the placeholders, and `{x*N}` as N letters. */
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

/** A line with the times of the corpus, at another time: neither Loki nor an agent takes much older ones. */
export function atTime(line: string, at: Date): string {
  const iso = at.toISOString();
  return line
    .replaceAll('2026-11-26T03:00:00.000Z', iso)
    .replaceAll('2026-11-26 03:00:00.000 UTC', iso.replace('T', ' ').replace('Z', ' UTC'))
    .replaceAll('1795662000.123456', String(at.getTime() / 1000));
}
