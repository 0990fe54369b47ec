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
  /**
   * Texts of which at least one is in every line that the rule changes: finding a text costs a hundredth of a pattern,
   * and most lines have none of them. Or, where no text is in all of them, a pattern that is cheaper than the rule's.
   */
  readonly triggers: readonly string[] | string;
  /** Fewer and shorter texts of which one is in all of these: rules of one family are looked at together. @default none */
  readonly within?: readonly string[];
  /** Lines with what becomes of them by this rule alone. */
  readonly changes: readonly (readonly [line: string, redacted: string])[];
  /** Lines that look alike and stay as they are. */
  readonly leaves: readonly string[];
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

/** A word as people write it: `token`, `Token`, `TOKEN`. */
export const spellings = (...words: readonly string[]): readonly string[] =>
  words.flatMap((word) => [
    ...new Set([word, word.slice(0, 1).toUpperCase() + word.slice(1), word.toUpperCase()]),
  ]);
