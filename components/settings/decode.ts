import type { z } from 'zod';
import { settingsSchema } from './schema';

/**
 * The value of a setting. Pulumi hands objects, lists, numbers and booleans over as JSON, and texts as they are; what
 * `config set` wrote into a stack's file is a text there as well.
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
