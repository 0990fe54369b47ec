/**
 * One rule of what must not reach the log store. Patterns are RE2 (https://github.com/google/re2/wiki/Syntax) without
 * capturing groups, so that both agents can build what they need of them: Promtail replaces what a group captured,
 * the collector writes back what stands around it.
 */
export interface RedactionRule {
  readonly name: string;
  /** What stays of the match, in front of the secret and behind it. @default nothing */
  readonly before?: string;
  readonly secret: string;
  readonly after?: string;
  /** What is written in place of the secret; no `$`, no `{{`. */
  readonly replacement: string;
  /** A condition on top of the group's. @default none */
  readonly when?: Condition;
  /** Lines with what becomes of them by this rule alone. */
  readonly changes: readonly (readonly [line: string, redacted: string])[];
  /** Lines that look alike and stay as they are. */
  readonly leaves: readonly string[];
}

/**
 * Which lines a rule is tried on; it has to hold for every line that the rule changes.
 *
 * - Texts, of which one is in the folded line (`folded`). Finding a text costs a hundredth of a pattern, and a tenth of that
 *   if the text begins with a letter that is rare in lines: `ken` is found ten times as fast as `token`.
 * - A pattern that matches the line, without regard to case.
 * - A pattern that does not match the whole folded line.
 */
export type Condition = readonly string[] | { readonly matches: string } | { readonly not: string };

/** Rules that are looked at together. */
export interface RedactionGroup {
  readonly name: string;
  /** @default the texts of its rules */
  readonly when?: Condition;
  /**
   * Texts that open a line for it, where these are fewer than its own: what its rules change has something of another group in
   * it, or is unusual. @default its own
   */
  readonly opens?: readonly string[];
  /** Do its rules write what later conditions look for? @default false */
  readonly changesText?: boolean;
  readonly rules: readonly RedactionRule[];
}

/** Groups that one condition opens: on most lines it is all that is asked of them. */
export interface RedactionTheme {
  readonly name: string;
  readonly when: Condition;
  readonly groups: readonly RedactionGroup[];
}

/** The rule as one pattern. @param group opens a group around each part: `(?:`, or `(` to capture */
export function patternOf(
  { before = '', secret, after = '' }: RedactionRule,
  group: { readonly around: '(?:' | '('; readonly secret: '(?:' | '(' },
): string {
  const kept = (part: string): string =>
    part === '' && group.around === '(?:' ? '' : `${group.around}${part})`;
  return `${kept(before)}${group.secret}${secret})${kept(after)}`;
}

/** What Caddy masks itself is no reason to look at a line. These go from the folded line. */
export const harmless = ['authorization":["redacted"]', 'cookie":["redacted"]'] as const;

/** The line as conditions see it; the sign at its end is what every word ends with. */
export const folded = (line: string): string =>
  `${harmless.reduce((text, known) => text.replaceAll(known, ''), line.toLowerCase())}.`;

/**
 * Stands in front of what the rules for text must not take for a secret, while they run; the last rule removes it. A
 * character for private use, which no program writes.
 */
export const keep = '\u{e000}';

/** In front of a value: the line's beginning, no letter or digit, or what JSON and URLs write for a character. */
export const start = '(?:^|[^0-9A-Za-z]|\\\\[nrtbf]|\\\\u[0-9a-fA-F]{4}|%(?:25)*[0-9a-fA-F]{2})';

/** Characters as URLs write them, once or twice. */
export const encoded = {
  at: '(?:@|%(?:25)*40)',
  is: '(?:=|%(?:25)*3[dD])',
  plus: '(?:\\+|%(?:25)*2[bB])',
} as const;

/** Any JSON text, which may be cut off at the end of the line. */
const text = '"(?:[^"\\\\]|\\\\.)*"';

/** A list or an object of JSON, closed as it was opened, so many levels deep. */
function braced(depth: number): string {
  const inner = depth === 0 ? '' : `|${braced(depth - 1)}`;
  return `[{\\[](?:[^"{}\\[\\]]|${text}${inner})*[}\\]]`;
}

export const json = {
  text: '"(?:[^"\\\\]|\\\\.)*"?',
  number: '-?[0-9][0-9.eE+-]*',
  /** A pattern cannot count: what lies deeper is dropped to the end of the line by a rule of its own. */
  composed: braced(7),
} as const;

/** Letters of log lines from the rarest to the most common. */
const common = 'zjxqwkvyfbpghumldcnsraotie';

/**
 * What is looked for in place of a text: without a letter or two in front, where the next one is rarer. A search goes from one
 * place with the first letter to the next, so this takes a tenth of the time.
 */
export function searched(text: string): string {
  let best = 0;
  for (let i = 1; i <= 2 && i + 5 <= text.length && /^[a-z]+$/.test(text.slice(0, i + 1)); i += 1) {
    if (common.indexOf(text[i] ?? '') < common.indexOf(text[best] ?? '')) best = i;
  }
  return text.slice(best);
}
