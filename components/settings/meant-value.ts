import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Path } from './commands';
import { acceptsText, schemaAt, unwrap } from './schema-walk';

/** Key names that suggest a secret. */
export const secretive = /pass|pwd|secret|token|key|auth|credential|webhook|private/i;

/** The value that was most likely meant; undefined if it is unknown. */
export function meantBy(issue: z.core.$ZodIssue, path: Path, value: unknown): string | undefined {
  const meant: unknown = issue.code === 'custom' ? issue.params?.['meant'] : undefined;
  if (typeof meant === 'string') return meant;
  return typeof value === 'string'
    ? (nearest(value, wordsAt(path)) ?? otherSpelling(path, value))
    : undefined;
}

/** The words that a key accepts; empty if it is not a choice of words. */
export function wordsAt(path: Path): readonly string[] {
  const schema = unwrap(schemaAt(path));
  return schema instanceof z.ZodEnum ? schema.options.map(String) : [];
}

/** The word that a text resembles: other capitals, a typo, or an abbreviation such as k8s. */
export function nearest(text: string, words: readonly string[]): string | undefined {
  const lower = text.toLowerCase();
  const typos = (word: string): number => distance(lower, word.toLowerCase());
  const [best] = [...words].sort((a, b) => typos(a) - typos(b));
  if (best !== undefined && typos(best) <= Math.min(2, Math.floor(best.length / 3))) return best;
  return words.find((word) => lower === `${word[0]}${word.length - 2}${word.at(-1)}`);
}

/** The same value as the setting accepts it; undefined if it does not, or may be a secret. */
function otherSpelling(path: Path, value: string): string | undefined {
  const text = value.trim();
  const mayBeSecret =
    path.some((part) => secretive.test(String(part))) || !harmless.some((form) => form.test(text));
  if (mayBeSecret) return undefined;
  return spellings(text).find((one) => one !== value && acceptsText(schemaAt(path), one));
}

const hostName = /^([a-z0-9-]{1,63}\.)+[a-z]{2,24}(:\d{1,5})?\/?$/;

/** People often type a secret into the wrong key, and a message must not repeat it. */
const harmless: readonly RegExp[] = [
  /^\d{1,8}(\.\d{1,4})? ?[a-zA-Z]{0,7}$/,
  /^([A-Za-z][a-z]{1,11}|[A-Z]{2,8})$/,
  /^[\w.+-]{1,64}@([a-z0-9-]{1,63}\.)+[a-z]{2,24}$/i,
  hostName,
];

function spellings(text: string): string[] {
  const [, amount = '', unit = ''] = /^([\d.]+) ?([a-z]+)$/i.exec(text) ?? [];
  const time = /^(s|m|h|d|w|y)$/.exec(unit)?.[1] ?? timeUnits.get(unit.toLowerCase());
  const [, size] = /^([kmgt])i?b?$/i.exec(unit) ?? [];
  return [
    text,
    // `3M` may be three months, which `3m` is not.
    ...(unit === 'M' ? [] : [text.toLowerCase()]),
    ...(time === undefined ? [] : [`${amount}${time}`]),
    ...(size === undefined ? [] : [`${amount}${size.toUpperCase()}iB`]),
    ...(hostName.test(text) ? [`https://${text}`] : []),
  ];
}

/** Words for the units of durations. */
const timeUnits: ReadonlyMap<string, string> = new Map(
  Object.entries({
    s: ['sec', 'secs', 'second', 'seconds'],
    m: ['min', 'mins', 'minute', 'minutes'],
    h: ['hr', 'hrs', 'hour', 'hours'],
    d: ['day', 'days'],
    w: ['week', 'weeks'],
    y: ['year', 'years'],
  }).flatMap(([unit, words]) => words.map((word): [string, string] => [word, unit])),
);
