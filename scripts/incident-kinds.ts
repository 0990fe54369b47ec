import type { ParsedSettings } from '../components/settings/schema';
import { durationSeconds, sizeMiB } from '../components/units';
import { allAlerts, defaultOptions, thresholdsFor } from '../rules';
import { Context } from '../rules/context';

/** How an incident is caused. */
export type Means =
  /** The traffic generator triggers it in the application. */
  | { readonly by: 'application' }
  | { readonly by: 'stop' | 'restart'; readonly workload: string }
  | { readonly by: 'disk' | 'memory' };

export interface Incident {
  readonly means: Means;
  /** The alert that has to fire. */
  readonly alert: string;
  /** What happens, for the console output. */
  readonly what: string;
  /**
   * Other alerts that may fire during the incident or the recovery, besides those that the alert
   * inhibits. @default none
   */
  readonly companions?: readonly string[];
  /**
   * Share of the five-minute window that passes until the mean exceeds the threshold. @default 0
   */
  readonly windowShare?: number;
}

const application = { by: 'application' } as const;

/** Every incident, by kind. */
export const incidents: Readonly<Record<string, Incident>> = {
  errors: {
    means: application,
    alert: 'HighErrorRate',
    // Stripe's webhooks and logins are requests to the API. The warning on its availability fires
    // before HighErrorRate, which inhibits it from then on. Caddy logs each answer with 5xx as an
    // error.
    companions: [
      ...['ApiAvailabilityBudgetBurn', 'ErrorLogBurst', 'LoginBudgetBurn'],
      ...['StripeWebhookBudgetBurn', 'StripeWebhookFailures', 'StripeWebhookFailuresPersist'],
    ],
    what: 'the API answers many requests with server errors',
    windowShare: 0.5,
  },
  latency: {
    means: application,
    alert: 'HighLatency',
    what: 'API answers take 3 to 4 s',
    windowShare: 0.5,
  },
  'api-down': {
    means: { by: 'stop', workload: 'api-server' },
    alert: 'APIDown',
    // The uptime check api-health probes api-server.
    companions: ['DeploymentDetected', 'UptimeCheckFailed'],
    what: 'api-server is stopped',
  },
  'ws-down': {
    means: { by: 'stop', workload: 'ws-server' },
    alert: 'WebSocketDown',
    what: 'ws-server is stopped',
  },
  'ws-spike': {
    means: application,
    alert: 'WebSocketConnectionSpike',
    // If connections queue up, many of them are open at the same time.
    companions: ['VStudioSessionActive'],
    what: 'more than 120 WebSocket connections are opened each second',
    windowShare: 1,
  },
  'db-down': {
    means: { by: 'stop', workload: 'postgres' },
    alert: 'DatabaseDown',
    // The exporter can be slow to answer while the database is down, and recovers after it.
    companions: ['HighErrorRate', 'PostgresExporterDown', 'UptimeCheckFailed'],
    what: 'postgres is stopped',
  },
  stripe: {
    means: application,
    alert: 'StripeWebhookFailures',
    companions: ['HighErrorRate', 'StripeWebhookFailuresPersist'],
    what: "Stripe's webhooks have wrong signatures, and its API fails",
    windowShare: 0.5,
  },
  disk: {
    means: { by: 'disk' },
    alert: 'LowDiskSpace',
    what: "a file fills Docker's disk to just below the threshold",
  },
  memory: {
    means: { by: 'memory' },
    alert: 'HighMemoryUsage',
    what: 'a process takes memory to just above the threshold',
  },
  deploy: {
    means: { by: 'restart', workload: 'api-server' },
    alert: 'DeploymentDetected',
    what: 'api-server is restarted',
  },
  studio: {
    means: application,
    alert: 'VStudioSessionActive',
    what: 'one session has more than 110 viewers',
  },
};

export interface Latency {
  /** Seconds until the alert fires. */
  readonly fires: number;
  /** Seconds until the notification is sent. */
  readonly told: number;
}

/** The longest time of each step from an incident to its notification, in seconds. */
export interface Delays {
  /** Until the next scrape. */
  readonly scrape: number;
  /** Until the mean over the rule's window exceeds the threshold. */
  readonly rise: number;
  /** Until the next evaluation of the rule. */
  readonly evaluation: number;
  /** `for` of the rule. */
  readonly hold: number;
  /** `group_wait` of the route. */
  readonly groupWait: number;
}

/**
 * The longest time until an incident is notified: one scrape, the time until the mean exceeds the
 * threshold, one evaluation, the `for` of the alert, and the `group_wait` of its route.
 */
export function latency(incident: Incident, settings: ParsedSettings): Latency {
  const { scrape, rise, evaluation, hold, groupWait } = delays(incident, settings);
  const fires = scrape + rise + evaluation + hold;
  return { fires, told: fires + groupWait };
}

/** The steps of `latency`. */
export function delays(incident: Incident, settings: ParsedSettings): Delays {
  const { prometheus, alertmanager, alerts } = settings;
  const scrapeInterval = seconds(prometheus.scrapeInterval);
  const { speedUp } = alerts;
  const memoryBytes = (sizeMiB(prometheus.memory) ?? 0) * 2 ** 20;
  const thresholds = thresholdsFor(alerts.thresholds, memoryBytes);
  const options = { ...defaultOptions, scrapeInterval, speedUp, thresholds };
  const alert = allAlerts(options).find(({ name }) => name === incident.alert);
  if (alert === undefined) throw new Error(`there is no alert ${incident.alert}`);
  const wait = alert.severity === 'none' ? '0s' : alertmanager[alert.severity].groupWait;
  return {
    scrape: scrapeInterval,
    rise: (incident.windowShare ?? 0) * new Context(options).window(300),
    evaluation: seconds(prometheus.evaluationInterval),
    hold: alert.for ?? 0,
    groupWait: seconds(wait),
  };
}

const seconds = (text: string): number => durationSeconds(text) ?? 0;
