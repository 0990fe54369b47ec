import { KitError } from './errors';

/**
 * How the kit selects parts. `auto` uses released parts if they are installed or can be downloaded,
 * and builds the rest. `offline` always uses the kit's parts and downloads no releases. `stock`
 * never builds and never uses a stand-in.
 */
export type Mode = (typeof modes)[number];
const modes = ['auto', 'offline', 'stock'] as const;

/** Parses AUDIFI_KIT. */
export function modeOf(text: string | undefined): Mode {
  if (text === undefined || text === '') return 'auto';
  const mode = modes.find((name) => name === text);
  if (mode === undefined)
    throw new KitError(`AUDIFI_KIT is ${text}: it must be one of ${modes.join(', ')}`);
  return mode;
}

/** Parses a variable that is `0` (default) or `1`. */
export function isOn(name: string, text: string | undefined): boolean {
  if (text === undefined || text === '' || text === '0') return false;
  if (text !== '1') throw new KitError(`${name} is ${text}: it must be 0 or 1`);
  return true;
}
