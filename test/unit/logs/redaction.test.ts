import { describe, expect, it } from '@jest/globals';
import { RE2JS } from 're2js';
import {
  longLine,
  patternOf,
  plainLines,
  redactionGroups,
  redactionRules,
  redactionThemes,
} from '../../../components/logs/redaction';
import { needed } from '../../../components/logs/redaction/rule';
import { mixedLines } from '../../../scripts/bench/log-lines';
import { asCollector, asPromtail, opened, plain, redact, tried } from '../../lib/redact';

describe('redaction: the table of rules', () => {
  const cases = redactionRules.flatMap((rule) =>
    rule.changes.map(([line, redacted]) => ({ rule, name: rule.name, line, redacted })),
  );

  it.each(cases)('$name: $line', ({ rule, line, redacted }) => {
    expect(asPromtail(rule, line)).toBe(redacted);
    expect(asCollector(rule, line)).toBe(redacted);
    expect(tried(rule, line)).toBe(true);
  });

  it.each(
    redactionRules.flatMap((rule) => rule.leaves.map((line) => ({ rule, name: rule.name, line }))),
  )('$name leaves: $line', ({ rule, line }) => {
    if (!tried(rule, line)) return;
    expect(asPromtail(rule, line)).toBe(line);
    expect(asCollector(rule, line)).toBe(line);
  });

  it('has examples for every rule, and unique names', () => {
    expect(new Set(redactionRules.map(({ name }) => name)).size).toBe(redactionRules.length);
    for (const { changes, leaves } of redactionRules) {
      expect(changes.length).toBeGreaterThan(0);
      expect(leaves.length).toBeGreaterThan(0);
    }
  });

  it('checks every line that a group with its own strings would change', () => {
    const missed = redactionGroups
      .filter(({ name, opens }) => opens === undefined && name !== 'long')
      .flatMap(({ rules }) => rules.flatMap(({ changes }) => changes.map(([line]) => line)))
      .filter((line) => !opened(line));
    expect(missed).toEqual([]);
  });

  it('has no capturing groups, and no replacement that an agent would expand', () => {
    for (const { before = '', secret, after = '', replacement } of redactionRules) {
      expect(RE2JS.compile(`${before}${secret}${after}`).groupCount()).toBe(0);
      expect(replacement).not.toMatch(/[${]/);
    }
  });

  it('has only patterns for the fast regexp algorithm of Go', () => {
    // Go's fast regexp engine only supports up to 500 instructions, and lines up to 256,000 /
    // instructions bytes.
    const sizes = redactionRules.map((rule) => ({
      name: rule.name,
      size: RE2JS.compile(patternOf(rule, { around: '(?:', secret: '(' })).programSize(),
    }));
    expect(sizes.filter(({ size }) => size > 470)).toEqual([]);
  });

  it('has at most 256 texts for each theme, so that Promtail does not fall back to a pattern', () => {
    const counts = redactionThemes.map(({ name, when }) => [
      name,
      Array.isArray(when) ? needed(when as readonly string[]).length : 0,
    ]);
    expect(counts.filter(([, count]) => Number(count) > 256)).toEqual([]);
  });

  it('has one-pass patterns for most lines', () => {
    // For these, the limit is 1,000 instructions.
    const conditions = redactionThemes.flatMap(({ when }) => ('not' in when ? [when.not] : []));
    expect(conditions).toHaveLength(1);
    for (const pattern of [...plainLines, longLine.pattern, ...conditions]) {
      expect(RE2JS.compile(pattern).programSize()).toBeLessThan(1_000);
    }
  });

  it("lets plain lines pass unchecked: the contract's, Caddy's requests, slow statements", () => {
    const jobs = new Set(['api-server', 'ws-server', 'caddy', 'postgres']);
    const lines = mixedLines(200, Date.now()).filter(({ job }) => jobs.has(job));
    expect(lines.filter(({ line }) => !plain(line))).toEqual([]);
    expect(plain('{"level":"info","message":"password hunter2"}')).toBe(false);
    const slow = '2026-11-26 03:00:00.000 UTC [8] LOG:  duration: 1003.8 ms  execute <unnamed>:';
    expect(plain(`${slow} SELECT "id"::text FROM "User" WHERE "email" = $1 LIMIT $2`)).toBe(true);
    for (const value of ["'hunter'", '482914', 'x1', '$tag$a$tag$']) {
      expect(plain(`${slow} UPDATE users SET pin = ${value}`)).toBe(false);
    }
  });

  it('opens no theme for nearly all requests that are not plain', () => {
    // Random IDs contain a searched text now and then.
    const lines = mixedLines(400, Date.now()).filter(({ job }) => job === 'caddy');
    expect(lines.filter(({ line }) => opened(line)).length).toBeLessThan(0.05 * lines.length);
  });

  /** Rules for the start or the end of a line. */
  const wholeLines = new Set(['private-key-line', 'sql-literal', 'value-without-end']);
  const examples = cases.filter(
    ({ name, line, redacted }) =>
      !wholeLines.has(name) &&
      !/["\\\n\u{e000}]/u.test(line + redacted) &&
      redacted.includes('[redacted]') &&
      redact(line) !== line,
  );

  it.each<[string, (text: string) => string]>([
    ['an escaped line break', (text) => `{"message":"a\\n${text}\\nend"}`],
    ['one in nested JSON', (text) => `{"raw":"{\\"m\\":\\"a\\\\n${text}\\\\nend\\"}"}`],
    ['a colour', (text) => `{"message":"a \\u001b[31m${text}\\u001b[0m end"}`],
    ['a colour in quoted bytes', (text) => `b'a \\x1b[31m${text}\\x1b[0m end'`],
    ['another field', (text) => `{"err":{"message":"${text}"},"id":7}`],
  ])('applies to text after %s', (_, around) => {
    expect(examples.length).toBeGreaterThan(900);
    const missed = examples.filter(({ line }) => redact(around(line)) === around(line));
    expect(missed.map(({ name, line }) => `${name}: ${line}`)).toEqual([]);
  });

  it('changes nothing in a second pass', () => {
    for (const { line } of cases) {
      const first = redact(line);
      expect(redact(first)).toBe(first);
    }
  });
});
