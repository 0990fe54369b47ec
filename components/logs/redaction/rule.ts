/**
 * A rule for data that must not reach the log store. Patterns are RE2
 * (https://github.com/google/re2/wiki/Syntax) without capturing groups, because each agent adds its
 * own: Promtail replaces the captured text, and the collector writes back the text around it.
 */
export interface RedactionRule {
  readonly name: string;
  /** Parts of the match that stay, before and after the secret. @default nothing */
  readonly before?: string;
  readonly secret: string;
  readonly after?: string;
  /** Replacement for the secret. Must not contain `$` or `{{`. */
  readonly replacement: string;
  /** A condition in addition to that of the group. @default none */
  readonly when?: Condition;
  /** Example lines and the result of this rule alone. */
  readonly changes: readonly (readonly [line: string, redacted: string])[];
  /** Similar lines that the rule must not change. */
  readonly leaves: readonly string[];
}

/**
 * Selects the lines that a rule is applied to. It must be true for every line that the rule
 * changes.
 *
 * - Strings: the folded line (`folded`) contains one of them. A search for a string costs a
 *   hundredth of a pattern. It is ten times as fast again if the string starts with a rare letter:
 *   `ken` is found ten times as fast as `token`.
 * - A pattern that matches the line, case-insensitive.
 * - A pattern that does not match the whole folded line.
 */
export type Condition = readonly string[] | { readonly matches: string } | { readonly not: string };

/** Rules with a common condition. */
export interface RedactionGroup {
  readonly name: string;
  /** @default the strings of its rules */
  readonly when?: Condition;
  /**
   * Strings that open the theme for this group, if they are fewer than its own strings. This is
   * possible if every line that its rules change also matches another group or is unusual. @default
   * its own
   */
  readonly opens?: readonly string[];
  /** Whether its rules write text that later conditions search for. @default false */
  readonly changesText?: boolean;
  readonly rules: readonly RedactionRule[];
}

/** Groups behind one common condition. For most lines, only this condition is evaluated. */
export interface RedactionTheme {
  readonly name: string;
  readonly when: Condition;
  readonly groups: readonly RedactionGroup[];
}

/** The rule as one pattern. @param group start of each group: `(?:`, or `(` to capture */
export function patternOf(
  { before = '', secret, after = '' }: RedactionRule,
  group: { readonly around: '(?:' | '('; readonly secret: '(?:' | '(' },
): string {
  const kept = (part: string): string =>
    part === '' && group.around === '(?:' ? '' : `${group.around}${part})`;
  return `${kept(afterEscape(before))}${group.secret}${secret})${kept(after)}`;
}

/**
 * Lets a word also start after an escaped line break, a tab or an escape of URLs. In JSON, `a\nPIN
 * 4711` has the letter `n` before `PIN`, so neither `\b` nor a class without letters matches there.
 */
function afterEscape(before: string): string {
  const escape = '\\\\[nrtbf]|%[0-9A-F]{2}';
  return before
    .replace(/(^|\(\?i?:|\|)\\b(?=[A-Za-z0-9([|])/g, `$1(?:${escape}|\\b)`)
    .replace(/^(\(\?i:)?\(\?:\^\|/, `$1(?:${escape}|^|`);
}

/**
 * Values that Caddy masks itself. They are removed from the folded line, because they need no
 * check.
 */
export const harmless = ['authorization":["redacted"]', 'cookie":["redacted"]'] as const;

/** The line as the conditions see it. It ends with a character that terminates every word. */
export const folded = (line: string): string =>
  `${harmless.reduce((text, known) => text.replaceAll(known, ''), line.toLowerCase())}.`;

/**
 * Marks text that the rules for text must skip. The last rule removes the mark. It is a private-use
 * character, which programs do not write.
 */
export const keep = '\u{e000}';

/**
 * What may precede a value: the start of the line, a character that is neither a letter nor a
 * digit, or an escape of JSON or URLs.
 */
export const start = '(?:^|[^0-9A-Za-z]|\\\\[nrtbf]|\\\\u[0-9a-fA-F]{4}|%(?:25)*[0-9a-fA-F]{2})';

/** A token that may be short: a capital between two digits, and a letter after them. */
export const shortToken =
  '[A-Za-z]{0,8}[0-9][a-z0-9]{0,4}[A-Z][A-Za-z_-]*[0-9][A-Za-z][A-Za-z0-9_-]{3,}';

/** A quote, also inside a JSON string at any depth. */
export const quote = '\\\\*["\']';

/** Characters as URLs encode them, once or twice. */
export const encoded = {
  at: '(?:@|%(?:25)*40|&#(?:64|[xX]40);)',
  is: '(?:=|%(?:25)*3[dD])',
  plus: '(?:\\+|%(?:25)*2[bB])',
} as const;

/** A double quote in HTML, in a URL that may be encoded twice, and as nginx writes it. */
export const encodedQuote = '(?:&quot;|&#(?:34|[xX]22);|%(?:25)*22|\\\\+u0022|\\\\+x22)';

/** Folded strings. Every line with such a quote contains at least one of them. */
export const encodedQuoteTexts = [
  ...['&quot;', '&#34;', '&#x22;', '%22', '%2522', '252522', 'u0022', '\\x22'],
] as const;

/** What may stand between such quotes. */
export const encodedText =
  '(?:[^&%\\s"\\\\]|%[013-9a-fA-F][0-9a-fA-F]|%2[013-46-9a-fA-F]|%(?:25)+(?:[g-zG-Z]|[013-9a-fA-F][0-9a-fA-F]|2[013-9a-fA-F]))+';

/** What separates a name between such quotes from its value. */
export const encodedColon = `${encodedQuote}\\s*(?::|%(?:25)*3[aA])(?:\\s|%(?:25)*20|\\+)*${encodedQuote}`;

/** Any JSON string, which may be truncated at the end of the line. */
const text = '"(?:[^"\\\\]|\\\\.)*"';

/** A quoted text in a JSON string, at any depth, without quotes in it. */
export const escapedText = '\\\\+"(?:[^"\\\\]|\\\\+[^"\\\\])*\\\\+"';

/** The same with quotes, which have three backslashes there, and seven one level deeper. */
export const escapedQuotes =
  '\\\\"(?:[^"\\\\]|\\\\{3,}"|\\\\+[^"\\\\])*\\\\"|\\\\{3}"(?:[^"\\\\]|\\\\{7,}"|\\\\+[^"\\\\])*\\\\{3}"';

/** A JSON list or object with balanced brackets, up to a nesting depth. */
function braced(depth: number): string {
  const inner = depth === 0 ? '' : `|${braced(depth - 1)}`;
  return `[{\\[](?:[^"{}\\[\\]]|${text}${inner})*[}\\]]`;
}

/** The same inside a JSON string, at any depth. A bracket inside an inner string is miscounted. */
const bracedInText = (depth: number): string =>
  `[{\\[](?:[^{}\\[\\]"\\\\]|\\\\.${depth === 0 ? '' : `|${bracedInText(depth - 1)}`})*[}\\]]`;

/** A hash of a password with Argon2. Its commas would end another value. */
export const argon2Hash = '\\$argon2[^\\s"\'\\\\]+';

export const json = {
  text: '"(?:[^"\\\\]|\\\\.)*"?',
  /** A string that is not empty. */
  filled: '"(?:[^"\\\\]|\\\\.)+"?',
  number: '-?[0-9][0-9.eE+-]*',
  /**
   * A pattern cannot count brackets. Another rule drops deeper values up to the end of the line.
   */
  composed: braced(7),
  composedInText: bracedInText(5),
  /** A character of a string in JSON that is itself in a string. */
  inString: '(?:[^"\\\\]|\\\\{2,}[^"\\\\]|\\\\{3,}"|\\\\[nrtbfu/])',
} as const;

/** Letters in log lines, from the rarest to the most common. */
const common = 'zjxqwkvyfbpghumldcnsraotie';

/**
 * Returns the substring to search for. It skips up to two leading letters if the next letter is
 * rarer. A search jumps between occurrences of the first letter, so this takes a tenth of the time.
 */
export function searched(text: string): string {
  let best = 0;
  for (let i = 1; i <= 2 && i + 5 <= text.length && /^[a-z]+$/.test(text.slice(0, i + 1)); i += 1) {
    if (common.indexOf(text[i] ?? '') < common.indexOf(text[best] ?? '')) best = i;
  }
  return text.slice(best);
}

/** Substrings to search for. A text that contains another one is left out. */
export function needed(texts: readonly string[]): readonly string[] {
  const all = [...new Set(texts.map(searched))];
  return all.filter((text) => !all.some((other) => other !== text && text.includes(other)));
}
