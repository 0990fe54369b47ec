import { columns } from '../columns';
import type { Timeline } from './timeline';

export interface Drill extends Timeline {
  readonly kind: string;
  readonly alert: string;
  readonly what: string;
}

/** A page may take this many times the expected time. */
export const tolerance = 1.05;

/** Whether the notification came in time. */
export const inTime = ({ toPage, theory }: Pick<Drill, 'toPage' | 'theory'>): boolean =>
  toPage !== undefined && toPage <= theory * tolerance;

/** One drill for the terminal. */
export function asText(drill: Drill): string {
  const rows = drill.steps.map(({ what, time, took, theory }) => [
    clock(time),
    what,
    `+${took.toFixed(1)} s`,
    theory === undefined ? '' : `at most ${number(theory.seconds)} s`,
    theory?.why ?? '',
  ]);
  return (
    `Drill "${drill.kind}": ${drill.what}. Alert: ${drill.alert}\n\n` +
    `${columns(['TIME', 'STEP', 'TOOK', 'THEORY', ''], rows)}\n\n${verdict(drill)}\n`
  );
}

export function verdict(drill: Drill): string {
  const { toPage, theory } = drill;
  if (toPage === undefined) return `No notification arrived. Expected within ${number(theory)} s.`;
  const share = `${toPage.toFixed(1)} s from breach to notification, ${(toPage / theory).toFixed(2)} times the expected ${number(theory)} s`;
  return inTime(drill) ? `In time: ${share}.` : `Late: ${share}; at most ${tolerance} is allowed.`;
}

/** The report of all drills. */
export function asMarkdown(stack: string, drills: readonly Drill[], date: Date): string {
  const late = drills.filter((drill) => !inTime(drill));
  return [
    `# Drills on stack ${stack}, ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    '',
    `${drills.length - late.length} of ${drills.length} notifications arrived in time: within ${tolerance} times the expected time.`,
    '',
    '| incident | alert | breach to notification | theory | ratio |',
    '| --- | --- | --- | --- | --- |',
    ...drills.map(({ kind, alert, toPage, theory }) => {
      const took = toPage === undefined ? 'none arrived' : `${toPage.toFixed(1)} s`;
      const ratio = toPage === undefined ? '–' : (toPage / theory).toFixed(2);
      return `| ${kind} | ${alert} | ${took} | ${number(theory)} s | ${ratio} |`;
    }),
    '',
    ...drills.flatMap((drill) => [
      `## ${drill.kind}`,
      '',
      `${drill.what[0]?.toUpperCase()}${drill.what.slice(1)}. ${verdict(drill)}`,
      '',
      '| time | step | took | theory | why |',
      '| --- | --- | --- | --- | --- |',
      ...drill.steps.map(
        ({ what, time, took, theory }) =>
          `| ${clock(time)} | ${what} | +${took.toFixed(1)} s | ${theory === undefined ? '' : `≤ ${number(theory.seconds)} s`} | ${theory?.why ?? ''} |`,
      ),
      '',
    ]),
  ].join('\n');
}

/** Local time with tenths of a second. */
const clock = (time: number): string => {
  const date = new Date(time * 1000);
  return `${date.toTimeString().slice(0, 8)}.${Math.floor(date.getMilliseconds() / 100)}`;
};

const number = (seconds: number): string => String(Math.round(seconds * 10) / 10);
