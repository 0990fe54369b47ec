import type { RawSettings } from '../components/settings/checks';
import { setFix } from '../components/settings/commands';
import { decode } from '../components/settings/decode';
import { settingsSchema } from '../components/settings/schema';
import { docOf, inTypes, schemaAt } from '../components/settings/schema-walk';
import { projectName, projectRoot, readStackFile, type StackFile } from './stack-files';

/** The config of a stack as the engine passes it to the program, with dummies for all secrets. */
export interface StackConfig {
  /** Values by full key (`project:key`); structured ones as JSON. */
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/**
 * Reads Pulumi.yaml and `Pulumi.<stack>.yaml` without a passphrase. An encrypted value becomes a
 * dummy that contains its key and that the settings accept.
 *
 * Throws an `OperatorError` with file and line if the stack file is missing or is not YAML.
 *
 * @param root folder of Pulumi.yaml
 * @param file the stack's file, where it is not the one in `root`
 */
export function stackConfig(
  stack: string,
  root = projectRoot,
  file: Pick<StackFile, 'config'> = readStackFile(stack, root),
): StackConfig {
  return asPassed(file);
}

/** `stackConfig` of a file that was read. */
export function asPassed({ config }: Pick<StackFile, 'config'>): StackConfig {
  const values: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [key, value] of Object.entries(config)) {
    const secrets = secretPaths(value);
    if (secrets.length > 0) secretKeys.push(key);
    const plain = secrets.reduce((v, path) => withDummy(key, v, path), value);
    // The engine passes on a key without a value as an empty string.
    values[key] = typeof plain === 'string' ? plain : plain === null ? '' : JSON.stringify(plain);
  }
  return { values, secretKeys };
}

/** The values of this project by key without namespace. */
export const ownKeys = (values: StackConfig['values']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([key]) => key.startsWith(`${projectName}:`))
      .map(([key, value]) => [key.slice(projectName.length + 1), value]),
  );

/** The config as the check of the settings takes it. */
export function rawSettings(stack: string, { values, secretKeys }: StackConfig): RawSettings {
  const prefix = `${projectName}:`;
  return {
    stack,
    values: ownKeys(values),
    otherKeys: Object.keys(values).filter((key) => !key.startsWith(prefix)),
    secretKeys: new Set(secretKeys.map((key) => key.replace(prefix, ''))),
  };
}

/** Accepts gaps in alert delivery, because rendered files notify nobody. */
export function withGaps(values: Readonly<Record<string, string>>): Record<string, string> {
  const key = `${projectName}:alerts`;
  try {
    const alerts = JSON.parse(values[key] ?? '{}') as object;
    return { ...values, [key]: JSON.stringify({ acceptGaps: true, ...alerts }) };
  } catch {
    // Not a group. The check of the settings reports that.
    return { ...values };
  }
}

type Path = readonly (string | number)[];

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Paths of `{ secure: <ciphertext> }` in a value. */
export function secretPaths(value: unknown): Path[] {
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
  const candidates = dummies(place, [name, ...path]).map((dummy) => replaced(value, path, dummy));
  return candidates.find((candidate) => isAccepted(name, candidate, path)) ?? candidates[0];
}

/**
 * Possible formats of an encrypted value. The first one that the settings accept is used. A value
 * that is not a secret can be encrypted too; its example is accepted.
 */
function dummies(place: string, path: Path): string[] {
  const host = `${place.toLowerCase().replace(/[^a-z0-9.]+/g, '-')}.secret.invalid`;
  const formats = [
    ...[`https://secret.invalid/${place}`, host, `${host}:9090`, host.replaceAll('.', '-')],
    '0123456789abcdef'.repeat(2),
  ];
  const json = ['{"type":"service_account"}', '{}', '[]'];
  return [`<secret:${place}>`, ...formats, ...exampleAt(path), ...json];
}

/** The example of a single value in its documentation. */
function exampleAt(path: Path): string[] {
  const { example } = docOf(schemaAt(path));
  if (example === undefined) return [];
  const [change] = setFix(path, example);
  return change?.kind === 'set' && change.path.length === path.length ? [change.value] : [];
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

/** Whether the schema accepts the value at this place. Other problems are reported later. */
function isAccepted(name: string, value: unknown, path: Path): boolean {
  const given = { [name]: typeof value === 'string' ? decode(name, value) : value };
  const issues = settingsSchema.safeParse(inTypes(given)).error?.issues ?? [];
  return !issues.some((issue) => [name, ...path].every((part, i) => issue.path[i] === part));
}
