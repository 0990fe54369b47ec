/**
 * Matchers of alerts, in Alertmanager's syntax: `name="value"`, `name!="value"`, `name=~"pattern"`,
 * `name!~"pattern"`. Quotes may be left out around values without special characters.
 *
 * Upstream: https://prometheus.io/docs/alerting/latest/configuration/#matcher
 */
export interface Matcher {
  readonly name: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

const syntax =
  /^([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\\n]|\\["\\n])*)"|([^\s{}!=~,"'`\\]+))$/;

/** Undefined if it is not a matcher. */
export function parseMatcher(text: string): Matcher | undefined {
  const [, name, operator, quoted, plain] = syntax.exec(text) ?? [];
  if (name === undefined) return undefined;
  const value = plain ?? (JSON.parse(`"${quoted}"`) as string);
  return { name, operator: operator as Matcher['operator'], value };
}

/**
 * Syntax that Go's regular expressions lack (look-around, backreferences, escapes of other letters,
 * more than 1,000 repetitions, empty classes), or that means something else in JavaScript (Unicode
 * classes `\p`, POSIX classes `[[:alpha:]]`).
 */
const notInGo =
  /\(\?(?:[=!]|<[=!])|\\[1-9ceghijklmopquyFGHIJKLMNOPRTUVXYZ]|\{\d*,?(?!1000\D)\d{4,}[,}]|\[\^?\]|\[\[:/;

/** Whether Alertmanager accepts the text as a matcher. */
export function isMatcher(text: string): boolean {
  const matcher = parseMatcher(text);
  if (matcher === undefined) return false;
  return !matcher.operator.endsWith('~') || isPattern(matcher.value);
}

/** Whether the servers accept the regular expression, and it means the same in JavaScript. */
export const isPattern = (text: string): boolean => pattern(text) !== undefined;

/** A Go pattern that must match a whole value; undefined if it is invalid. */
function pattern(text: string): RegExp | undefined {
  if (notInGo.test(text)) return undefined;
  const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(text) ?? [];
  try {
    return new RegExp(`^(?:${rest.replaceAll('(?P<', '(?<')})$`, [...new Set(flags)].join(''));
  } catch {
    return undefined;
  }
}

/** Whether it matches the value of its label. A missing label has the value `''`. */
export function matchesValue({ operator, value }: Matcher, own: string): boolean {
  const same = operator.endsWith('~') ? pattern(value)?.test(own) === true : own === value;
  return operator.startsWith('!') ? !same : same;
}
