/**
 * A value that is unknown until the providers have run. Rules allow it in a preview. In the state,
 * which `make policy` checks, it is known.
 */
export const notKnown = Symbol('not known in a preview');

/** A secret: its text is left out, and it is marked as encrypted. */
export const encrypted = Symbol('encrypted');

/**
 * The value at a path. `undefined` if there is none, `notKnown` if a parent is unknown.
 */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (inner === notKnown || inner === encrypted) return inner;
    return typeof inner === 'object' && inner !== null
      ? (inner as Record<string, unknown>)[key]
      : undefined;
  }, value);
}

/** The items of a list; an empty list for any other value. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The same, but a list that is a secret as a whole has one item: `encrypted`. */
export function items(value: unknown): readonly unknown[] {
  return value === encrypted ? [encrypted] : list(value);
}

/** The entries of a map; an empty list for any other value. */
export function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whether the value equals the other one, or is unknown. */
export function is(value: unknown, wanted: unknown): boolean {
  return value === wanted || value === notKnown;
}

/** Whether there is a value, or it is unknown. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== 0 && value !== false;
}
