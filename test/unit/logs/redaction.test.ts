import { describe, expect, it } from '@jest/globals';
import { RE2JS } from 're2js';
import { redactionRules } from '../../../components/logs/redaction';
import { asCollector, asPromtail, redact, triggered } from '../../lib/redact';

describe('redaction: the table of rules', () => {
  const cases = redactionRules.flatMap((rule) =>
    rule.changes.map(([line, redacted]) => ({ rule, name: rule.name, line, redacted })),
  );

  it.each(cases)('$name: $line', ({ rule, line, redacted }) => {
    expect(asPromtail(rule, line)).toBe(redacted);
    expect(asCollector(rule, line)).toBe(redacted);
    expect(triggered(rule, line)).toBe(true);
  });

  it.each(redactionRules.flatMap(({ name, leaves }) => leaves.map((line) => ({ name, line }))))(
    '$name leaves: $line',
    ({ name, line }) => {
      const rule = redactionRules.find((one) => one.name === name);
      expect(rule && asPromtail(rule, line)).toBe(line);
      expect(rule && asCollector(rule, line)).toBe(line);
    },
  );

  it('says of every rule what it changes and what it leaves, under a name of its own', () => {
    expect(new Set(redactionRules.map(({ name }) => name)).size).toBe(redactionRules.length);
    for (const { changes, leaves } of redactionRules) {
      expect(changes.length).toBeGreaterThan(0);
      expect(leaves.length).toBeGreaterThan(0);
    }
  });

  it('captures nothing by itself, and writes nothing that an agent would expand', () => {
    for (const { before = '', secret, after = '', replacement } of redactionRules) {
      expect(RE2JS.compile(`${before}${secret}${after}`).groupCount()).toBe(0);
      expect(replacement).not.toMatch(/[${]/);
    }
  });

  it('has no pattern that the slow one of two algorithms would have to search for', () => {
    // Go's engine leaves the quick one at 500 instructions, and with a line of 256,000 / instructions bytes.
    for (const { name, before = '', secret, after = '' } of redactionRules) {
      const size = RE2JS.compile(`${before}(${secret})${after}`).programSize();
      expect([name, size]).toEqual([name, expect.any(Number)]);
      expect({ name, small: size <= 300 }).toEqual({ name, small: true });
    }
  });

  it('changes nothing the second time', () => {
    for (const { line } of cases) expect(redact(redact(line))).toBe(redact(line));
  });
});
