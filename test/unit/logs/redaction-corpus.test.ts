import { describe, expect, it } from '@jest/globals';
import type { RedactionRule } from '../../../components/logs/redaction';
import { innocentLines } from '../../cases/redaction-innocent';
import { plantedLines } from '../../cases/redaction-planted';
import { levelOfText } from '../../lib/lines';
import { asCollector, asPromtail, redact, withNeighbours } from '../../lib/redact';
import { sharedCases } from '../../lib/shared-cases';

const personal = sharedCases('personal-data.jsonl');

/** Steps at which the two agents have different results. */
const differences: string[] = [];

/** Applies a rule as both agents do. If each step has the same result, the whole has. */
function asBoth(rule: RedactionRule, line: string): string {
  const text = asPromtail(rule, line);
  // A rule that does not match changes nothing in either agent, as most do.
  if (text !== line && asCollector(rule, line) !== text) differences.push(`${rule.name}: ${line}`);
  return text;
}
const stored = plantedLines.map((planted) => ({
  ...planted,
  stored: redact(planted.line, asBoth),
}));
const leaked = stored.filter((line) => line.hidden.some((text) => line.stored.includes(text)));

describe('redaction', () => {
  it('stores no everyday secret', () => {
    const ordinary = leaked.filter(({ hard }) => !hard);
    expect(ordinary.map(({ kind, stored }) => [kind, stored])).toEqual([]);
  });

  it('stores at most one in twenty values that a rule must guess', () => {
    const hard = leaked.filter((line) => line.hard);
    expect(hard.length / plantedLines.filter((line) => line.hard).length).toBeLessThanOrEqual(0.05);
  });

  it('keeps the text around it', () => {
    const lost = stored.filter(({ kept, stored: text }) =>
      kept.some((part) => !text.includes(part)),
    );
    expect(lost.map(({ kind, stored }) => [kind, stored])).toEqual([]);
  });

  it('keeps JSON valid', () => {
    const broken = stored.filter(({ line, stored: text }) => isJson(line) && !isJson(text));
    expect(broken.map(({ kind, stored }) => [kind, stored])).toEqual([]);
  });

  it('does not change an innocent line', () => {
    const damaged = innocentLines.filter((line) => redact(line, asBoth) !== line);
    expect(damaged.map((line) => redact(line, asBoth))).toEqual([]);
  });

  (personal === undefined ? it.skip : it)('does what the shared cases say', () => {
    const wrong = (personal ?? []).filter(
      ({ line, must_not_contain: hidden, must_contain: kept }) => {
        const text = redact(line, asBoth);
        return (
          hidden.some((part) => text.includes(part)) || kept.some((part) => !text.includes(part))
        );
      },
    );
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  // The last test, because it judges the lines of all the others.
  it('is the same by Promtail and by the collector, step by step', () => {
    expect(differences).toEqual([]);
  });
});

// test/e2e/redaction.test.ts searches everything that was stored for the planted values.
describe('the corpus', () => {
  it('has no planted value that is allowed in another line', () => {
    const texts = stored.map(({ stored: text }) => text);
    const allowed = [...innocentLines, ...texts].join('\n');
    // Most values begin like no other text. A search in all lines takes a millisecond.
    const beginnings = new Set(
      Array.from({ length: allowed.length }, (_, at) => allowed.slice(at, at + 5)),
    );
    const twice = plantedLines.flatMap(({ line, hidden }) =>
      hidden
        .map((text) => withNeighbours(line, text))
        .filter((text) => beginnings.has(text.slice(0, 5)) && allowed.includes(text)),
    );
    expect(twice).toEqual([]);
  });

  it('has no innocent line that is dropped because of its level', () => {
    const isDebug = (line: string): boolean =>
      isJson(line) ? /"level":"(?:debug|trace)"/i.test(line) : levelOfText(line) === 'debug';
    expect(innocentLines.filter(isDebug)).toEqual([]);
  });
});

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
