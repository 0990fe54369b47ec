import type { Condition } from './redaction-rule';

/**
 * A folded line without anything that looks like a card, a phone, a key or a wallet: fewer than 14 digits in a row; no groups of
 * digits as `4111 1111` and `555-123-4567`; in a word fewer than 22 characters behind the first letter that no hash has.
 *
 * Each character leaves one way to go on, whatever follows, so Go needs one pass over the line and no memory ("one-pass",
 * https://pkg.go.dev/regexp/syntax): what a card looks like can be ruled out in the time of a hundred bytes of another pattern. So each
 * part ends with the sign that ends it, and a line ends with one (`folded`).
 */
function ordinaryLine(): string {
  /** Behind a backslash stands a letter that is none. */
  const end = (but = ''): string => `[^0-9a-z\\\\${but}]|\\\\+[^\\n\\\\]`;
  const mixed = `[0-9a-z+]{0,21}(?:${end('+')})`;
  const word = `(?:[a-f][0-9a-f]*)?(?:${end()}|[g-z]${mixed})`;
  /** Behind some digits there is no need to count. */
  const rest = `[a-z][0-9a-z]*(?:${end()})`;
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
  return `(?:${word}|[0-9](?:${word}|[0-9](?:${word}|[0-9]${first})))*`;
}

/** There is something in the line that could be a card, a phone, a key or a wallet. */
export const unusual: Condition = { not: ordinaryLine() };
