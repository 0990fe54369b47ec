/** A number as Go writes it. */
export const real = '[0-9]+(?:\\.[0-9]+)?(?:e-[0-9]+)?';

/**
 * `req_0a1b`, a trace ID, or a UUID: the part after the prefix is hexadecimal, so it is not a key,
 * a wallet or an e-mail address.
 */
export const id = '(?:[g-z][a-z]*[_-])?[0-9a-f-]*';

/**
 * Combines names and the pattern after each name into one deterministic pattern: common prefixes
 * are merged, and a common continuation is written once.
 */
export function choice(names: Readonly<Record<string, string>>): string {
  // A name that is a prefix of other names ends here.
  const { '': ended, ...longer } = names;
  const keys = Object.keys(longer);
  const firsts = [...new Set(keys.map((key) => key.slice(0, 1)))].sort();
  /** Groups names by continuation if their first letter is unambiguous. */
  const alike = new Map<string, string[]>();
  const branches: string[] = [];
  for (const first of firsts) {
    const rest = keys.filter((key) => key.startsWith(first));
    const [value = '', ...others] = new Set(rest.map((key) => names[key] ?? ''));
    if (others.length === 0) alike.set(value, [...(alike.get(value) ?? []), ...rest]);
    else {
      const shorter = rest.map((key) => [key.slice(1), names[key] ?? ''] as const);
      branches.push(first + choice(Object.fromEntries(shorter)));
    }
  }
  for (const [value, some] of alike) branches.push(spelled(some) + value);
  if (ended !== undefined) branches.push(ended);
  return branches.length === 1 ? branches.join('') : `(?:${branches.join('|')})`;
}

/** Go factors out common prefixes of adjacent alternatives. */
const spelled = (keys: readonly string[]): string =>
  keys.length === 1 ? keys.join('') : `(?:${[...keys].sort().join('|')})`;
