import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { type Doc, settingsSchema } from './settings-schema';
import { StackError } from './stack-error';

/** One thing that is wrong with the config, for an operator. */
export interface Problem {
  /** Path of the key, e.g. `prometheus.scrapeInterval`. */
  readonly key: string;
  /** What is wrong, following the key. */
  readonly what: string;
  /** What to type after `pulumi config set --path`. */
  readonly example?: string;
  /** A whole command instead. */
  readonly command?: string;
}

/** Every problem of a config in one message; Pulumi shows it without a stack trace. */
export class SettingsError extends StackError {
  constructor(
    stack: string,
    readonly problems: readonly Problem[],
  ) {
    const count = problems.length === 1 ? '1 setting' : `${problems.length} settings`;
    const lines = problems.map(({ key, what, example, command }) => {
      const fix =
        command ?? (example === undefined ? undefined : `pulumi config set --path ${example}`);
      return `  ${key}: ${what}${fix === undefined ? '' : `\n      Example: ${fix}`}`;
    });
    super(
      `${count} of stack "${stack}" cannot be used. Nothing was changed.\n\n${lines.join('\n')}\n`,
    );
    this.name = 'SettingsError';
  }
}

/** Says what zod found in terms of keys, with the documented example of each. */
export function problemsOf(
  error: z.ZodError,
  input: unknown,
  secretKeys: ReadonlySet<string>,
): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey(path, key));
    }
    const badKey = issue.code === 'invalid_key';
    return [
      {
        key: keyOf(path),
        what: isSecret(path, secretKeys)
          ? 'has a value that cannot be used (not shown: it is a secret)'
          : sentence(issue, valueAt(input, path)),
        example: exampleFor(badKey ? path.slice(0, -1) : path),
      },
    ];
  });
}

function isSecret(path: readonly (string | number)[], secretKeys: ReadonlySet<string>): boolean {
  const doc = schemaAt(settingsSchema, path)?.meta() as Doc | undefined;
  return secretKeys.has(String(path[0])) || doc?.secret === true;
}

/** A copy of the input without what the issues complain about, so that the rest can be checked too. */
export function withoutProblems(error: z.ZodError, input: unknown): unknown {
  const copy: unknown = structuredClone(input);
  for (const issue of error.issues) {
    const paths =
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => [...issue.path, key])
        : [issue.path];
    for (const path of paths) {
      // A hole in a list would be a problem of its own: the list goes as a whole.
      const list = path.findIndex((part) => typeof part === 'number');
      const cut = list === -1 ? path : path.slice(0, list);
      const parent = valueAt(copy, cut.slice(0, -1) as (string | number)[]);
      if (typeof parent === 'object' && parent !== null) {
        delete (parent as Record<PropertyKey, unknown>)[cut.at(-1) ?? ''];
      }
    }
  }
  return copy;
}

function unknownKey(path: readonly (string | number)[], key: string): Problem {
  const object = unwrap(schemaAt(settingsSchema, path));
  const known = object instanceof z.ZodObject ? Object.keys(object.shape) : [];
  const nearest = known.length === 0 ? undefined : closest(key, known);
  const whole = keyOf([...path, key]);
  return {
    key: whole,
    what:
      `unknown key` +
      (nearest === undefined ? '' : `; did you mean "${keyOf([...path, nearest])}"?`) +
      ` (known here: ${known.join(', ')})`,
    command: `pulumi config rm --path ${whole}`,
  };
}

function sentence(issue: z.core.$ZodIssue, value: unknown): string {
  const shown = value === undefined ? '' : `${JSON.stringify(value)} `;
  switch (issue.code) {
    case 'invalid_value':
      return `${shown}is not one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
    case 'too_big':
      return `${shown}is out of range (${issue.message})`;
    case 'invalid_type':
      return value === undefined
        ? 'is missing'
        : issue.message.startsWith('is ')
          ? `${shown}${issue.message}`
          : `${shown}is not ${article(issue.expected)}`;
    case 'invalid_key':
      return issue.issues.map((i) => `"${String(issue.path.at(-1))}" ${i.message}`).join('; ');
    default:
      // Messages of ours either name the value or follow it.
      return /^(is|carries) /.test(issue.message) ? `${shown}${issue.message}` : issue.message;
  }
}

function article(type: string): string {
  const names: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'a group of keys',
    record: 'a group of keys',
    array: 'a list',
  };
  return names[type] ?? `a ${type}`;
}

/** `a.b[0].c`, as `pulumi config set --path` takes it. */
function keyOf(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (key, part) =>
      typeof part === 'number' ? `${key}[${part}]` : key === '' ? part : `${key}.${part}`,
    '',
  );
}

function valueAt(input: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    input,
  );
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

function schemaAt(
  schema: z.ZodType | undefined,
  path: readonly (string | number)[],
): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((current, part) => {
    const inner = unwrap(current);
    if (inner instanceof z.ZodObject) return inner.shape[part as string] as z.ZodType | undefined;
    if (inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
    if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
    return undefined;
  }, schema);
}

/** What to type to set the key, or the closest documented one above it. */
function exampleFor(path: readonly (string | number)[]): string | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const at = path.slice(0, length);
    const schema = schemaAt(settingsSchema, at);
    const group = unwrap(schema);
    const own = (schema?.meta() as Doc | undefined)?.example;
    if (own !== undefined) return `${keyOf(at)}${/^[[.]/.test(own) ? '' : ' '}${own}`;
    const first = group instanceof z.ZodObject ? Object.keys(group.shape)[0] : undefined;
    if (first !== undefined) return exampleFor([...at, first]);
  }
  return undefined;
}
