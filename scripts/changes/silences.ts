import type { SilenceSettings } from '../silences/plan';
import { compare } from './change';

/** Fields of a silence, as in the settings. */
const fields = ['matchers', 'from', 'to', 'comment', 'author'] as const;

/**
 * Changes of `alertmanager.silences`. Silences that are over are left out, because `up` does not
 * create them.
 */
export function silenceLines(
  before: readonly SilenceSettings[],
  after: readonly SilenceSettings[],
  now = Date.now(),
): string[] {
  const { added, removed, kept } = compare(byName(before, now), byName(after, now));
  return [
    ...added.map(([, silence]) => `+ silence ${described(silence)}`),
    ...removed.map(([, silence]) => `- silence ${described(silence)}`),
    ...kept.flatMap(([name, was, is]) => {
      const differences = fields.flatMap((field) => {
        const [old, current] = [was, is].map((silence) => [silence[field]].flat().join(', '));
        return old === current ? [] : [`${field} ${old} → ${current}`];
      });
      return differences.length === 0 ? [] : [`~ silence ${name}: ${differences.join('; ')}`];
    }),
  ];
}

/** Silences that `up` creates after the update, unless Alertmanager already has them. */
export function pendingSilences(silences: readonly SilenceSettings[], now = Date.now()): string[] {
  return [...byName(silences, now).values()].map(
    (silence) => `~ up sets silence ${described(silence)}`,
  );
}

const byName = (
  silences: readonly SilenceSettings[],
  now: number,
): ReadonlyMap<string, SilenceSettings> =>
  new Map(
    silences.filter(({ to }) => Date.parse(to) > now).map((silence) => [silence.name, silence]),
  );

const described = ({ name, matchers, from, to }: SilenceSettings): string =>
  `${name}: ${matchers.join(', ')}, from ${from} until ${to}`;
