/**
 * A value that is known only once the providers have run. Rules take it as allowed; the update
 * judges it.
 */
export const notKnown = Symbol('not known in a preview');

/** A secret whose text was left out, with the mark that it is encrypted. */
export const encrypted = Symbol('encrypted');

/**
 * The value below a path; undefined where there is none, and `notKnown` below what is not known.
 */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (inner === notKnown || inner === encrypted) return inner;
    return typeof inner === 'object' && inner !== null
      ? (inner as Record<string, unknown>)[key]
      : undefined;
  }, value);
}

/** The items of a list; none for anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The entries of a map; none for anything else. */
export function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whether the value is this one, or may turn out to be. */
export function is(value: unknown, wanted: unknown): boolean {
  return value === wanted || value === notKnown;
}

/** Whether there is a value, or may turn out to be one. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== 0 && value !== false;
}
