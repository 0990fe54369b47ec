import { closest, distance } from 'fastest-levenshtein';
import { keyOf, type Path } from './commands';
import { secretKeysOf } from './kinds';
import { settingsSchema } from './schema';
import { schemaAt, unwrap } from './schema-walk';
import { z } from 'zod';

/**
 * A "did you mean" for an unknown key, as the end of a sentence; empty if no key is similar. Pure.
 *
 * @param path of the group in which the unknown key is
 * @param known keys of that group
 */
export function meantKey(path: Path, key: string, known: readonly string[]): string {
  if (path.length === 0 && key.includes('.') && schemaAt(key.split('.')) !== undefined) {
    return `; did you mean the path "${key}"? Set it with --path`;
  }
  const here = similar(key, known);
  if (here !== undefined) return `; did you mean "${keyOf([...path, here])}"?`;
  const secret = secretOf(path, key);
  if (secret !== undefined) return `; did you mean the secret "${secret}"?`;
  const elsewhere = sameName(key);
  return elsewhere.length === 0 ? '' : `; did you mean ${quoted(elsewhere)}?`;
}

const plain = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '');

/** A known key that differs by a typo, or that the key begins with. */
function similar(key: string, known: readonly string[]): string | undefined {
  const text = plain(key);
  const names = new Map(known.map((name) => [plain(name), name]));
  if (text === '' || names.size === 0) return undefined;
  const nearest = closest(text, [...names.keys()]);
  const typos = text.length <= 3 ? 1 : Math.max(2, Math.floor(text.length / 3));
  if (distance(text, nearest) <= typos) return names.get(nearest);
  const begins = [...names.keys()].find((name) => name.length >= 4 && text.startsWith(name));
  return begins === undefined ? undefined : names.get(begins);
}

/** Secrets are top-level keys: that of `slack.webhookUrl` is `slackWebhookUrl`. */
function secretOf(path: Path, key: string): string | undefined {
  const [group = '', ...below] = path.filter((part) => typeof part === 'string');
  if (group === '' || key === '') return undefined;
  const fitting = secretKeysOf(settingsSchema)
    .filter((secret) => secret.startsWith(group) && secret.endsWith(capitalised(key)))
    .sort((a, b) => a.length - b.length);
  const start = [group, ...below.map(capitalised)].join('');
  return fitting.find((secret) => secret.startsWith(start)) ?? fitting[0];
}

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** At most three keys of top-level groups that have the same name. */
function sameName(key: string): string[] {
  return Object.entries(settingsSchema.shape)
    .filter(([, schema]) => {
      const group = unwrap(schema);
      return group instanceof z.ZodObject && Object.hasOwn(group.shape, key);
    })
    .map(([group]) => keyOf([group, key]))
    .slice(0, 3);
}

function quoted(keys: readonly string[]): string {
  const [last, ...others] = keys.map((key) => `"${key}"`).reverse();
  return others.length === 0 ? `${last}` : `${others.reverse().join(', ')} or ${last}`;
}
