/** A line with values that must not be stored. */
export interface Planted {
  readonly kind: string;
  /** `ordinary` for everyday notations of programs, `hard` if a rule must guess. */
  readonly hard: boolean;
  readonly source: string;
  readonly line: string;
  /** Parts that must not be stored. */
  readonly hidden: readonly string[];
  /** Parts that must stay. */
  readonly kept: readonly string[];
}

/** A deterministic string of letters and digits without a pattern. */
export function letters(i: number, length: number, alphabet: string): string {
  let [state, text] = [(i + 1) * 2_654_435_761, ''];
  for (let k = 0; k < length; k += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += alphabet[(state >>> 16) % alphabet.length] ?? '';
  }
  return text;
}

export const digits = '0123456789';
export const lower = 'abcdefghijklmnopqrstuvwxyz';
export const alnum = `${digits}${lower}${lower.toUpperCase()}`;
export const hex = `${digits}abcdef`;
export const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
export const bech32 = 'acdefghjklmnpqrstuvwxyz023456789';

/** Not three digits at the start: without context the agents take it for a number (docs). */
const first = (text: string): string => text.replace(/^[0-9]{3}/, 'k0A');

/** Makes a value: its text, and the part that must not be stored. */
type Make = (i: number) => { readonly text: string; readonly hidden: string };

const whole = (text: string) => ({ text, hidden: text });
const inner = (text: string, from: number, to: number) => ({ text, hidden: text.slice(from, to) });
/** Not a value. Written in two parts, because secret scanners would report it as a key. */
const joined = (text: string) => ({ text, hidden: '' });

/**
 * Passwords that people choose and programs generate. Ordinary ones contain no character that ends
 * a value in any notation.
 */
const passwordForms = [
  (i: number) => `Zq${letters(i, 9, alnum)}7`,
  (i: number) => `${letters(i, 7, lower)}-${letters(i + 1, 5, lower)}-${letters(i + 2, 2, digits)}`,
  (i: number) => `${letters(i, 5, lower)}!${letters(i, 4, digits)}${letters(i + 3, 3, alnum)}`,
  (i: number) => `${letters(i, 12, lower)}${letters(i, 4, digits)}`,
];
const streets = ['Snowdrop Way', 'Bluebell Walk', 'Bramble Row', 'Juniper Lane', 'Hazel Street'];
const numbers: readonly Make[] = [
  (i) => inner(`+44 7700 9${letters(i, 5, digits)}`, 4, 11),
  (i) => inner(`+49151${letters(i, 8, digits)}`, 3, 9),
  (i) => inner(`+1415555${letters(i, 4, digits)}`, 2, 8),
];

const makers: Readonly<Record<string, Make>> = {
  pw: (i) => whole((passwordForms[i % passwordForms.length] ?? String)(i)),
  tok: (i) => inner(`${first(letters(i, 16, alnum))}7${letters(i + 1, 23, alnum)}`, 8, 30),
  hex: (i) => inner(letters(i, 32, hex), 6, 28),
  hex64: (i) => inner(letters(i, 64, hex), 6, 58),
  b64: (i) => inner(`${letters(i, 10, alnum)}9${letters(i + 1, 35, alnum)}==`, 6, 40),
  mail: (i) => {
    const name = `${letters(i, 8, lower)}.${letters(i + 1, 6, lower)}`;
    return { text: `${name}@example.com`, hidden: `${name.slice(1)}@` };
  },
  domain: (i) => joined(`${letters(i, 6, lower)}.com`),
  phone: (i) => (numbers[i % numbers.length] ?? whole)(i as never),
  wallet: (i) => inner(`0x${letters(i, 40, hex)}`, 8, 36),
  uuid: (i) => {
    const text = letters(i, 32, hex).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    return { text, hidden: text.slice(9, 32) };
  },
  b32a: (i) => inner(`q${letters(i, 37, bech32)}`, 4, 30),
  bech32: (i) => inner(`bc1q${letters(i, 38, bech32)}`, 10, 36),
  solana: (i) => inner(`7E${letters(i, 42, base58)}`, 10, 36),
  card: (i) => inner(`4539148${letters(i, 6, digits)}467`, 4, 14),
  code: (i) => whole(letters(i, 6, '123456789')),
  digits8: (i) => inner(letters(i, 8, digits), 0, 4),
  alnum36: (i) => inner(first(letters(i, 36, alnum)), 4, 30),
  upper16: (i) => inner(letters(i, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'), 4, 14),
  base32: (i) => inner(letters(i, 32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'), 4, 28),
  bcrypt: (i) => inner(`$2b$12$${letters(i, 53, alnum)}`, 12, 50),
  word: (i) => whole(`q${letters(i, 10, lower)}`),
  words: (i) =>
    whole(Array.from({ length: 12 }, (_, k) => letters(i * 12 + k, 6, lower)).join(' ')),
  number: (i) => joined(String((i % 89) + 1)),
  street: (i) => whole(streets[i % streets.length] ?? ''),
  zip: (i) => whole(`1${letters(i, 4, digits)}`),
  live: () => joined('live'),
  ia: () => joined('IA'),
  private: () => joined('PRIVATE KEY'),
};

let count = 10_000;

/** A text with new values for `{pw}` and the other placeholders. */
export function values(text: string): { readonly filled: string; readonly hidden: string[] } {
  const hidden: string[] = [];
  const filled = text.replace(/\{([a-z]+[0-9]*)\}/g, (found, name: string) => {
    const make = makers[name];
    if (make === undefined) return found;
    count += 1;
    const value = make(count);
    if (value.hidden !== '') hidden.push(value.hidden);
    return value.text;
  });
  return { filled, hidden };
}
