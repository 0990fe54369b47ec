import { type Expr, like, noneOf, oneOf, orZero, over, selector, sum } from '../telemetry';
import type { Context } from './context';
import type { DashboardUid, Service } from './model';
import { jobs } from './options';
import { scoped } from './scope';
import type { SloKey } from './slo-schema';

/** Names of the alerts on error budgets. Each has a runbook and a promtool test with its name. */
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
 * What is counted. For counters, the increase of each process is recorded first. For a gauge of 1
 * and 0, its samples are counted.
 */
export type Indicator =
  | ({ readonly kind: 'counters' } & Counters)
  | {
      readonly kind: 'samples';
      readonly succeeded: Expr;
      /** Without `expectApp`: restricts the indicator to services that were up recently. */
      readonly lately?: Expr;
    };

/** One service level objective of a stack. */
export interface Slo {
  readonly key: SloKey;
  readonly name: SloName;
  readonly alert: (typeof sloAlertNames)[number];
  /** Its name in texts and panels. */
  readonly title: string;
  /** The bad events, as a noun phrase for texts. */
  readonly bad: string;
  readonly service: Service;
  readonly dashboard: DashboardUid;
  /** Share of good events, above 0 and below 1. */
  readonly objective: number;
  /** Minimum number of bad events in the long window. With fewer, the alert does not fire. */
  readonly minBadEvents: number;
  /** Whether a fast burn pages. A slow burn never does. */
  readonly pages: boolean;
  readonly indicator: Indicator;
}

const process = ['job', 'instance'] as const;

/** Bad events are 0 and not absent until the first one occurs. */
function counters<L extends string>(
  events: Expr<L | 'job' | 'instance'>,
  bad: Expr<L | 'job' | 'instance'>,
): Indicator {
  const all = sum(process, events);
  return { kind: 'counters', events: all, bad: orZero(sum(process, bad), all) };
}

/** The objectives of a stack: enabled, and with services that are scraped. */
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

/** The settings of an objective. */
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
    bad: 'API requests were answered with 5xx',
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
  // Prometheus writes an integer bound as "1.0", older client libraries as "1".
  const le = Number.isInteger(seconds) ? like(`${seconds}(\\.0)?`) : String(seconds);
  const fast = sum(process, scoped('http_request_duration_seconds_bucket', { le }));
  return {
    ...target(c, 'apiLatency'),
    name: 'api-latency',
    alert: 'ApiLatencyBudgetBurn',
    title: 'API latency',
    bad: `API requests took more than ${seconds} s`,
    service: 'api-server',
    dashboard: 'audifi-slo',
    pages: true,
    indicator: { kind: 'counters', events: all, bad: `${all}\n-\n${fast}` as typeof all },
  };
}

/**
 * Counts connections and not messages: one that ends with an error loses its pending messages. Any
 * client can send an invalid frame, so such connections do not count: a few would page at night.
 */
function webSocketDelivery(c: Context): Slo {
  return {
    ...target(c, 'webSocketDelivery'),
    name: 'websocket-delivery',
    alert: 'WebSocketDeliveryBudgetBurn',
    title: 'WebSocket delivery',
    bad: 'WebSocket connections were ended by an error',
    service: 'ws-server',
    dashboard: 'audifi-slo',
    pages: true,
    indicator: counters(
      scoped('ws_disconnections_total', { reason: noneOf('server_shutdown', 'client_error') }),
      scoped('ws_disconnections_total', { reason: 'error' }),
    ),
  };
}

/**
 * Anyone can send a call without a valid signature, so such calls do not count: a few of them would
 * page at night. Only the errors by type can tell them apart, which not every application counts.
 * Parts are added and not subtracted, because a difference of two counters that are not raised at
 * the same time can decrease, which `increase` takes for a restart.
 */
function stripeWebhooks(c: Context): Slo {
  const all = sum(process, scoped('stripe_webhooks_total'));
  const of = (status: 'success' | 'error') =>
    sum(process, scoped('stripe_webhooks_total', { status }));
  const typed = sum(process, scoped('stripe_webhook_errors_total'));
  const signed = sum(
    process,
    scoped('stripe_webhook_errors_total', { type: noneOf('invalid_signature') }),
  );
  const bad = `(${orZero(signed, typed)} or ${orZero(of('error'), all)})` as typeof all;
  return {
    ...target(c, 'stripeWebhooks'),
    name: 'stripe-webhooks',
    alert: 'StripeWebhookBudgetBurn',
    title: 'Stripe webhooks',
    bad: 'webhook calls of Stripe were not processed',
    service: 'stripe',
    dashboard: 'audifi-slo',
    pages: true,
    indicator: {
      kind: 'counters',
      events: `${orZero(of('success'), all)}\n+\n${bad}` as typeof all,
      bad,
    },
  };
}

/** A login that the user cancelled counts neither as good nor as bad. */
function login(c: Context): Slo {
  return {
    ...target(c, 'login'),
    name: 'login',
    alert: 'LoginBudgetBurn',
    title: 'Login',
    bad: 'OAuth logins failed',
    service: 'api-server',
    dashboard: 'audifi-slo',
    pages: true,
    indicator: counters(
      scoped('oauth_logins_total', { result: oneOf('success', 'failed') }),
      scoped('oauth_logins_total', { result: 'failed' }),
    ),
  };
}

/** Never pages, because UptimeCheckFailed already pages at the second failure (specification). */
function uptime(c: Context, checks: readonly string[]): Slo {
  const [only = '', ...more] = checks;
  const check = more.length === 0 ? only : oneOf(...checks);
  const succeeded = selector('probe_success', { job: jobs.uptime, check });
  return {
    ...target(c, 'uptime'),
    name: 'uptime',
    alert: 'UptimeBudgetBurn',
    title: 'Uptime checks',
    bad: 'uptime checks failed',
    service: 'website',
    dashboard: 'audifi-slo',
    pages: false,
    indicator: {
      kind: 'samples',
      succeeded,
      // Without internet access, no check has ever succeeded.
      ...(c.options.expectApp ? {} : { lately: `${c.lately(succeeded)} == 1` as Expr }),
    },
  };
}

/**
 * Number of events in a window, and of bad events, over all processes. @param seconds length of the
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
