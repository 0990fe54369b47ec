import type { Condition } from './rule';

/**
 * A folded line with nothing that looks like a card, a phone number, a key or a wallet: fewer than
 * 14 digits in a row, no groups of digits such as `4111 1111` and `555-123-4567`, and in each word
 * fewer than 22 characters after the first letter that does not occur in hashes.
 *
 * The pattern is deterministic: at each character there is only one way to continue. So Go needs
 * one pass and no memory ("one-pass", https://pkg.go.dev/regexp/syntax), and it takes as long as
 * another pattern needs for a hundred bytes. For this, each part ends with its terminator, and a
 * line ends with one (`folded`).
 */
function ordinaryLine(): string {
  /** After a backslash comes an escaped character that is not a letter of a word. */
  const end = (but = ''): string => `[^0-9a-z\\\\${but}]|\\\\+[^\\n\\\\]`;
  const mixed = `[0-9a-z+]{0,21}(?:${end('+')})`;
  const after = `(?:${end()}|[g-z]${mixed})`;
  const word = `(?:[a-f][0-9a-f]*)?${after}`;
  /** `de` and 20 digits are an IBAN of Germany, whose characters all occur in hashes. */
  const hash = '[a-f][0-9a-f]*';
  const firstWord = `(?:[a-cef][0-9a-f]*|d(?:[0-9a-df][0-9a-f]*|e(?:${hash}|[0-9]{1,17}(?:${hash})?)?)?)?${after}`;
  /** After digits, a letter begins another word. */
  const rest = '[a-z]';
  const some = (digits: number): string =>
    digits === 0 ? `(?:${end()}|${rest})` : `(?:${end()}|${rest}|[0-9]${some(digits - 1)})`;

  const many = (digits: number): string =>
    digits === 13 ? some(0) : `(?:${end()}|${rest}|[0-9]${many(digits + 1)})`;
  const three = `(?:${end(' .-')}|[ .-]${some(3)}|${rest}|[0-9]${many(5)})`;
  const second = `[0-9](?:${end()}|${rest}|[0-9](?:${end()}|${rest}|[0-9]${three}))`;
  const four = `(?:${end(' -')}|[ -]${some(3)}|${rest}|[0-9]${many(5)})`;
  const first =
    `(?:${end(').-')}|[).-](?:${end(' ')}|${rest}|${second}| (?:${end()}|${rest}|${second}))` +
    `|${rest}|[0-9]${four})`;
  return `(?:${firstWord}|[0-9](?:${word}|[0-9](?:${word}|[0-9]${first})))*`;
}

/** The line contains something that could be a card, a phone number, a key or a wallet. */
export const unusual: Condition = { not: ordinaryLine() };
