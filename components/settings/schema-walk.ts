import { z } from 'zod';
import type { Path } from './commands';
import type { Doc } from './kinds';
import { settingsSchema } from './schema';

/** Removes defaults and optionals from a schema. */
export function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
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

/** The schema of one part of a group, map or list; undefined if it does not exist. */
function inside(schema: z.ZodType | undefined, part: string | number): z.ZodType | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    const shape = inner.shape as Readonly<Record<string, z.ZodType>>;
    return Object.hasOwn(shape, part) ? shape[part] : undefined;
  }
  if (inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
  if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
  if (inner instanceof z.ZodUnion) {
    const options = inner.options as readonly z.ZodType[];
    return options.map((option) => inside(option, part)).find((found) => found !== undefined);
  }
  return undefined;
}

export const schemaAt = (path: Path): z.ZodType | undefined =>
  path.reduce<z.ZodType | undefined>(inside, settingsSchema);

/** Documentation of a key. */
export const docOf = (schema: z.ZodType | undefined): Partial<Doc> => schema?.meta() ?? {};

/**
 * Converts a config to the types of the schema. The CLI and YAML may write a number or a boolean as
 * text, or text as a number. If only a conversion makes the value valid, it is converted.
 */
export const inTypes = (value: unknown): unknown => typed(value, settingsSchema);

/** Whether the schema accepts a text, as `pulumi config set` may write it. */
export const acceptsText = (schema: z.ZodType | undefined, text: string): boolean =>
  schema?.safeParse(typed(text, schema)).success === true;

function typed(value: unknown, schema: z.ZodType | undefined): unknown {
  if (Array.isArray(value)) return value.map((inner, i) => typed(inner, inside(schema, i)));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, typed(inner, inside(schema, key))]),
    );
  }
  const meant = otherType(value, unwrap(schema));
  if (meant === undefined || schema === undefined) return value;
  return schema.safeParse(meant).success ? meant : value;
}

function otherType(value: unknown, schema: z.ZodType | undefined): unknown {
  if (typeof value === 'string') {
    if (schema instanceof z.ZodNumber && numeric.test(value)) return Number(value);
    if (schema instanceof z.ZodBoolean && /^(true|false)$/i.test(value)) {
      return value.toLowerCase() === 'true';
    }
  }
  // Larger numbers may already have lost digits.
  const kept = typeof value === 'boolean' || Number.isSafeInteger(value);
  const isText = schema instanceof z.ZodString || schema instanceof z.ZodUnion;
  return kept && isText ? String(value) : undefined;
}

/** A number of YAML that a quote or the CLI turned into text. */
const numeric = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** The paths of all values of a config. A group comes before its keys. */
export function everyPlace(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const parts: readonly (string | number)[] = Array.isArray(value)
    ? [...value.keys()]
    : Object.keys(value);
  const below = parts.flatMap((part) =>
    everyPlace((value as Readonly<Record<string | number, unknown>>)[part], [...at, part]),
  );
  return [at, ...below];
}
