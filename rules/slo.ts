import { type Expr, like, noneOf, oneOf, orZero, over, selector, sum } from '../telemetry';
import type { Context } from './context';
import type { DashboardUid, Service } from './model';
import { jobs } from './options';
import { scoped } from './scope';
import type { SloKey } from './slo-schema';

/** Names of the alerts on error budgets: each has a runbook and a promtool test of its name. */
export const sloAlertNames = [
  'ApiAvailabilityBudgetBurn',
  'ApiLatencyBudgetBurn',
  'WebSocketDeliveryBudgetBurn',
  'StripeWebhookBudgetBurn',
  'LoginBudgetBurn',
  'UptimeBudgetBurn',
] as const;

/** Value of the label `slo`. */
export type SloName =
  | 'api-availability'
  | 'api-latency'
  | 'websocket-delivery'
  | 'stripe-webhooks'
  | 'login'
  | 'uptime';

/** Events of one process, as counters. */
export interface Counters {
  readonly events: Expr<'job' | 'instance'>;
  readonly bad: Expr<'job' | 'instance'>;
}

/**
 * What is counted. Counters are recorded by process first; a gauge of 1 and 0 is counted by its
 * samples.
 */
export type Indicator =
  | ({ readonly kind: 'counters' } & Counters)
  | {
      readonly kind: 'samples';
      readonly succeeded: Expr;
      /** Restricts it to what succeeded lately, where AudiFi does not have to run. */
      readonly lately?: Expr;
    };

/** One service level objective of a stack. */
export interface Slo {
  readonly key: SloKey;
  readonly name: SloName;
  readonly alert: (typeof sloAlertNames)[number];
  /** As people call it, in texts and panels. */
  readonly title: string;
  /** What a bad event is, as the object of a sentence. */
  readonly bad: string;
  readonly service: Service;
  readonly dashboard: DashboardUid;
  /** Share of good events, above 0 and below 1. */
  readonly objective: number;
  /** Bad events in the long window from which their share counts. */
  readonly minBadEvents: number;
  /** Whether a fast burn pages; a slow one never does. */
  readonly pages: boolean;
  readonly indicator: Indicator;
}

const process = ['job', 'instance'] as const;

/** Bad events are 0, not absent, as long as a process has not handled its first one. */
function counters<L extends string>(
  events: Expr<L | 'job' | 'instance'>,
  bad: Expr<L | 'job' | 'instance'>,
): Indicator {
  const all = sum(process, events);
  return { kind: 'counters', events: all, bad: orZero(sum(process, bad), all) };
}

/** The objectives of a stack: those that are enabled and whose services are scraped. */
export function slosOf(c: Context): readonly Slo[] {
  const { slo } = c.options;
  const checks = c.options.checks.filter(({ kind }) => kind === 'http').map(({ name }) => name);
  const api = c.has(jobs.api);
  const all: readonly (Slo | undefined)[] = [
    api ? apiAvailability(c) : undefined,
    api ? apiLatency(c) : undefined,
    c.has(jobs.ws) ? webSocketDelivery(c) : undefined,
    api ? stripeWebhooks(c) : undefined,
    api ? login(c) : undefined,
    checks.length > 0 ? uptime(c, checks) : undefined,
  ];
  return all.filter((one): one is Slo => one !== undefined && slo[one.key].enabled);
}

/** What the settings say of an objective. */
const target = (c: Context, key: SloKey) => {
  const { objective, minBadEvents } = c.options.slo[key];
  return { key, objective, minBadEvents };
};

function apiAvailability(c: Context): Slo {
  return {
    ...target(c, 'apiAvailability'),
    name: 'api-availability',
    alert: 'ApiAvailabilityBudgetBurn',
    title: 'API availability',
    bad: 'API requests answered with 5xx',
    service: 'api-server',
    dashboard: 'audifi-slo',
    pages: true,
    indicator: counters(
      scoped('http_requests_total'),
      scoped('http_requests_total', { status: like('5..') }),
    ),
  };
}

function apiLatency(c: Context): Slo {
  const { seconds } = c.options.slo.apiLatency;
  const all = sum(process, scoped('http_request_duration_seconds_count'));
  // Prometheus writes a whole bound as "1.0", older clients as "1".
  const le = Number.isInteger(seconds) ? like(`${seconds}(\\.0)?`) : String(seconds);
  const fast = sum(process, scoped('http_request_duration_seconds_bucket', { le }));
  return {
    ...target(c, 'apiLatency'),
    name: 'api-latency',
    alert: 'ApiLatencyBudgetBurn',
    title: 'API latency',
    bad: `API requests answered in more than ${seconds} s`,
    service: 'api-server',
    dashboard: 'audifi-slo',
    pages: true,
    indicator: { kind: 'counters', events: all, bad: `${all}\n-\n${fast}` as typeof all },
  };
}

/**
 * Connections are what the contract counts: one that ends with an error loses the messages that
 * waited for it.
 */
function webSocketDelivery(c: Context): Slo {
  return {
    ...target(c, 'webSocketDelivery'),
    name: 'websocket-delivery',
    alert: 'WebSocketDeliveryBudgetBurn',
    title: 'WebSocket delivery',
    bad: 'WebSocket connections ended by an error',
    service: 'ws-server',
    dashboard: 'audifi-slo',
    pages: true,
    indicator: counters(
      scoped('ws_disconnections_total', { reason: noneOf('server_shutdown') }),
      scoped('ws_disconnections_total', { reason: 'error' }),
    ),
  };
}

function stripeWebhooks(c: Context): Slo {
  return {
    ...target(c, 'stripeWebhooks'),
    name: 'stripe-webhooks',
    alert: 'StripeWebhookBudgetBurn',
    title: 'Stripe webhooks',
    bad: "Stripe's webhook calls that were not processed",
    service: 'stripe',
    dashboard: 'audifi-slo',
    pages: true,
    indicator: counters(
      scoped('stripe_webhooks_total'),
      scoped('stripe_webhooks_total', { status: 'error' }),
    ),
  };
}

/** A login that the user denied is an answer, and no event of ours. */
function login(c: Context): Slo {
  return {
    ...target(c, 'login'),
    name: 'login',
    alert: 'LoginBudgetBurn',
    title: 'Login',
    bad: 'OAuth logins that failed',
    service: 'api-server',
    dashboard: 'audifi-slo',
    pages: true,
    indicator: counters(
      scoped('oauth_logins_total', { result: oneOf('success', 'failed') }),
      scoped('oauth_logins_total', { result: 'failed' }),
    ),
  };
}

/** Never pages: UptimeCheckFailed does so at the second failure, as the specification asks for. */
function uptime(c: Context, checks: readonly string[]): Slo {
  const [only = '', ...more] = checks;
  const check = more.length === 0 ? only : oneOf(...checks);
  const succeeded = selector('probe_success', { job: jobs.uptime, check });
  return {
    ...target(c, 'uptime'),
    name: 'uptime',
    alert: 'UptimeBudgetBurn',
    title: 'Uptime checks',
    bad: 'uptime checks that failed',
    service: 'website',
    dashboard: 'audifi-slo',
    pages: false,
    indicator: {
      kind: 'samples',
      succeeded,
      // Without internet access no check has ever succeeded.
      ...(c.options.expectApp ? {} : { lately: `${c.lately(succeeded)} == 1` as Expr }),
    },
  };
}

/**
 * Events in a window and the bad ones among them, over all processes. @param seconds length of the
 * window
 */
export function counted(
  { name, indicator }: Slo,
  seconds: number,
): { readonly events: Expr<never>; readonly bad: Expr<never> } {
  if (indicator.kind === 'counters') {
    const increase = (series: 'slo:events:total' | 'slo:bad_events:total') =>
      sum([], over('increase', selector(series, { slo: name }), seconds));
    return { events: increase('slo:events:total'), bad: increase('slo:bad_events:total') };
  }
  const { succeeded, lately } = indicator;
  const known = (expr: Expr): Expr =>
    lately === undefined ? expr : (`${expr} and ${lately}` as Expr);
  const events = sum([], known(over('count_over_time', succeeded, seconds)));
  const good = sum([], known(over('sum_over_time', succeeded, seconds)));
  return { events, bad: `${events}\n-\n${good}` as Expr<never> };
}
