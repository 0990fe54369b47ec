import { canonical, type Change, compare, listOf, type Side } from './change';
import { configurationFiles } from './parsed';

interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** If more expressions than this change in more than a number, only the alerts' names are shown. */
const mostExpressions = 3;

/**
 * Alerts whose condition changed, added and removed alerts, and alerts with only text changes.
 */
export function alertLines(changes: readonly Change[]): string[] {
  const { added, removed, kept } = matched(alerts(changes, 'old'), alerts(changes, 'new'));
  const lines: string[] = [];
  const expressions: AlertRule[] = [];
  const texts: AlertRule[] = [];
  for (const [was, now] of kept) {
    const numbers = changedNumbers(was.expr, now.expr);
    const differences = [...(numbers ?? []), ...differencesOf(was, now)];
    if (differences.length > 0) lines.push(`~ ${now.alert}: ${differences.join('; ')}`);
    if (numbers === undefined) expressions.push(now);
    else if (differences.length === 0) texts.push(now);
  }
  return [
    ...lines,
    ...added.map((rule) => `+ ${title(rule)}`),
    ...removed.map((rule) => `- ${title(rule)}`),
    ...(expressions.length > mostExpressions
      ? [`~ other expressions: ${names(expressions)}`]
      : expressions.map(({ alert, expr }) => `~ ${alert}: other expression, ${shortened(expr)}`)),
    ...(texts.length > 0 ? [`~ other texts: ${names(texts)}`] : []),
  ];
}

const names = (rules: readonly AlertRule[]): string =>
  [...new Set(rules.map(({ alert }) => alert))].join(', ');

interface Matched {
  readonly added: readonly AlertRule[];
  readonly removed: readonly AlertRule[];
  /** Rules that differ: before and after. */
  readonly kept: readonly (readonly [was: AlertRule, now: AlertRule])[];
}

/**
 * Pairs rules with the same name and severity: first identical rules, then rules with the same
 * expression, then the others in order. If there are fewer afterwards, the rest was removed.
 */
function matched(before: readonly AlertRule[], after: readonly AlertRule[]): Matched {
  const left = new Set(before);
  const unpaired = new Set(after);
  const kept: [AlertRule, AlertRule][] = [];
  const pair = (keyOf: (rule: AlertRule) => string): void => {
    for (const now of unpaired) {
      const was = [...left].find((rule) => keyOf(rule) === keyOf(now));
      if (was === undefined) continue;
      left.delete(was);
      unpaired.delete(now);
      if (canonical(was) !== canonical(now)) kept.push([was, now]);
    }
  };
  const identity = ({ alert, labels }: AlertRule): string => `${alert} ${labels?.['severity']}`;
  pair(canonical);
  pair((rule) => `${identity(rule)} ${rule.expr}`);
  pair((rule) => `${identity(rule)} ${rule.expr.replace(/\d[\w.]*/g, '0')}`);
  pair(identity);
  pair(({ alert }) => alert);
  return { added: [...unpaired], removed: [...left], kept };
}

/** Recording rules. They notify nobody, but other queries may use them. */
export function recordingLines(changes: readonly Change[]): string[] {
  const records = (side: Side): ReadonlyMap<string, string> =>
    new Map(
      rules(changes, side).flatMap((rule) =>
        typeof rule['record'] === 'string'
          ? [[`${rule['record']}${canonical(rule['labels'])}`, canonical(rule)]]
          : [],
      ),
    );
  const { added, removed, kept } = compare(records('old'), records('new'));
  const nameOf = ([key]: readonly [string, ...unknown[]]): string => key.replace(/\[.*$/s, '');
  const names = (sign: string, items: readonly (readonly [string, ...unknown[]])[]): string[] => [
    ...new Set(items.map((item) => `${sign} ${nameOf(item)}`)),
  ];
  return [
    ...names('+', added),
    ...names('-', removed),
    ...names(
      '~',
      kept.filter(([, was, now]) => was !== now),
    ),
  ];
}

/** All rules of all changed files. A rule that moves to another file is not a change. */
function rules(
  changes: readonly Change[],
  side: Side,
): readonly Readonly<Record<string, unknown>>[] {
  return configurationFiles(changes, side).flatMap(({ content }) =>
    listOf(content['groups']).flatMap((group) => listOf(group['rules'])),
  );
}

function alerts(changes: readonly Change[], side: Side): AlertRule[] {
  return rules(changes, side).filter(
    (rule): rule is AlertRule & Readonly<Record<string, unknown>> =>
      typeof rule['alert'] === 'string' && typeof rule['expr'] === 'string',
  );
}

const atOnce = (wait: string | undefined): boolean => wait === undefined || /^0\w+$/.test(wait);

/** The summary of a rule, or its expression if it has none. */
function title({ alert, for: wait, labels, annotations, expr }: AlertRule): string {
  const words = [labels?.['severity'], atOnce(wait) ? 'at once' : `after ${wait}`];
  const summary = annotations?.['summary']
    ?.replace(/\{\{-?\s*\$labels\.(\w+)\s*-?\}\}/g, '<$1>')
    .replace(/\{\{.*?\}\}/gs, '…');
  return `${alert} (${words.filter((word) => word !== undefined).join(', ')}): ${shortened(summary ?? expr)}`;
}

function differencesOf(was: AlertRule, now: AlertRule): string[] {
  const field = (name: 'for' | 'keep_firing_for'): string[] =>
    was[name] === now[name] ? [] : [`${name} ${was[name] ?? 'none'} → ${now[name] ?? 'none'}`];
  const labels = compare(
    new Map(Object.entries(was.labels ?? {})),
    new Map(Object.entries(now.labels ?? {})),
  );
  return [
    ...field('for'),
    ...field('keep_firing_for'),
    ...labels.added.map(([name, value]) => `label ${name} none → ${value}`),
    ...labels.removed.map(([name, value]) => `label ${name} ${value} → none`),
    ...labels.kept
      .filter(([, before, after]) => before !== after)
      .map(([name, before, after]) => `label ${name} ${before} → ${after}`),
  ];
}

/** Tokens: names, numbers (with a unit), strings, comparisons, and single characters. */
const token = /[A-Za-z_:][\w:]*|\d[\w.]*|"(?:[^"\\]|\\.)*"|[<>=!]=|\S/g;
const isNumber = (text: string): boolean => /^\d/.test(text);

/** `> 0.05 → > 0.1` if only numbers differ; otherwise undefined. */
export function changedNumbers(was: string, now: string): string[] | undefined {
  const [before, after] = [was.match(token) ?? [], now.match(token) ?? []];
  const differing = after.flatMap((text, i) => (text === before[i] ? [] : [i]));
  const numbersOnly =
    before.length === after.length &&
    differing.every((i) => isNumber(before[i] ?? '') && isNumber(after[i] ?? ''));
  if (!numbersOnly) return undefined;
  const pairs = differing.map((i) => {
    const comparison = /^[<>=!]=?$/.test(after[i - 1] ?? '') ? `${after[i - 1]} ` : '';
    return `${comparison}${before[i]} → ${comparison}${after[i]}`;
  });
  return [...new Set(pairs)];
}

function shortened(expr: string, longest = 120): string {
  const line = expr.replace(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}
