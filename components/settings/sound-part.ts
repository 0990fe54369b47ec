import type { z } from 'zod';
import { shortWaits } from '../alerting/settings-schema-waits';
import type { Path } from './commands';
import { type ParsedSettings, settingsSchema } from './schema';

/**
 * Returns the valid part of the settings, so that the remaining checks can run: removes what the
 * schema rejects until it accepts the rest. With all defaults.
 */
export function soundPart(input: unknown): ParsedSettings {
  const copy: unknown = structuredClone(input);
  for (;;) {
    const result = settingsSchema.safeParse(copy);
    if (result.success) return withDefaults(result.data, input);
    const wrong = result.error.issues.flatMap((issue) => removable(issue, copy));
    for (const path of wrong) {
      const parent = valueAt(copy, path.slice(0, -1)) as Record<string, unknown> | undefined;
      if (parent !== undefined) delete parent[String(path.at(-1))];
    }
  }
}

/**
 * Adds the defaults that depend on other settings: if it is not told otherwise, Alertmanager waits
 * at least for one evaluation of the rules, and after a start until all alerts are sent again.
 *
 * @param input what was parsed
 */
export function withDefaults(parsed: ParsedSettings, input: unknown): ParsedSettings {
  return shortWaits(parsed)
    .filter(({ at }) => valueAt(input, at) === undefined)
    .reduce<ParsedSettings>(
      (settings, { at, least }) => changed(settings, at, least) as ParsedSettings,
      parsed,
    );
}

function changed(value: unknown, [first, ...rest]: Path, leaf: string): unknown {
  if (first === undefined) return leaf;
  const group = value as Readonly<Record<string | number, unknown>>;
  return { ...group, [first]: changed(group[first], rest, leaf) };
}

/**
 * The path to remove: for a missing value, the group that needs it; for a list element, the whole
 * list.
 */
function removable(issue: z.core.$ZodIssue, input: unknown): Path[] {
  let path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
  while (typeof path.at(-1) === 'number' || valueAt(input, path) === undefined) {
    path = path.slice(0, -1);
  }
  return [path];
}

export function pathOf(issue: z.core.$ZodIssue): Path {
  return issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
}

export function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    input,
  );
}
