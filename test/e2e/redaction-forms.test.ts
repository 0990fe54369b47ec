import { describe, expect, it } from '@jest/globals';
import { forms, innocentTexts, writtenTexts } from '../cases/written-lines';
import { asCollector, asPromtail, redact } from '../lib/redact';

// The corpus writes each line in one form, chosen by its position. Here each line takes each form,
// through both simulated agents. It needs no Docker. It is not a unit test because it takes a
// quarter of a minute.

const agents = [
  ['Promtail', asPromtail],
  ['the collector', asCollector],
] as const;

/** JSON stays as it is. */
const takes = (line: string, form: string): boolean => form === 'text' || !line.startsWith('{"');

describe.each(forms)('as $name', ({ name, line: write, part }) => {
  describe.each(agents)('%s', (_, one) => {
    const stored = writtenTexts
      .filter(({ line }) => takes(line, name))
      .map(({ line, ...planted }) => ({ ...planted, text: redact(write(line), one) }));

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
      const lines = innocentTexts.filter((line) => takes(line, name)).map(write);
      const damaged = lines.map((line) => [line, redact(line, one)]).filter(([a, b]) => a !== b);
      expect(damaged.map(([, text]) => text)).toEqual([]);
    });
  });
});
