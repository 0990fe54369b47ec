import type { Change, Path } from './commands';
import { schemaAt } from './schema-walk';

/** The config of a stack as it is checked, in its original types. */
export interface Config {
  readonly stack: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly secretKeys: ReadonlySet<string>;
  readonly otherKeys: readonly string[];
  readonly needsReceivers?: boolean;
  readonly secretsElsewhere?: boolean;
}

/** Returns the config after a command. */
export function applied(config: Config, change: Change): Config {
  switch (change.kind) {
    case 'stack':
      return { ...config, stack: change.name };
    case 'remove-foreign':
      return { ...config, otherKeys: config.otherKeys.filter((key) => key !== change.key) };
    case 'remove':
      return { ...config, values: without(config.values, change.path) as Config['values'] };
    case 'set':
      return {
        ...config,
        values: set(config.values, change.path, change.value) as Config['values'],
      };
    case 'secret': {
      const secretKeys = new Set([...config.secretKeys, String(change.path[0])]);
      const values = set(config.values, change.path, typedSecret(change.path)) as Config['values'];
      return { ...config, values, secretKeys };
    }
  }
}

/** The first sample text that the schema of the secret accepts. */
export function typedSecret(path: Path): string {
  const kinds = [
    ...['to-be-typed-by-hand', 'https://typed.by/hand', '0123456789abcdef'.repeat(2)],
    '{"type":"service_account"}',
  ];
  return kinds.find((text) => schemaAt(path)?.safeParse(text).success === true) ?? '';
}

type Group = Readonly<Record<string | number, unknown>>;

const isGroup = (value: unknown): value is Group => typeof value === 'object' && value !== null;

function set(value: unknown, [first, ...rest]: Path, text: string): unknown {
  if (first === undefined) return text;
  const copy: unknown[] | Record<string | number, unknown> =
    typeof first === 'number'
      ? Array.isArray(value)
        ? [...(value as unknown[])]
        : []
      : { ...(isGroup(value) && !Array.isArray(value) ? value : {}) };
  const inner = Object.hasOwn(copy, first) ? (copy as Group)[first] : undefined;
  Object.defineProperty(copy, first, {
    value: set(inner, rest, text),
    writable: true,
    enumerable: true,
    configurable: true,
  });
  return copy;
}

function without(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined || !isGroup(value) || !Object.hasOwn(value, first)) return value;
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    return rest.length === 0
      ? list.filter((_, i) => i !== first)
      : list.map((inner, i) => (i === first ? without(inner, rest) : inner));
  }
  const entries = Object.entries(value);
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([key]) => key !== first)
      : entries.map(([key, inner]) => [key, key === first ? without(inner, rest) : inner]),
  );
}
