import { type Matcher, parseMatcher } from '../../components/alerting/matchers';
import type { ParsedAlerting } from '../../components/alerting/settings-schema';
import {
  type NewSilence,
  type RawMatcher,
  type StoredSilence,
  written,
} from '../running/alertmanager';

export type SilenceSettings = ParsedAlerting['alertmanager']['silences'][number];

export interface Plan {
  readonly create: readonly { readonly name: string; readonly silence: NewSilence }[];
  /** Ids, with the names in the settings at the time. */
  readonly expire: readonly { readonly name: string; readonly id: string }[];
  readonly keep: readonly string[];
  /** Silences of the settings that have ended. */
  readonly past: readonly string[];
}

/** Ends the comment of a silence from the settings, and identifies it. */
const mark = (name: string): string => `(alertmanager.silences: ${name})`;

/**
 * Compares the silences of the settings with those in Alertmanager. Silences that people created
 * are ignored. A changed silence is replaced: create the new one, then expire the old one.
 *
 * @param now unix time in seconds
 */
export function planSilences(
  wanted: readonly SilenceSettings[],
  stored: readonly StoredSilence[],
  now: number,
): Plan {
  const own = stored.flatMap((silence) => {
    const [, name] = /\(alertmanager\.silences: ([^)]+)\)$/.exec(silence.comment) ?? [];
    return name === undefined || silence.state === 'expired' ? [] : [{ name, silence }];
  });
  const plan = { create: [], expire: [], keep: [], past: [] } as {
    -readonly [K in keyof Plan]: Plan[K][number][];
  };
  const kept = new Set<StoredSilence>();
  for (const one of wanted) {
    if (unix(one.to) <= now) {
      plan.past.push(one.name);
      continue;
    }
    const same = own.find(({ name, silence }) => name === one.name && isSame(one, silence));
    if (same === undefined) plan.create.push({ name: one.name, silence: silenceOf(one) });
    else {
      plan.keep.push(one.name);
      kept.add(same.silence);
    }
  }
  for (const { name, silence } of own) {
    if (!kept.has(silence)) plan.expire.push({ name, id: silence.id });
  }
  return plan;
}

function silenceOf({ name, matchers, from, to, comment, author }: SilenceSettings): NewSilence {
  return {
    matchers: matchers.flatMap((text) => rawOf(parseMatcher(text))),
    startsAt: new Date(from).toISOString(),
    endsAt: new Date(to).toISOString(),
    createdBy: author,
    comment: `${comment} ${mark(name)}`,
  };
}

const rawOf = (matcher: Matcher | undefined): RawMatcher[] =>
  matcher === undefined
    ? []
    : [
        {
          ...{ name: matcher.name, value: matcher.value },
          isRegex: matcher.operator.endsWith('~'),
          isEqual: matcher.operator.startsWith('='),
        },
      ];

function isSame(wanted: SilenceSettings, stored: StoredSilence): boolean {
  const { matchers, createdBy, comment, startsAt, endsAt } = silenceOf(wanted);
  const texts = matchers.map(written).sort();
  return (
    stored.createdBy === createdBy &&
    stored.comment === comment &&
    Math.abs(stored.end - unix(endsAt)) < 1 &&
    // Alertmanager starts a silence now if it should have started earlier.
    (stored.state === 'active'
      ? stored.start >= unix(startsAt) - 1
      : Math.abs(stored.start - unix(startsAt)) < 1) &&
    texts.join('\n') === [...stored.matchers].sort().join('\n')
  );
}

const unix = (text: string): number => new Date(text).getTime() / 1000;
