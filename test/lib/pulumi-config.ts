import { parseSettings, type RawSettings, type Settings } from '../../components/settings';
import { SettingsError } from '../../components/settings/errors';
import { settingsSchema } from '../../components/settings/schema';
import { projectName, readStackFile } from '../../scripts/stack-files';

/** The config of a stack as in its file, without namespace. */
export type Tree = Readonly<Record<string, unknown>>;

export interface StackConfig {
  readonly stack: string;
  readonly tree: Tree;
  /** Top-level keys with encrypted values. */
  readonly secretKeys: readonly string[];
  /** Full keys of other namespaces. @default none */
  readonly otherKeys?: readonly string[];
  /** As in RawSettings. @default false */
  readonly needsReceivers?: boolean;
}

/** Settings of a Grafana with its own database and a login by OAuth. */
export const fullGrafana = {
  externalUrl: 'https://grafana.audifi.io',
  database: { host: 'db.audifi.io' },
  oauth: {
    clientId: 'grafana',
    authUrl: 'https://sso.audifi.io/authorize',
    tokenUrl: 'https://sso.audifi.io/token',
    apiUrl: 'https://sso.audifi.io/userinfo',
  },
} as const;

/** Settings of Jaeger with OpenSearch. */
export const openSearchJaeger = {
  storageBackend: 'opensearch',
  opensearch: { urls: ['https://search.audifi.io:9200'], user: 'jaeger' },
} as const;

/** The config of a stack that the repository contains. */
export function shippedStack(stack: string): StackConfig {
  const tree = Object.fromEntries(
    Object.entries(readStackFile(stack).config).map(([key, value]) => [
      key.replace(`${projectName}:`, ''),
      value,
    ]),
  );
  return stackConfig(tree, { stack });
}

export function stackConfig(tree: Tree, extra: Partial<StackConfig> = {}): StackConfig {
  return { stack: 'dev', tree, secretKeys: [], ...extra };
}

/** As the engine passes them to the program: strings unchanged, everything else as JSON. */
export const texts = (tree: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );

export function raw({ stack, tree, secretKeys, ...others }: StackConfig): RawSettings {
  return { ...others, stack, values: texts(tree), secretKeys: new Set(secretKeys) };
}

export function parse(tree: Tree, extra: Partial<StackConfig> = {}): Settings {
  return parseSettings(raw(stackConfig(tree, extra)));
}

/** The error if the config is rejected; undefined if it is valid. Throws other errors. */
export function refusal(config: StackConfig): SettingsError | undefined {
  try {
    parseSettings(raw(config));
    return undefined;
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
}

/**
 * The config after a `pulumi config` command. Follows the semantics of the real `--path`, and
 * throws where the real command fails.
 */
export function afterCommand(config: StackConfig, commandLine: string): StackConfig {
  return shellCommands(commandLine).reduce((current, words): StackConfig => {
    const flags = words.filter((word) => word.startsWith('--'));
    const [mv, option, from, to] = words;
    if (mv === 'mv' && option === '-n' && from === `Pulumi.${current.stack}.yaml`) {
      return { ...current, stack: /^Pulumi\.(.+)\.yaml$/.exec(to ?? '')?.[1] ?? '' };
    }
    const [pulumi, group, verb, ...args] = words.filter((word) => !word.startsWith('--'));
    const [first = '', second] = args;
    // Without --path, the whole text is one key. Both are the same for a key of one word.
    const isPath = group === 'config' && !flags.includes('--path') && first in settingsSchema.shape;
    const name = [pulumi, group, verb, ...(isPath ? ['--path'] : []), ...flags].join(' ');
    const tree = JSON.parse(JSON.stringify(current.tree)) as Record<string, unknown>;
    switch (name) {
      case 'pulumi config rm --path':
        remove(tree, parsePath(first));
        return { ...current, tree };
      case 'pulumi config rm':
        return { ...current, otherKeys: (current.otherKeys ?? []).filter((key) => key !== first) };
      case 'pulumi config set --path':
      case 'pulumi config set --path --plaintext':
        // The real command only does this for values with high entropy, which is not simulated.
        if (!flags.includes('--plaintext') && /passwd|pass|password|pwd|secret|token/i.test(first))
          throw new Error(`pulumi: config value for '${first}' looks like a secret`);
        if (second === undefined) throw new Error(`no value: ${commandLine}`);
        set(tree, parsePath(first), second);
        return { ...current, tree };
      case 'pulumi config set --path --plaintext --type':
      case 'pulumi config set --path --type':
        set(tree, parsePath(first), args[2] ?? '', second);
        return { ...current, tree };
      case 'pulumi config set --path --secret':
        set(tree, parsePath(first), typedFor(first));
        return { ...current, tree, secretKeys: [...current.secretKeys, first] };
      default:
        throw new Error(`not known: ${commandLine}`);
    }
  }, config);
}

/** A valid value that a person would enter at the prompt for a secret. */
function typedFor(key: string): string {
  const kinds = [
    ...['typed-by-hand', 'https://typed.by/hand', '0123456789abcdef'.repeat(2)],
    '{"type":"service_account"}',
  ];
  const schema = Object.entries(settingsSchema.shape).find(([name]) => name === key)?.[1];
  return kinds.find((kind) => schema?.safeParse(kind).success) ?? '';
}

/** Splits a line into commands and words, like a shell: single quotes, backslashes and `&&`. */
export function shellCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [word] of line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)) {
    if (word === '&&') {
      commands.push([]);
      continue;
    }
    const bare = word.replace(/'[^']*'|\\./g, '');
    if (/[^\w.:/@=-]/.test(bare)) throw new Error(`a shell would not leave ${word} as it is`);
    commands.at(-1)?.push(word.replace(/'([^']*)'|\\(.)/g, '$1$2'));
  }
  return commands;
}

type Path = (string | number)[];

function parsePath(text: string): Path {
  const path: Path = [];
  let rest = text;
  while (rest !== '') {
    const match = /^(?:\.?([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\])/.exec(rest);
    if (match === null) throw new Error(`not a path: ${text}`);
    const [whole, key, index, quoted] = match;
    path.push(key ?? (index === undefined ? (JSON.parse(quoted ?? '') as string) : Number(index)));
    rest = rest.slice(whole.length);
  }
  return path;
}

type Container = Record<string | number, unknown>;

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function remove(tree: Container, path: Path): void {
  let parent: unknown = tree;
  for (const part of path.slice(0, -1))
    parent = isContainer(parent) ? own(parent, part) : undefined;
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent) && typeof last === 'number') parent.splice(last, 1);
  else if (isContainer(parent)) Reflect.deleteProperty(parent, last);
}

function set(tree: Container, path: Path, text: string, type?: string): void {
  let parent = tree;
  path.slice(0, -1).forEach((part, i) => {
    const next = path[i + 1];
    let child = own(parent, part);
    // A single value at the top level is replaced. At a deeper level it is an error.
    if (child === undefined || (i === 0 && !isContainer(child))) {
      child = typeof next === 'number' ? [] : {};
      put(parent, part, child);
    }
    if (!isContainer(child) || Array.isArray(child) !== (typeof next === 'number')) {
      throw new Error(
        `pulumi: ${path.join('.')}: expected ${typeof next === 'number' ? 'an array' : 'a map'}`,
      );
    }
    parent = child;
  });
  const isTyped =
    type === 'float' || (path.length > 1 && /^(true|false|-?(0|[1-9]\d*))$/.test(text));
  put(parent, path.at(-1) ?? '', isTyped ? (JSON.parse(text) as unknown) : text);
}

function own(parent: Container, part: string | number): unknown {
  return Object.hasOwn(parent, part) ? parent[part] : undefined;
}

function put(parent: Container, part: string | number, value: unknown): void {
  if (Array.isArray(parent) && (typeof part !== 'number' || part > parent.length)) {
    throw new Error(`pulumi: ${part}: array index out of range`);
  }
  Object.defineProperty(parent, part, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
