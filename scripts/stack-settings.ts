import { accounts, type StackShape } from '../components/services';
import { decode } from '../components/settings/decode';
import { type ParsedSettings, settingsSchema } from '../components/settings/schema';
import { soundPart } from '../components/settings/sound-part';
import { projectName, type StackFile } from './stack-files';

/**
 * What a stack's file says in the open, with defaults; undefined when the settings are broken, which is the program's
 * to report, with all errors and before anything else.
 */
export function openSettings(file: Pick<StackFile, 'config'>): ParsedSettings | undefined {
  return settingsSchema.safeParse(withoutEncrypted(decoded(file))).data;
}

/**
 * What decides which services a stack has. An account that is encrypted counts as set. Settings that are wrong count as
 * absent: the program reports them.
 */
export function shapeOf(file: Pick<StackFile, 'config'>): ParsedSettings & StackShape {
  const values = decoded(file);
  const set = accounts.filter((account) => Object.hasOwn(values, account));
  return {
    ...soundPart(wordsAsBooleans(withoutEncrypted(values))),
    ...Object.fromEntries(set.map((account) => [account, true])),
  };
}

/** The settings by key without namespace. `pulumi config set` writes a text where YAML has a boolean or a group. */
function decoded({ config }: Pick<StackFile, 'config'>): Record<string, unknown> {
  const prefix = `${projectName}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value] as const)
      .map(([key, value]) => [key, typeof value === 'string' ? decode(key, value) : value]),
  );
}

/** What is encrypted in the file (`secure: …`) is no text yet. */
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
