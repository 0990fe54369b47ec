import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { type Fix, keyOf, type Path, removeFix, setFix } from './commands';
import { docOf, schemaAt, unwrap } from './schema-walk';
import { pathOf, valueAt } from './sound-part';

/** One thing that is wrong with the config. */
export interface Problem {
  /** Path of the key, e.g. `prometheus.scrapeInterval`. */
  readonly key: string;
  /** What is wrong, following the key. Never what may be a secret. */
  readonly what: string;
  /** Commands after which this problem is gone. */
  readonly fix: Fix;
}

/** Says what zod found in terms of keys, each with a command that removes the problem. */
export function problemsOf(
  error: z.ZodError,
  input: unknown,
  secretKeys: ReadonlySet<string>,
): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = pathOf(issue);
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key));
    const value = valueAt(input, path);
    return [
      {
        key: keyOf(path),
        what: isSecret(path, secretKeys)
          ? `${sentence(issue, undefined, value === undefined)} (not shown: it is a secret)`
          : sentence(issue, mayBeShown(path, value), value === undefined),
        fix: issue.code === 'invalid_key' ? removeFix(path) : fixOf(path, value),
      },
    ];
  });
}

/** May the value at this place not be shown? Pulumi encrypts parts of a group, and tells of the group. */
export function isSecret(path: Path, secretKeys: ReadonlySet<string>): boolean {
  return secretKeys.has(String(path[0])) || docOf(schemaAt(path)).secret === true;
}

function unknownKey(path: Path, key: string): Problem {
  const object = unwrap(schemaAt(path));
  const known = object instanceof z.ZodObject ? Object.keys(object.shape) : [];
  const nearest = keyOf([...path, closest(key, known)]);
  return {
    key: keyOf([...path, key]),
    what: `unknown key; did you mean "${nearest}"? (known here: ${known.join(', ')})`,
    fix: removeFix([...path, key]),
  };
}

/** @param value what may be shown of it; undefined when nothing may */
function sentence(issue: z.core.$ZodIssue, value: unknown, missing: boolean): string {
  const said = value === undefined ? '' : shown(value);
  switch (issue.code) {
    case 'invalid_value':
      return `${said}is not one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_key':
      return issue.issues.map(({ message }) => message).join('; ');
    case 'invalid_type':
      if (missing) return 'is missing';
      return `${said}${own(issue.message) ?? `is not ${article(issue.expected)}`}`;
    case 'too_small':
      return `${said}${own(issue.message) ?? `is less than ${issue.minimum}`}`;
    case 'too_big':
      return `${said}${own(issue.message) ?? `is more than ${issue.maximum}`}`;
    default:
      return `${said}${issue.message}`;
  }
}

/** A message of the schema's, not of zod. */
function own(message: string): string | undefined {
  return /^(is|has|carries) /.test(message) ? message : undefined;
}

/** Keys by whose names a person means a secret. */
const secretive = /pass|pwd|secret|token|key|auth|credential|webhook|private/i;

/**
 * A secret is often typed at the wrong place. So a text is shown only where it is none at first sight: a number with a
 * unit, a short word, or nearly one of the words that the setting takes.
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
    words.some((word) => distance(word, value) <= 2);
  return innocent ? value : undefined;
}

/** The value before a sentence about it. */
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

/** Sets a single value to one that works; what is to be a group or a list first has to go. */
function fixOf(path: Path, value: unknown): Fix {
  const schema = schemaAt(path);
  const { example } = docOf(schema);
  const inner = unwrap(schema);
  const group = inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
  const fits = inner instanceof z.ZodArray ? Array.isArray(value) : !group;
  // Nothing can be put into what is not a group; the CLI refuses it.
  const first = (fits && example !== undefined) || value === undefined ? [] : removeFix(path);
  const then = example === undefined ? [] : setFix(path, example);
  return [...first, ...then];
}
