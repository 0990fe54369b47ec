import { decodeAll } from '../components/settings/decode';
import { type ParsedSettings, settingsSchema } from '../components/settings/schema';
import { inTypes } from '../components/settings/schema-walk';
import { soundPart, withDefaults } from '../components/settings/sound-part';
import { asPassed, ownKeys } from './stack-config';
import type { StackFile } from './stack-files';

/**
 * The settings of a stack's file as the program parses them, with dummies for encrypted values.
 * Undefined if the settings are invalid; the program then reports all errors.
 */
export function openSettings(file: Pick<StackFile, 'config'>): ParsedSettings | undefined {
  const values = typedValues(file);
  const { data } = settingsSchema.safeParse(values);
  return data === undefined ? undefined : withDefaults(data, values);
}

/** As `openSettings`, but invalid settings count as absent; the program reports them. */
export const shapeOf = (file: Pick<StackFile, 'config'>): ParsedSettings =>
  soundPart(typedValues(file));

const typedValues = (file: Pick<StackFile, 'config'>): unknown =>
  inTypes(decodeAll(ownKeys(asPassed(file).values)));
