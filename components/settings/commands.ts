/** Place of a setting: keys, and indexes of lists. */
export type Path = readonly (string | number)[];

/** `a.b[0].c`, as `pulumi config --path` takes it; what would not read as a key, or as an option, is quoted. */
export function keyOf(path: Path): string {
  return path.reduce<string>((key, part) => {
    if (typeof part === 'number') return `${key}[${part}]`;
    if (!/^\w[\w-]*$/.test(part)) return `${key}[${JSON.stringify(part)}]`;
    return key === '' ? part : `${key}.${part}`;
  }, '');
}

/**
 * The command that sets a key.
 *
 * @param example as in `Doc`: a value, or `.sub value` or `[0] value` to set something below the key
 */
export function setCommand(path: Path, example: string): string {
  const [below = '', ...rest] = /^[.[]/.test(example) ? example.split(' ') : ['', example];
  // Whole numbers are recognised; others would be stored as texts.
  const type = /^-?\d+\.\d+$/.test(rest.join(' ')) ? ['--type', 'float'] : [];
  return `pulumi config set --path ${[quoted(keyOf(path) + below), ...type, ...rest].join(' ')}`;
}

/** The command that removes a key, so that its default applies. */
export function removeCommand(path: Path): string {
  return `pulumi config rm --path ${quoted(keyOf(path))}`;
}

/** Brackets and quotes mean something to shells. */
function quoted(word: string): string {
  return /^[\w.-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
