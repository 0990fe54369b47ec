import { defaultOptions, type RuleOptions } from './options';
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
    ownJobs: [...defaultOptions.ownJobs, 'otel-agent'],
    manyHosts: true,
    alertmanager: { instances: 2, channels: ['pagerduty', 'slack', 'webhook', 'email'] },
    storageBytes: 50 * 2 ** 30,
    forwarding: {
      exporters: ['otlp_http/grafana-cloud', 'otlp_http/sentry'],
      remoteWrite: ['grafana-cloud', 'new-relic'],
    },
  },

  /** Prometheus only. */
  nothing: {
    ...defaultOptions,
    appJobs: [],
    ownJobs: ['prometheus'],
    checks: [],
    alertmanager: undefined,
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
