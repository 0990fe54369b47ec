import type { TargetSettings } from '../metrics/settings-schema';
import { furtherProblems, type RawSettings } from './checks';
import { type Change, commandOf, type Fix, keyOf } from './commands';
import { decodeAll } from './decode';
import { type Problem, problemsOf } from './problems';
import { type ParsedSettings, settingsSchema } from './schema';
import { inTypes } from './schema-walk';
import { soundPart, withDefaults } from './sound-part';
import { mergedTargets } from './targets';
import { type Config, applied } from './what-if';

/** A problem as an operator sees it. */
export interface Refused extends Omit<Problem, 'fix' | 'choices'> {
  /** Command that solves the problem. */
  readonly fix: string;
}

export interface CheckedSettings {
  readonly parsed: ParsedSettings;
  readonly jobs: Readonly<Record<string, TargetSettings>>;
  /** All problems, in the order in which the operator should run the commands. */
  readonly problems: readonly Refused[];
}

/** More rounds than needed. A round only finds problems that wrong values hid in the one before. */
const rounds = 8;

/**
 * Checks a config and changes nothing. A wrong value can hide other problems, so the check applies
 * its own suggested commands and checks again. An operator who runs all of them ends with a valid
 * config.
 */
export function checkSettings(raw: RawSettings): CheckedSettings {
  const values = decodeAll(raw.values);
  let config: Config = { ...raw, otherKeys: raw.otherKeys ?? [], values };
  const first = judge(config);
  let found: readonly Problem[] = withBestWords(config, first.problems);
  let latest = found;
  for (let round = 1; round < rounds && latest.length > 0; round += 1) {
    config = latest.flatMap(({ fix }) => fix).reduce(applied, config);
    latest = withBestWords(config, judge(config).problems);
    found = latest.reduce(withFollowing, found);
  }
  const problems = inOrder(found).map(({ key, what, fix }) => ({ key, what, fix: commandOf(fix) }));
  return { ...first, problems };
}

function judge(
  config: Config,
): Omit<CheckedSettings, 'problems'> & { readonly problems: readonly Problem[] } {
  const values = inTypes(config.values) as Config['values'];
  const { data, error } = settingsSchema.safeParse(values);
  const known = error === undefined ? [] : problemsOf(error, values, config.secretKeys);
  // Also check the settings that are valid.
  const parsed = data === undefined ? soundPart(values) : withDefaults(data, values);
  const jobs = mergedTargets(parsed);
  const further = furtherProblems({ raw: { ...config, values }, parsed, jobs, known });
  return { parsed, jobs, problems: [...known, ...further] };
}

/**
 * Suggests for an unknown word the one that contradicts the fewest other settings. With any other
 * one, the next rounds would suggest to remove these settings, for example all of a stack on
 * Kubernetes.
 */
function withBestWords(config: Config, problems: readonly Problem[]): readonly Problem[] {
  return problems.map((problem): Problem => {
    const { choices = [] } = problem;
    if (choices.length === 0) return problem;
    const left = (fix: Fix): number => {
      const others = problems.flatMap((other) => (other === problem ? [] : other.fix));
      return judge([...others, ...fix].reduce(applied, config)).problems.length;
    };
    const [best = problem.fix] = [problem.fix, ...choices]
      .map((fix) => ({ fix, count: left(fix) }))
      .sort((a, b) => a.count - b.count)
      .map(({ fix }) => fix);
    return { ...problem, fix: best };
  });
}

/**
 * Adds a problem that only appears after earlier ones are solved. If an earlier problem already has
 * a command for the same key, that command is corrected. Otherwise the problem is new.
 */
function withFollowing(found: readonly Problem[], next: Problem): readonly Problem[] {
  const places = next.fix.map(placeOf);
  const earlier = found.find(({ fix }) => fix.some((change) => places.includes(placeOf(change))));
  if (earlier === undefined) return [...found, next];
  const kept = earlier.fix.filter((change) => !next.fix.some((now) => overrules(now, change)));
  const fix: Fix = [...kept, ...next.fix];
  return found.map((problem) => (problem === earlier ? { ...problem, fix } : problem));
}

/** Whether the new command undoes the earlier one. */
function overrules(now: Change, before: Change): boolean {
  const [place, earlier] = [placeOf(now), placeOf(before)];
  if (now.kind !== 'remove') return before.kind !== 'remove' && place === earlier;
  return earlier === place || earlier.startsWith(`${place}.`) || earlier.startsWith(`${place}[`);
}

function placeOf(change: Change): string {
  switch (change.kind) {
    case 'stack':
      return 'stack';
    case 'remove-foreign':
      return change.key;
    default:
      return keyOf(change.path);
  }
}

/**
 * Removing an element of a list shifts the elements after it. So these commands come last, and
 * start with the highest index.
 */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const index = ({ fix }: Problem): number => {
    const [change] = fix;
    const last = change?.kind === 'remove' ? change.path.at(-1) : undefined;
    return typeof last === 'number' ? last : -1;
  };
  const moving = problems.filter((problem) => index(problem) >= 0);
  return [
    ...problems.filter((problem) => index(problem) < 0),
    ...moving.sort((a, b) => index(b) - index(a)),
  ];
}

/** The message with all problems, and with the commands that are known. */
export function refusalText(
  stack: string,
  problems: readonly (Pick<Refused, 'key' | 'what'> & Partial<Refused>)[],
): string {
  const count = problems.length === 1 ? '1 setting' : `${problems.length} settings`;
  const lines = problems.map(
    ({ key, what, fix }) =>
      `  ${key}: ${what}${fix === undefined ? '' : `\n      Example: ${fix}`}`,
  );
  return `${count} of stack "${stack}" cannot be used. Nothing was changed.\n\n${lines.join('\n')}\n`;
}
