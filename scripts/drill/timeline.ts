import { peerTimeoutSeconds } from '../../components/alerting/settings-schema';
import type { AlertEvent } from '../running/events';
import type { Delays } from '../incident-kinds';

/** What is known about one incident. Unix times in seconds. */
export interface Observed {
  /** End of the command that broke something, and of the one that repaired it. */
  readonly breach: number;
  readonly healed?: number;
  /** Scrapes of the targets that the rule uses. */
  readonly scrapes: readonly number[];
  /** When the rule's expression first had a result. */
  readonly exceeded?: number;
  /** Evaluations at which the alert became pending, fired, and was resolved. */
  readonly pending?: number;
  readonly firing?: number;
  readonly resolved?: number;
  /** Alertmanager's events since the breach. */
  readonly events: readonly AlertEvent[];
}

export interface Step {
  readonly what: string;
  readonly time: number;
  /** Seconds since the previous step. */
  readonly took: number;
  /** Maximum time of the step, and the reason. @default not limited */
  readonly theory?: { readonly seconds: number; readonly why: string };
}

export interface Timeline {
  readonly steps: readonly Step[];
  /** Seconds from the breach to the first notification; undefined if there is none. */
  readonly toPage?: number;
  /** The maximum of that time. */
  readonly theory: number;
}

/** A notification that reached a receiver. */
interface Reached {
  readonly receiver: string;
  readonly integration: string;
  readonly time: number;
  readonly position: number;
}

/** The steps of an incident in their order, each with its limit. */
export function timeline(alert: string, observed: Observed, delays: Delays): Timeline {
  const { scrapes, exceeded, pending, firing, resolved, healed, events } = observed;
  // A command may take longer than Prometheus needs to notice.
  const breach = Math.min(observed.breach, exceeded ?? Infinity, pending ?? Infinity);
  const firings = notified(alert, events, false, breach);
  const position = firings[0]?.position ?? 0;
  // `for`, rounded up to whole evaluation intervals.
  const hold = Math.ceil(delays.hold / delays.evaluation) * delays.evaluation;
  const steps: Step[] = [];
  let before = breach;
  const add = (what: string, time: number | undefined, limit?: Step['theory']): void => {
    if (time === undefined) return;
    steps.push({ what, time, took: time - before, ...(limit && { theory: limit }) });
    before = Math.max(before, time);
  };
  const limit = (seconds: number, why: string) => ({ seconds, why });
  add('breach', breach);
  const seen = Math.min(exceeded ?? Infinity, pending ?? Infinity);
  // If there is no scrape between breach and pending, the scrape at the breach showed the fault.
  const scraped = Math.min(...scrapes.filter((time) => time >= breach && time <= seen));
  const first = Number.isFinite(scraped) ? scraped : breach;
  add('first scrape', first, limit(delays.scrape, 'scrape interval'));
  if (delays.rise > 0) {
    const why = 'until the mean over the window exceeds the threshold';
    add('exceeded', exceeded, limit(delays.rise, why));
  }
  add('pending', pending, limit(delays.evaluation, 'evaluation interval'));
  if (hold > 0 || firing !== pending) add('firing', firing, limit(hold, '`for`, in evaluations'));
  const peers = position * peerTimeoutSeconds;
  for (const [i, { receiver, integration, time }] of firings.entries()) {
    const why = peers === 0 ? '`group_wait`' : `\`group_wait\`, and ${position} peers`;
    const theory = i === 0 ? limit(delays.groupWait + peers, why) : undefined;
    add(`notified: ${receiver} (${integration})`, time, theory);
  }
  add('fault ended', healed);
  add('resolved', resolved);
  for (const { receiver, integration, time } of notified(alert, events, true, firing ?? breach)) {
    add(`resolved: ${receiver} (${integration})`, time);
  }
  const theory = delays.scrape + delays.rise + delays.evaluation + hold + delays.groupWait + peers;
  const toPage = firings[0] === undefined ? undefined : firings[0].time - breach;
  return { steps, theory, ...(toPage === undefined ? {} : { toPage }) };
}

/** The first notification to each receiver about the alert. */
export function notified(
  alert: string,
  events: readonly AlertEvent[],
  resolved: boolean,
  since: number,
): Reached[] {
  const first = new Map<string, Reached>();
  for (const event of events) {
    if (event.kind !== 'notification' || event.time < since) continue;
    const about = event.alerts.filter(({ name }) => name === alert);
    if (about.length === 0 || about.every((one) => one.resolved) !== resolved) continue;
    const key = `${event.receiver} ${event.integration}`;
    if (!first.has(key)) first.set(key, event);
  }
  return [...first.values()].sort((a, b) => a.time - b.time);
}
