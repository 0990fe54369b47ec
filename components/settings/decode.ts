import type { z } from 'zod';
import { settingsSchema } from './schema';

/**
 * Decodes the value of a setting. Pulumi passes objects, lists, numbers and booleans as JSON, and
 * text unchanged. A value that `config set` wrote to a stack file is text there as well.
 */
export function decode(key: string, text: string): unknown {
  const schemas = new Map<string, z.ZodType>(Object.entries(settingsSchema.shape));
  if (schemas.get(key)?.safeParse(text).success === true) return text;
  if (!/^(\s*[[{]|(true|false|-?\d+(\.\d+)?)$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `decode` for all settings, by key. */
export const decodeAll = (values: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([key, text]) => [key, decode(key, text)]));
