import { matchesValue, parseMatcher } from '../../components/alerting/matchers';
import { type Firing, heartbeat, summary } from '../reality/history';
import type { AlertEvent, SilenceEvent } from '../running/events';
import type { Labels } from '../running/prometheus';

/** A silence, from Alertmanager's API or its events. */
export interface KnownSilence extends Pick<SilenceEvent, 'id' | 'createdBy' | 'start' | 'end'> {
  /** Time of creation, or its start if the creation is unknown. */
  readonly made: number;
  readonly matchers: readonly string[];
}

export interface ReviewInput {
  /** Every alert that the stack has, by name and severity. */
  readonly alerts: readonly { readonly name: string; readonly severity: string }[];
  /** What fired, with the labels of each series. */
  readonly firings: readonly Firing[];
  readonly events: readonly AlertEvent[];
  readonly silences: readonly KnownSilence[];
  /** Unix times in seconds. */
  readonly start: number;
  readonly end: number;
  /** Seconds. Nobody can act on a shorter firing. */
  readonly short: number;
}

export interface Reviewed {
  readonly name: string;
  readonly severity: string;
  readonly times: number;
  /** Seconds that it fired. */
  readonly total: number;
  readonly now: boolean;
  /** Firings shorter than `short`, without a silence. */
  readonly short: number;
  /** The most firings within one hour. */
  readonly perHour: number;
  /** Notifications that it is firing, to all receivers; undefined if no events are known. */
  readonly messages?: number;
  /**
   * Firings without a notification although events are known: inhibited, silenced, or too short.
   */
  readonly unsent: number;
  /** Firings longer than `short` that nobody silenced. */
  readonly unsilenced: number;
}

export interface Review {
  /** Alerts that fired, the most frequent first. */
  readonly fired: readonly Reviewed[];
  readonly neverFired: readonly string[];
  /** Since when Alertmanager's events are known; undefined if there are none. */
  readonly eventsSince?: number;
}

/** An alert with this many firings within one hour flaps. */
export const flapping = 3;

/** Reviews the alerts of a stack in a time range. Series of one alert that overlap count once. */
export function review(input: ReviewInput): Review {
  const { alerts, firings, events, end } = input;
  const eventsSince = events[0]?.time;
  const groups = new Map<string, Firing[]>();
  for (const firing of firings) {
    const { alertname: name = '', severity = '' } = firing.labels;
    if (name === heartbeat) continue;
    const key = `${name} ${severity}`;
    groups.set(key, [...(groups.get(key) ?? []), firing]);
  }
  const fired = [...groups.values()].map((group) => reviewed(group, input, eventsSince));
  const names = new Set(fired.map(({ name }) => name));
  return {
    fired: fired.sort((a, b) => b.times - a.times || b.total - a.total),
    neverFired: [...new Set(alerts.map(({ name }) => name))]
      .filter((name) => name !== heartbeat && !names.has(name))
      .sort(),
    ...(eventsSince === undefined || eventsSince > end ? {} : { eventsSince }),
  };
}

function reviewed(
  group: readonly Firing[],
  { end, short, events, silences }: ReviewInput,
  eventsSince: number | undefined,
): Reviewed {
  const [first] = group;
  const { alertname: name = '', severity = '' } = first?.labels ?? {};
  const { times, total, now } = summary(group, end);
  const spans = merged(group, end);
  const silenced = (span: Span): boolean =>
    silences.some(
      (silence) =>
        silence.made >= span.start - 1 &&
        silence.made <= span.end &&
        span.labels.some((labels) => silence.matchers.every((m) => matches(m, labels))),
    );
  const over = spans.filter((span) => !span.open);
  const quick = over.filter((span) => span.end - span.start < short && !silenced(span));
  const long = spans.filter((span) => span.end - span.start >= short);
  const messages = events.filter(
    (event) =>
      event.kind === 'notification' &&
      event.alerts.some(
        (alert) => alert.name === name && !alert.resolved && severityOf(alert.labels) === severity,
      ),
  );
  const known = eventsSince === undefined ? [] : spans.filter(({ start }) => start >= eventsSince);
  const unsent = known.filter(
    (span) => !messages.some(({ time }) => time >= span.start && time <= span.end + 60),
  );
  return {
    ...{ name, severity, times, total, now },
    short: quick.length,
    perHour: mostWithin(
      spans.map(({ start }) => start),
      3_600,
    ),
    ...(eventsSince === undefined ? {} : { messages: messages.length }),
    unsent: unsent.length,
    unsilenced: long.filter((span) => !silenced(span)).length,
  };
}

const severityOf = (labels: Labels): string => labels['severity'] ?? '';

interface Span {
  readonly start: number;
  readonly end: number;
  readonly open: boolean;
  /** Labels of the series that fired. */
  readonly labels: readonly Labels[];
}

/** Overlapping firings of several series as one. */
function merged(group: readonly Firing[], now: number): Span[] {
  const spans: { start: number; end: number; open: boolean; labels: Labels[] }[] = [];
  for (const firing of [...group].sort((a, b) => a.start - b.start)) {
    const current = spans.at(-1);
    const until = firing.end ?? now;
    const open = firing.end === undefined;
    if (current === undefined || firing.start > current.end) {
      spans.push({ start: firing.start, end: until, open, labels: [firing.labels] });
    } else {
      current.end = Math.max(current.end, until);
      current.open ||= open;
      current.labels.push(firing.labels);
    }
  }
  return spans;
}

/** The most times within a window of so many seconds. */
function mostWithin(times: readonly number[], seconds: number): number {
  return Math.max(
    0,
    ...times.map((from) => times.filter((time) => time >= from && time < from + seconds).length),
  );
}

/** Whether a matcher in Alertmanager's syntax matches labels. */
export function matches(text: string, labels: Labels): boolean {
  const matcher = parseMatcher(text);
  return matcher !== undefined && matchesValue(matcher, labels[matcher.name] ?? '');
}
