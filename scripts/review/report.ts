import { columns } from '../columns';
import { ago } from '../reality/words';
import { flapping, type Review, type Reviewed } from './review';

export interface Context {
  readonly stack: string;
  /** Seconds that were looked at, and that were asked for. */
  readonly had: number;
  readonly asked: number;
  /** Seconds within which a firing is short. */
  readonly short: number;
  /** Unix time in seconds. */
  readonly now: number;
  /** Where the events are from, in words. */
  readonly eventsFrom: string;
}

/** The review for the terminal. */
export function asText(review: Review, context: Context): string {
  const { fired, neverFired } = review;
  const rows = fired.map((alert) => [
    alert.name,
    alert.severity,
    `${alert.times} ×`,
    ago(alert.total),
    `${alert.perHour}`,
    `${alert.short}`,
    alert.messages === undefined ? '?' : `${alert.messages}`,
    `${alert.unsilenced}`,
    alert.now ? 'fires' : '',
  ]);
  const head = [
    'ALERT',
    'SEVERITY',
    'FIRED',
    'TOTAL',
    'PER HOUR',
    'SHORT',
    'SENT',
    'NO SILENCE',
    'NOW',
  ];
  return [
    `Alerts of stack "${context.stack}" over ${history(context)}`,
    '',
    fired.length === 0 ? 'No alert fired.' : columns(head, rows),
    '',
    ...advice(fired, context),
    ...listed(`Never fired (${neverFired.length}):`, neverFired),
    'A drill shows that an alert can fire: make drill KIND=all',
    '',
    ...limits(review, context),
    '',
  ].join('\n');
}

const history = ({ had, asked }: Context): string =>
  had >= asked ? ago(asked) : `${ago(had)} (there is no older data; ${ago(asked)} requested)`;

/** Lists alerts by what to do about them. */
function advice(fired: readonly Reviewed[], { short }: Context): string[] {
  const named = (wanted: (alert: Reviewed) => boolean): string[] => [
    ...new Set(fired.filter(wanted).map(({ name }) => name)),
  ];
  const flaps = named(({ perHour }) => perHour >= flapping);
  const quick = named(({ times, short: count }) => count > 0 && count * 2 >= times);
  const unsent = named((alert) => alert.unsent > 0);
  const open = named((alert) => alert.unsilenced > 0);
  return [
    ...listed(
      `Flapped, ${flapping} times or more within an hour (raise \`for\` or keepFiringFor):`,
      flaps,
    ),
    ...listed(
      `Mostly resolved within ${ago(short)}, before anybody could act (raise \`for\`, or lower the severity):`,
      quick,
    ),
    ...listed(
      'Fired without a message (inhibited, muted, silenced, or resolved before it was sent):',
      unsent,
    ),
    ...listed(`Lasted longer than ${ago(short)}, and nobody silenced them:`, open),
  ];
}

function listed(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const lines: string[] = [];
  for (const name of names) {
    const line = lines.at(-1);
    if (line === undefined || line.length + name.length > 96) lines.push(`  ${name}`);
    else lines[lines.length - 1] = `${line}, ${name}`;
  }
  return [title, ...lines, ''];
}

/** Limits of this review. */
function limits({ eventsSince }: Review, { now, eventsFrom, had }: Context): string[] {
  const events =
    eventsSince === undefined
      ? `There are no events of Alertmanager in ${eventsFrom}, so SENT is unknown.`
      : now - eventsSince < had * 0.98
        ? `SENT counts Alertmanager's events in ${eventsFrom}, which begin ${ago(now - eventsSince)} ago.`
        : `SENT counts Alertmanager's events in ${eventsFrom}.`;
  return [
    events,
    'Acknowledgements in PagerDuty and reactions in Slack are not available here: NO SILENCE only means that nobody created a silence.',
  ];
}
