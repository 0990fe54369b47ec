import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { type Fix, keyOf, type Path, removeFix, setFix } from './commands';
import { meantKey } from './meant-key';
import { meantBy, nearest, secretive, wordsAt } from './meant-value';
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
    const meant = secret ? undefined : meantBy(issue, path, value);
    const what = isEmpty(issue, value)
      ? 'has no value'
      : secret
        ? `${sentence(issue, undefined, value)} (not shown: it is a secret)`
        : sentence(issue, mayBeShown(path, value), value);
    return [
      {
        key: keyOf(path),
        what: `${what}${meant === undefined && limitsData(path, value) ? useYourOwn : ''}`,
        ...(issue.code === 'invalid_key' ? { fix: removeFix(path) } : fixesOf(path, value, meant)),
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

/** Whether the stack may delete data if an example replaces this value. */
const limitsData = (path: Path, value: unknown): boolean =>
  (typeof value === 'string' || typeof value === 'number') &&
  value !== '' &&
  path.some((part) => /^(retention|retentionSize|storage|budgets)$/.test(String(part)));

const useYourOwn = '; with the value in the example, data may be deleted: use your own';

/** A key without a value is null in YAML, which the engine passes on as an empty string. */
const isEmpty = (issue: z.core.$ZodIssue, value: unknown): boolean =>
  issue.code !== 'invalid_key' && (value === null || value === '');

function unknownKey(path: Path, key: string): Problem {
  const known = knownKeys(unwrap(schemaAt(path)));
  return {
    key: keyOf([...path, key]),
    what: `unknown key${meantKey(path, key, known)} (known here: ${known.join(', ')})`,
    fix: removeFix([...path, key]),
  };
}

function knownKeys(group: z.ZodType | undefined): readonly string[] {
  if (group instanceof z.ZodObject) return Object.keys(group.shape);
  const names = group instanceof z.ZodRecord ? group.keyType : undefined;
  return names instanceof z.ZodEnum ? names.options.map(String) : [];
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
  const words = wordsAt(path);
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
  const example = exampleFor(path, docOf(schema).example);
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

/** The example. An e-mail address in a list gets a number, because addresses must not repeat. */
function exampleFor(path: Path, example: string | undefined): string | undefined {
  const index = path.at(-1);
  const isAddress = /^\w+@[\w.]+$/.test(example ?? '');
  return isAddress && typeof index === 'number' ? example?.replace('@', `-${index + 1}@`) : example;
}
