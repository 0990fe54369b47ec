import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { OperatorError } from '../operator-error';
import { inputs, type InputName, type Load } from './load';
import type { Prices } from './prices';

/** Variables that are not part of the load. */
const others = ['STACK', 'AGAINST', 'PRICES'];

/**
 * The load as far as it is given, from the variables of `make estimate SERIES=100000 …`. They may
 * also be in the environment.
 *
 * Throws an OperatorError with all invalid values and unknown variables.
 */
export function readInputs(env: NodeJS.ProcessEnv): Partial<Load> {
  const problems = unknownVariables(env['MAKEFLAGS'] ?? '');
  const given: Partial<Record<InputName, number>> = {};
  for (const [name, { variable, unit, max, example }] of entries()) {
    const text = env[variable]?.trim() ?? '';
    if (text === '') continue;
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    const least = name === 'nodes' || name === 'series' ? 1 : 0;
    if (Number.isNaN(value)) {
      problems.push(
        `${variable}: "${text}" is not a number (${unit}). Example: ${variable}=${example}`,
      );
    } else if (value < least || value > max) {
      problems.push(
        `${variable}: ${text} is not between ${least} and ${max} (${unit}). Example: ${variable}=${example}`,
      );
    } else if (['nodes', 'series', 'users'].includes(name) && !Number.isInteger(value)) {
      problems.push(`${variable}: ${text} is not a whole number. Example: ${variable}=${example}`);
    } else {
      given[name] = value;
    }
  }
  if (problems.length > 0) {
    throw new OperatorError(
      `${problems.join('\n')}\nExample: make estimate SERIES=100000 LOGS_GB_PER_DAY=5 SPANS_PER_SECOND=50`,
    );
  }
  return given;
}

const entries = () => Object.entries(inputs) as [InputName, (typeof inputs)[InputName]][];

/** Variables on make's command line, which MAKEFLAGS lists after ` -- `. */
function unknownVariables(makeFlags: string): string[] {
  const [, after = ''] = /(?:^|\s)-- (.*)$/s.exec(makeFlags) ?? [];
  const known = [...entries().map(([, { variable }]) => variable), ...others];
  const names = after
    .split(/(?<!\\)\s+/)
    .flatMap((word) => /^([A-Za-z_]\w*)[:+?]*=/.exec(word)?.[1] ?? []);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = closest(name.toUpperCase(), known);
      const meant = distance(name.toUpperCase(), nearest) <= 3 ? `; did you mean ${nearest}?` : '';
      return `${name}: unknown variable${meant} (known: ${known.join(', ')})`;
    });
}

const amount = z.number({ error: 'is not a number' }).min(0, { error: 'is less than 0' });
const text = z.string({ error: 'is not a string' }).min(1, { error: 'is empty' });
const pricesSchema = z.strictObject({
  date: text.regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'is not a date such as 2026-03-10' }),
  source: text,
  currency: text,
  ...{ core: amount, memory: amount, disk: amount, bucket: amount, writes: amount, reads: amount },
});

/**
 * Prices from the JSON text of a file. Throws an OperatorError with all problems.
 *
 * @param fallback an example of all keys
 */
export function readPrices(path: string, content: string, fallback: Prices): Prices {
  const example = `Example: ${JSON.stringify(fallback)}`;
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new OperatorError(`PRICES: ${path} is not JSON.\n${example}`);
  }
  const result = pricesSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `PRICES: ${path}: unknown key ${issue.keys.join(', ')}`
      : `PRICES: ${path}: ${issue.path.join('.') || 'the content'} ${issue.message.replace(/^Invalid input.*/, 'is not a group of keys')}`,
  );
  throw new OperatorError(`${problems.join('\n')}\n${example}`);
}
