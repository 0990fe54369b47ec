import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { type Fix, keyOf, type Path, removeFix, setFix } from './commands';
import { meantKey } from './meant-key';
import { docOf, schemaAt, unwrap } from './schema-walk';
import { pathOf, valueAt } from './sound-part';

/** A problem in the config. */
export interface Problem {
  /** Path of the key, e.g. `prometheus.scrapeInterval`. */
  readonly key: string;
  /** The problem, phrased to follow the key. Never contains a value that may be a secret. */
  readonly what: string;
  /** Commands that solve the problem. */
  readonly fix: Fix;
  /** Other words that solve it, if the value resembles none of them. @default none */
  readonly choices?: readonly Fix[];
}

/** Converts the issues that zod found to problems, each with a command that solves it. */
export function problemsOf(
  error: z.ZodError,
  input: unknown,
  secretKeys: ReadonlySet<string>,
): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = pathOf(issue);
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
    const value = valueAt(input, path);
    const secret = isSecret(path, secretKeys);
    return [
      {
        key: keyOf(path),
        what: isEmpty(issue, value)
          ? 'has no value'
          : secret
            ? `${sentence(issue, undefined, value)} (not shown: it is a secret)`
            : sentence(issue, mayBeShown(path, value), value),
        ...(issue.code === 'invalid_key'
          ? { fix: removeFix(path) }
          : fixesOf(path, value, secret ? undefined : meantBy(issue, path, value))),
      },
    ];
  });
}

/**
 * Whether the value must not be shown. Pulumi can encrypt a part of a group, but only reports the
 * group.
 */
export function isSecret(path: Path, secretKeys: ReadonlySet<string>): boolean {
  return secretKeys.has(String(path[0])) || docOf(schemaAt(path)).secret === true;
}

/** A key without a value is null in YAML, which the engine passes on as an empty string. */
const isEmpty = (issue: z.core.$ZodIssue, value: unknown): boolean =>
  issue.code !== 'invalid_key' && (value === null || value === '');

function unknownKey(path: Path, key: string): Problem {
  const object = unwrap(schemaAt(path));
  const known = object instanceof z.ZodObject ? Object.keys(object.shape) : [];
  return {
    key: keyOf([...path, key]),
    what: `unknown key${meantKey(path, key, known)} (known here: ${known.join(', ')})`,
    fix: removeFix([...path, key]),
  };
}

/** @param toShow the value; undefined if it must not be shown */
function sentence(issue: z.core.$ZodIssue, toShow: unknown, value: unknown): string {
  const said = toShow === undefined ? '' : shown(toShow);
  switch (issue.code) {
    case 'invalid_value':
      return `${said}is not one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_key':
      return issue.issues.map(({ message }) => message).join('; ');
    case 'invalid_type':
      if (value === undefined) return 'is missing';
      return `${said}${typed(own(issue.message) ?? `is not ${article(issue.expected)}`, value)}`;
    case 'too_small':
      return `${said}${own(issue.message) ?? `is less than ${issue.minimum}`}`;
    case 'too_big':
      return `${said}${own(issue.message) ?? `is more than ${issue.maximum}`}`;
    default:
      return `${said}${issue.message}`;
  }
}

/** Says that it is a list: `is not a channel` is no help where a list of channels was set. */
const typed = (text: string, value: unknown): string =>
  Array.isArray(value) && text.startsWith('is not ') ? `is a list, ${text.slice(3)}` : text;

/** Returns the message only if it comes from the schema and not from zod. */
function own(message: string): string | undefined {
  return /^(is|has|contains) /.test(message) ? message : undefined;
}

/** Key names that suggest a secret. */
const secretive = /pass|pwd|secret|token|key|auth|credential|webhook|private/i;

/**
 * People often type a secret into the wrong key. So text is shown only if it is clearly not one:
 * a number with a unit, a short word, or similar to a word that the setting accepts.
 */
function mayBeShown(path: Path, value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Math.abs(value) < 1e8 ? value : undefined;
  if (typeof value !== 'string' || path.some((part) => secretive.test(String(part)))) {
    return undefined;
  }
  const schema = unwrap(schemaAt(path));
  const words = schema instanceof z.ZodEnum ? schema.options.map(String) : [];
  const innocent =
    /^-?\d{0,8}(\.\d{1,4})? ?([a-zA-Z]{0,4}|%|days|hours|minutes|seconds)$/.test(value) ||
    /^[a-z]{1,8}$/.test(value) ||
    words.some((word) => distance(word, value) <= 2) ||
    nearest(value, words) !== undefined;
  return innocent ? value : undefined;
}

/** The value, placed before the problem. */
export const shown = (value: unknown): string => `${JSON.stringify(value)} `;

function article(type: string): string {
  const names: Record<string, string> = {
    string: 'a text',
    boolean: 'true or false',
    object: 'a group of keys',
    record: 'a group of keys',
    array: 'a list',
  };
  return names[type] ?? `a ${type}`;
}

/** The value that was most likely meant; undefined if it is unknown. */
function meantBy(issue: z.core.$ZodIssue, path: Path, value: unknown): string | undefined {
  if (issue.code === 'custom') {
    const meant: unknown = issue.params?.['meant'];
    return typeof meant === 'string' ? meant : undefined;
  }
  return typeof value === 'string' ? nearest(value, wordsAt(path)) : undefined;
}

const wordsAt = (path: Path): readonly string[] => {
  const schema = unwrap(schemaAt(path));
  return schema instanceof z.ZodEnum ? schema.options.map(String) : [];
};

/** The word that a text resembles: other capitals, a typo, or an abbreviation such as k8s. */
function nearest(text: string, words: readonly string[]): string | undefined {
  const lower = text.toLowerCase();
  const typos = (word: string): number => distance(lower, word.toLowerCase());
  const [best] = [...words].sort((a, b) => typos(a) - typos(b));
  if (best !== undefined && typos(best) <= Math.min(2, Math.floor(best.length / 3))) return best;
  return words.find((word) => lower === `${word[0]}${word.length - 2}${word.at(-1)}`);
}

/**
 * Sets a single value to the one that was meant, or to the example. If the key needs a group or a
 * list, it is removed first.
 */
function fixesOf(
  path: Path,
  value: unknown,
  meant: string | undefined,
): Pick<Problem, 'fix' | 'choices'> {
  if (meant !== undefined) return { fix: [{ kind: 'set', path, value: meant }] };
  const schema = schemaAt(path);
  const { example } = docOf(schema);
  const inner = unwrap(schema);
  const group = inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
  const fits = inner instanceof z.ZodArray ? Array.isArray(value) : !group;
  // The CLI refuses to set a key below a value that is not a group.
  const first = (fits && example !== undefined) || value === undefined ? [] : removeFix(path);
  const then = example === undefined ? [] : setFix(path, example);
  const others = wordsAt(path).filter((word) => word !== example);
  return {
    fix: [...first, ...then],
    ...(others.length === 0 ? {} : { choices: others.map((word) => setFix(path, word)) }),
  };
}
