import { z } from 'zod';
import type { Path } from './commands';
import type { Doc } from './kinds';
import { settingsSchema } from './schema';

/** Takes defaults and optionals off a schema. */
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

/** The schema of what a group, a map or a list has at a place; undefined where there is none. */
function inside(schema: z.ZodType | undefined, part: string | number): z.ZodType | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    const shape = inner.shape as Readonly<Record<string, z.ZodType>>;
    return Object.hasOwn(shape, part) ? shape[part] : undefined;
  }
  if (inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
  if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
  return undefined;
}

export const schemaAt = (path: Path): z.ZodType | undefined =>
  path.reduce<z.ZodType | undefined>(inside, settingsSchema);

/** What is documented of a key. */
export const docOf = (schema: z.ZodType | undefined): Partial<Doc> => schema?.meta() ?? {};

/**
 * A config in the types of the schema. The CLI and YAML write a number or a boolean as a text and the other way round;
 * what fits only after that is taken as it was meant.
 */
export const inTypes = (value: unknown): unknown => typed(value, settingsSchema);

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
    if (schema instanceof z.ZodNumber && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
    if (schema instanceof z.ZodBoolean && /^(true|false)$/.test(value)) return value === 'true';
  }
  // Others may have lost digits already.
  const kept = typeof value === 'boolean' || Number.isSafeInteger(value);
  return kept && schema instanceof z.ZodString ? String(value) : undefined;
}

/** Every value of a config with its place, groups before what is in them. */
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
