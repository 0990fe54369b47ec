import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { keyOf, type Path, removeCommand, setCommand } from './commands';
import { type Doc, settingsSchema } from './schema';
import { pathOf, valueAt } from './sound-part';
import { StackError } from '../stack-error';

/** One thing that is wrong with the config, for an operator. */
export interface Problem {
  /** Path of the key, e.g. `prometheus.scrapeInterval`. */
  readonly key: string;
  /** What is wrong, following the key. Never the value of a secret. */
  readonly what: string;
  /** A command that works: after it, this problem is gone. */
  readonly fix: string;
}

/** Every problem of a config in one message; Pulumi shows it without a stack trace. */
export class SettingsError extends StackError {
  constructor(
    stack: string,
    readonly problems: readonly Problem[],
  ) {
    const count = problems.length === 1 ? '1 setting' : `${problems.length} settings`;
    const lines = problems.map(({ key, what, fix }) => `  ${key}: ${what}\n      Example: ${fix}`);
    super(
      `${count} of stack "${stack}" cannot be used. Nothing was changed.\n\n${lines.join('\n')}\n`,
    );
    this.name = 'SettingsError';
  }
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
          ? 'has a value that cannot be used (not shown: it is a secret)'
          : sentence(issue, value),
        fix: issue.code === 'invalid_key' ? removeCommand(path) : fixOf(path, value),
      },
    ];
  });
}

/** May the value at this place not be shown? Pulumi encrypts parts of a group, and tells of the group. */
export function isSecret(path: Path, secretKeys: ReadonlySet<string>): boolean {
  const doc = schemaAt(path)?.meta() as Doc | undefined;
  return secretKeys.has(String(path[0])) || doc?.secret === true;
}

function unknownKey(path: Path, key: string): Problem {
  const object = unwrap(schemaAt(path));
  const known = object instanceof z.ZodObject ? Object.keys(object.shape) : [];
  const nearest = keyOf([...path, closest(key, known)]);
  return {
    key: keyOf([...path, key]),
    what: `unknown key; did you mean "${nearest}"? (known here: ${known.join(', ')})`,
    fix: removeCommand([...path, key]),
  };
}

function sentence(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_value':
      return `${shown(value)}is not one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_key':
      return issue.issues.map(({ message }) => message).join('; ');
    case 'invalid_type':
      if (value === undefined) return 'is missing';
      return `${shown(value)}${own(issue.message) ?? `is not ${article(issue.expected)}`}`;
    case 'too_small':
      return `${shown(value)}${own(issue.message) ?? `is less than ${issue.minimum}`}`;
    case 'too_big':
      return `${shown(value)}${own(issue.message) ?? `is more than ${issue.maximum}`}`;
    default:
      return `${shown(value)}${issue.message}`;
  }
}

/** A message of the schema's, not of zod. */
function own(message: string): string | undefined {
  return /^(is|carries) /.test(message) ? message : undefined;
}

/** The value before a sentence about it: short, and without the password that a URL may carry. */
export function shown(value: unknown): string {
  if (value === undefined) return '';
  const text = JSON.stringify(value).replace(/\/\/[^/?#]*@/g, '//…@');
  return `${text.length > 80 ? `${text.slice(0, 79)}…` : text} `;
}

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

/** Takes defaults and optionals off a schema. */
function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  let inner = schema;
  while (
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodPrefault
  ) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner;
}

function schemaAt(path: Path): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((current, part) => {
    const inner = unwrap(current);
    if (inner instanceof z.ZodObject) {
      const shape = inner.shape as Readonly<Record<string, z.ZodType>>;
      return Object.hasOwn(shape, part) ? shape[part] : undefined;
    }
    if (inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
    if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
    return undefined;
  }, settingsSchema);
}

/** Sets a single value to one that works; what is to be a group or a list first has to go. */
function fixOf(path: Path, value: unknown): string {
  const schema = schemaAt(path);
  const { example } = (schema?.meta() ?? {}) as Partial<Doc>;
  const inner = unwrap(schema);
  const group = inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
  const fits = inner instanceof z.ZodArray ? Array.isArray(value) : !group;
  // Nothing can be put into what is not a group; the CLI refuses it.
  const first = fits || value === undefined ? [] : [removeCommand(path)];
  const then = example === undefined ? [] : [setCommand(path, example)];
  return [...first, ...then].join(' && ');
}
