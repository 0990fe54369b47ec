import { describe, expect, it } from '@jest/globals';
import { conditionOf, folded, isTexts, redactionThemes } from '../../../components/logs/redaction';
import { guarded } from '../../../components/logs/redaction/guards';
import { needed } from '../../../components/logs/redaction/rule';
import { innocentLines } from '../../cases/redaction-innocent';

const conditions = redactionThemes
  .flatMap(({ when, groups }) => [
    when,
    ...groups.flatMap((group) => [conditionOf(group), ...group.rules.map((rule) => rule.when)]),
  ])
  .filter(isTexts)
  .map(needed);

describe('redaction: guards of conditions', () => {
  it('leave out no text, and each text contains its guard', () => {
    for (const texts of conditions) {
      const lists = guarded(texts);
      expect(lists.flatMap((list) => list.texts).sort()).toEqual([...texts].sort());
      for (const { guard = '', texts: some } of lists) {
        expect(some.filter((text) => !text.includes(guard))).toEqual([]);
      }
    }
  });

  it('save a third of the searches for innocent lines', () => {
    const lists = conditions.flatMap(guarded);
    const all = lists.flatMap(({ texts }) => texts).length;
    const searches = innocentLines.map((line) => {
      const fold = folded(line);
      return lists
        .map(({ guard, texts }) =>
          guard === undefined ? texts.length : 1 + (fold.includes(guard) ? texts.length : 0),
        )
        .reduce((sum, one) => sum + one, 0);
    });
    const mean = searches.reduce((sum, one) => sum + one, 0) / searches.length;
    expect(mean / all).toBeLessThan(0.67);
  });
});
