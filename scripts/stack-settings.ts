import { decode } from '../components/settings/decode';
import { type ParsedSettings, settingsSchema } from '../components/settings/schema';
import { projectName, type StackFile } from './stack-files';

export interface StackSettings {
  readonly parsed: ParsedSettings;
  /** Is there a value for this key, though it may be encrypted? */
  readonly isSet: (key: string) => boolean;
}

/**
 * What a stack's file says in the open, with defaults; undefined when the settings are broken, which is the program's
 * to report, with all errors and before anything else.
 */
export function openSettings(file: StackFile): StackSettings | undefined {
  const prefix = `${projectName}:`;
  const values = Object.fromEntries(
    Object.entries(file.config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value] as const)
      .map(([key, value]) => [key, typeof value === 'string' ? decode(key, value) : value]),
  );
  const { data } = settingsSchema.safeParse(withoutEncrypted(values));
  return data && { parsed: data, isSet: (key) => Object.hasOwn(values, key) };
}

/** What is encrypted in the file (`secure: …`) is no text yet, and nothing that a port follows from. */
function withoutEncrypted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEncrypted);
  if (typeof value !== 'object' || value === null) return value;
  const open = Object.entries(value).filter(([, inner]) => !isEncrypted(inner));
  return Object.fromEntries(open.map(([key, inner]) => [key, withoutEncrypted(inner)]));
}

const isEncrypted = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'secure' in value;
