import { defaultOptions, kubernetesJobs, type RuleOptions } from './options';
import { defaultSlos, type SloSettings } from './slo-schema';
import { defaultThresholds } from './thresholds';

/**
 * Kinds of stacks that the rules are checked and tested with (test/promtool,
 * scripts/rules-check.ts).
 */
export const variants: Readonly<Record<string, RuleOptions>> = {
  /** The spec's stack. */
  default: defaultOptions,

  /** A development stack that may run without AudiFi. */
  'without-app': { ...defaultOptions, expectApp: false },

  /** Production with all components: replicas, many machines, an Alertmanager cluster. */
  everything: {
    ...defaultOptions,
    appJobs: defaultOptions.appJobs.map((job) =>
      job.name === 'api-server' ? { ...job, targets: 3 } : job,
    ),
    ownJobs: [...defaultOptions.ownJobs, 'otel-agent', ...kubernetesJobs],
    replicas: { prometheus: 2, loki: 3, 'otel-collector': 2, 'span-metrics': 2 },
    manyHosts: true,
    alertmanager: {
      instances: 2,
      channels: ['pagerduty', 'slack', 'webhook'],
      longestGroupInterval: 600,
    },
    storageBytes: 50 * 2 ** 30,
    forwarding: {
      exporters: ['otlp_http/grafana-cloud', 'otlp_http/sentry'],
      remoteWrite: ['grafana-cloud', 'new-relic'],
    },
  },

  /** A primary with a replica, for PostgreSQL and for Redis. */
  'two-databases': {
    ...defaultOptions,
    appJobs: defaultOptions.appJobs.map((job) =>
      job.name === 'postgres' || job.name === 'redis' ? { ...job, targets: 2 } : job,
    ),
  },

  /** Prometheus only. */
  nothing: {
    ...defaultOptions,
    appJobs: [],
    ownJobs: ['prometheus'],
    checks: [],
    alertmanager: undefined,
  },

  /** One objective, over four weeks, with data that is kept for a week and a half. */
  'one-objective': {
    ...defaultOptions,
    retention: 11 * 86_400,
    slo: {
      ...without(defaultSlos),
      windowDays: 28,
      apiAvailability: { enabled: true, objective: 0.995, minBadEvents: 1 },
    },
  },

  /** Thresholds other than the spec's, and twenty times as fast. */
  adjusted: {
    ...defaultOptions,
    scrapeInterval: 1,
    thresholds: { ...defaultThresholds, errorRatio: 0.01, latencySeconds: 0.5, sessionViewers: 5 },
    owners: { 'api-server': 'core' },
    runbookBase: 'https://wiki.audifi.io/runbooks/',
    dashboardBase: 'https://grafana.audifi.io/',
    speedUp: 20,
  },
};

/** The objectives, none of them enabled. */
function without(slo: SloSettings): SloSettings {
  const off = <T extends object>(one: T) => ({ ...one, enabled: false });
  return {
    windowDays: slo.windowDays,
    apiAvailability: off(slo.apiAvailability),
    apiLatency: off(slo.apiLatency),
    webSocketDelivery: off(slo.webSocketDelivery),
    stripeWebhooks: off(slo.stripeWebhooks),
    login: off(slo.login),
    uptime: off(slo.uptime),
  };
}
