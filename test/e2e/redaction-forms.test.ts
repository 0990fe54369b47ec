import { describe, expect, it } from '@jest/globals';
import { forms, innocentTexts, writtenTexts } from '../cases/written-lines';
import { asCollector, asPromtail, redact } from '../lib/redact';

// The corpus writes each line in one form, chosen by its position, and JSON in none. Here each line
// takes each form, through both simulated agents. This needs no Docker, but it takes twenty seconds
// of processor time, too long for the unit tests.

const agents = [
  ['Promtail', asPromtail],
  ['the collector', asCollector],
] as const;

describe.each(forms)('as $name', ({ line: write, part }) => {
  describe.each(agents)('%s', (_, one) => {
    const stored = writtenTexts.map(({ line, ...planted }) => ({
      ...planted,
      text: redact(write(line), one),
    }));

    it('stores no secret', () => {
      const leaked = stored.filter(({ hidden, text }) =>
        hidden.some((value) => text.includes(part(value))),
      );
      expect(leaked.map(({ kind, text }) => [kind, text])).toEqual([]);
    });

    it('keeps the text around it', () => {
      const lost = stored.filter(({ kept, text }) =>
        kept.some((value) => !text.includes(part(value))),
      );
      expect(lost.map(({ kind, text }) => [kind, text])).toEqual([]);
    });

    it('does not change an innocent line', () => {
      const damaged = innocentTexts.map(write).filter((line) => redact(line, one) !== line);
      expect(damaged.map((line) => redact(line, one))).toEqual([]);
    });
  });
});
