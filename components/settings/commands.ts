/** Path of a setting: keys and list indexes. */
export type Path = readonly (string | number)[];

/** How a command changes a config. */
export type Change =
  | { readonly kind: 'set'; readonly path: Path; readonly value: string }
  | { readonly kind: 'secret'; readonly path: Path }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'remove-foreign'; readonly key: string }
  | { readonly kind: 'stack'; readonly from: string; readonly name: string };

/**
 * Commands that solve a problem. They are data, so that the resulting config can be checked too.
 */
export type Fix = readonly Change[];

/**
 * Formats a path as `a.b[0].c`, which `pulumi config --path` accepts. Quotes a part that would not
 * parse as a key or would look like an option.
 */
export function keyOf(path: Path): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === 'number') return `${key}[${part}]`;
    if (!/^\w[\w-]*$/.test(part)) return `${key}[${JSON.stringify(part)}]`;
    return key === '' ? part : `${key}.${part}`;
  }, '');
}

/**
 * Sets a key.
 *
 * @param example as in `Doc`: a value, `--secret`, or `.sub value` or `[0] value` to set something
 * below the key
 */
export function setFix(path: Path, example: string): Fix {
  if (example === '--secret') return [{ kind: 'secret', path }];
  const [below = '', ...rest] = /^[.[]/.test(example) ? example.split(' ') : ['', example];
  const value = unquoted(rest.join(' '));
  return [{ kind: 'set', path: [...path, ...partsOf(below)], value }];
}

/** Removes a key, so that its default applies. */
export const removeFix = (path: Path): Fix => [{ kind: 'remove', path }];

/** The command that sets a key. */
export const setCommand = (path: Path, example: string): string => commandOf(setFix(path, example));

/** The commands as text for a shell. */
export function commandOf(fix: Fix): string {
  return fix.map(oneCommand).join(' && ');
}

/** The pulumi CLI assumes that a plain value of a key with such a name is a forgotten secret. */
const secretive = /passwd|pass|password|pwd|secret|token/i;

function oneCommand(change: Change): string {
  switch (change.kind) {
    case 'stack':
      // A file with the new name must not be replaced: it may be another stack.
      return `mv -n ${quotedValue(stackFileName(change.from))} ${stackFileName(change.name)}`;
    case 'remove-foreign':
      return `pulumi config rm ${quotedValue(change.key)}`;
    case 'remove':
      return `pulumi config rm --path ${quoted(keyOf(change.path))}`;
    case 'secret':
      return `pulumi config set --path ${quoted(keyOf(change.path))} --secret`;
    case 'set': {
      const key = keyOf(change.path);
      const { value } = change;
      const flags = [
        ...(secretive.test(key) ? ['--plaintext'] : []),
        // The CLI recognises whole numbers, but would store other numbers as text.
        ...(/^-?\d+\.\d+$/.test(value) ? ['--type', 'float'] : []),
      ];
      return ['pulumi config set --path', quoted(key), ...flags, quotedValue(value)].join(' ');
    }
  }
}

const stackFileName = (stack: string): string => `Pulumi.${stack}.yaml`;

/** Parses `.a.b[0]["c.d"]` into a path. */
function partsOf(below: string): (string | number)[] {
  return [...below.matchAll(/\["([^"]+)"\]|\.?([^.[\]]+)|\[(\d+)\]/g)].map(
    ([, quotedKey, key, index]) => (index === undefined ? (quotedKey ?? key ?? '') : Number(index)),
  );
}

/** Shells interpret brackets and quotes. */
function quoted(word: string): string {
  return /^[\w.-]+$/.test(word) ? word : inQuotes(word);
}

const quotedValue = (word: string): string => (/^[\w.:/@=-]+$/.test(word) ? word : inQuotes(word));

const inQuotes = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Examples that a shell would change are in single quotes. */
const unquoted = (word: string): string => /^'([^']*)'$/.exec(word)?.[1] ?? word;
