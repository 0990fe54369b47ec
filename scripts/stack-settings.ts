import { accounts, type StackShape } from '../components/stack-shape';
import { decode } from '../components/settings/decode';
import { type ParsedSettings, settingsSchema } from '../components/settings/schema';
import { soundPart, withDefaults } from '../components/settings/sound-part';
import { projectName, type StackFile } from './stack-files';

/**
 * The unencrypted settings of a stack's file, with defaults. Undefined if the settings are invalid;
 * the program then reports all errors.
 */
export function openSettings(file: Pick<StackFile, 'config'>): ParsedSettings | undefined {
  const values = withoutEncrypted(decoded(file));
  const { data } = settingsSchema.safeParse(values);
  return data === undefined ? undefined : withDefaults(data, values);
}

/**
 * The settings that determine the services of a stack. An encrypted secret counts as set. Invalid
 * settings count as absent; the program reports them.
 */
export function shapeOf(file: Pick<StackFile, 'config'>): ParsedSettings & StackShape {
  const values = decoded(file);
  const set = accounts.filter((account) => Object.hasOwn(values, account));
  return {
    ...soundPart(wordsAsBooleans(withoutEncrypted(values))),
    ...Object.fromEntries(set.map((account) => [account, true])),
  };
}

/**
 * The settings by key without namespace. `pulumi config set` writes a string where YAML has a
 * boolean or a group.
 */
function decoded({ config }: Pick<StackFile, 'config'>): Record<string, unknown> {
  const prefix = `${projectName}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value] as const)
      .map(([key, value]) => [key, typeof value === 'string' ? decode(key, value) : value]),
  );
}

/** An encrypted value in the file (`secure: …`) is not a string. */
function withoutEncrypted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEncrypted);
  if (typeof value !== 'object' || value === null) return value;
  const open = Object.entries(value).filter(([, inner]) => !isEncrypted(inner));
  return Object.fromEntries(open.map(([key, inner]) => [key, withoutEncrypted(inner)]));
}

/** `pulumi config set --path a.b false` may leave the word where a boolean belongs. */
function wordsAsBooleans(value: unknown): unknown {
  if (value === 'true' || value === 'false') return value === 'true';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, wordsAsBooleans(v)]));
}

const isEncrypted = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'secure' in value;
