import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { settingsSchema } from '../components/settings/schema';
import { projectName, projectRoot, readStackFile } from './stack-files';

/** The config of a stack as the engine would hand it to the program, every secret replaced. */
export interface StackConfig {
  /** Values by full key (`project:key`); structured ones as JSON. */
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/**
 * Reads Pulumi.yaml and `Pulumi.<stack>.yaml` without a passphrase: an encrypted value becomes a dummy
 * that says its key and that the settings accept.
 *
 * Throws an `OperatorError` with file and line when the stack's file is missing or not YAML.
 *
 * @param root folder of Pulumi.yaml
 */
export function stackConfig(stack: string, root = projectRoot): StackConfig {
  const values: Record<string, string> = {};
  const secretKeys: string[] = [];
  const given = { ...projectDefaults(root), ...readStackFile(stack, root).config };
  for (const [written, value] of Object.entries(given)) {
    const key = written.includes(':') ? written : `${projectName}:${written}`;
    const secrets = secretPaths(value);
    if (secrets.length > 0) secretKeys.push(key);
    const plain = secrets.reduce((v, path) => withDummy(key, v, path), value);
    values[key] = typeof plain === 'string' ? plain : JSON.stringify(plain);
  }
  return { values, secretKeys };
}

/** Files notify nobody: what is refused before something is provisioned may be looked at. */
export function withGaps(values: Readonly<Record<string, string>>): Record<string, string> {
  const key = `${projectName}:alerts`;
  try {
    const alerts = JSON.parse(values[key] ?? '{}') as object;
    return { ...values, [key]: JSON.stringify({ acceptGaps: true, ...alerts }) };
  } catch {
    // Not a group: the settings say so.
    return { ...values };
  }
}

/** Pulumi.yaml may give a key a value for all stacks: `key: value`, or `key: {value}` or `{default}`. */
function projectDefaults(root: string): Record<string, unknown> {
  const project = parse(readFileSync(join(root, 'Pulumi.yaml'), 'utf8')) as {
    config?: Record<string, unknown> | null;
  };
  return Object.fromEntries(
    Object.entries(project.config ?? {}).flatMap(([key, declared]): [string, unknown][] => {
      if (typeof declared !== 'object' || declared === null) return [[key, declared]];
      const { value, default: fallback } = declared as { value?: unknown; default?: unknown };
      const chosen = value ?? fallback;
      return chosen === undefined ? [] : [[key, chosen]];
    }),
  );
}

type Path = readonly (string | number)[];

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Places of `{ secure: <ciphertext> }` in a value. */
function secretPaths(value: unknown): Path[] {
  if (!isObject(value)) return [];
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value['secure'] === 'string') return [[]];
  return keys.flatMap((key) =>
    secretPaths(value[key]).map((rest) => [Array.isArray(value) ? Number(key) : key, ...rest]),
  );
}

function withDummy(key: string, value: unknown, path: Path): unknown {
  const name = key.slice(key.indexOf(':') + 1);
  const place = [name, ...path].join('.');
  const candidates = dummies(place).map((dummy) => replaced(value, path, dummy));
  return candidates.find((candidate) => isAccepted(name, candidate, path)) ?? candidates[0];
}

/** Kinds of text that a secret may have to be; the first that the settings accept is taken. */
function dummies(place: string): string[] {
  return [`<secret:${place}>`, `https://secret.invalid/${place}`, '0123456789abcdef'.repeat(2)];
}

function replaced(value: unknown, [first, ...rest]: Path, dummy: string): unknown {
  if (first === undefined) return dummy;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  (copy as Record<string | number, unknown>)[first] = replaced(
    (value as Record<string | number, unknown>)[first],
    rest,
    dummy,
  );
  return copy;
}

/** Does the schema have nothing against the value at this place? What else is wrong is said later. */
function isAccepted(name: string, value: unknown, path: Path): boolean {
  const schema = Object.entries(settingsSchema.shape).find(([key]) => key === name)?.[1];
  const issues = schema?.safeParse(value).error?.issues ?? [];
  return !issues.some((issue) => path.every((part, i) => issue.path[i] === part));
}
