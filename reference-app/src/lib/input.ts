import { invalid } from './http-error';

export type Input = Readonly<Record<string, unknown>>;

/** Parses a request body as a JSON object. Anything else is a 400. */
export function jsonObject(body: Buffer): Input {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw invalid('the body is not JSON');
  }
  if (!isObject(parsed)) throw invalid('the body is not a JSON object');
  return parsed;
}

export const isObject = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A string of 1 to `max` characters that matches the pattern. */
export function textField(input: Input, name: string, max: number, pattern = /^[^\0]+$/): string {
  const value = input[name];
  if (typeof value !== 'string' || value.length > max || !pattern.test(value)) {
    throw invalid(`"${name}" has to be a text of 1 to ${max} valid characters`);
  }
  return value;
}

export function integerField(input: Input, name: string, min: number, max: number): number {
  const value = input[name];
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
    throw invalid(`"${name}" has to be an integer from ${min} to ${max}`);
  }
  return value as number;
}
