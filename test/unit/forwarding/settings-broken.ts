import type { Tree } from '../../lib/pulumi-config';

const sentry = { traces: true, otlpUrl: 'https://o1.ingest.sentry.io/api/2/integration/otlp' };

/**
 * Invalid settings of forwarding: name, settings, keys in the message, text of the message, and
 * secret keys.
 */
export const brokenForwarding: readonly (readonly [
  why: string,
  tree: Tree,
  keys: readonly string[],
  says: RegExp,
  secretKeys?: readonly string[],
])[] = [
  [
    'a target without its key',
    { forwarding: { sentry } },
    ['sentryPublicKey'],
    /is missing but required by forwarding\.sentry/,
  ],
  [
    'a key without its target',
    { datadogApiKey: 'hunter2' },
    ['datadogApiKey'],
    /is set, but forwarding\.datadog is not/,
    ['datadogApiKey'],
  ],
  [
    'a key in plain text',
    { forwarding: { newRelic: { traces: true } }, newRelicLicenseKey: 'hunter2' },
    ['newRelicLicenseKey'],
    /has it in plain text/,
  ],
  [
    'a key that a header cannot hold',
    { forwarding: { newRelic: { traces: true } }, newRelicLicenseKey: 'hunter2\n' },
    ['newRelicLicenseKey'],
    /not shown: it is a secret/,
    ['newRelicLicenseKey'],
  ],
  [
    'a target that gets nothing',
    { forwarding: { newRelic: { region: 'eu' } }, newRelicLicenseKey: 'hunter2' },
    ['forwarding.newRelic'],
    /none of metrics, logs, traces is true\n.*rm --path forwarding\.newRelic && pulumi config rm --path newRelicLicenseKey$/m,
    ['newRelicLicenseKey'],
  ],
  [
    'a target that gets nothing and has no key',
    { forwarding: { datadog: {} } },
    ['forwarding.datadog'],
    /Example: pulumi config rm --path forwarding\.datadog$/m,
  ],
  [
    'Grafana Cloud without its URLs',
    {
      forwarding: { grafanaCloud: { metrics: true, traces: true } },
      grafanaCloudToken: 'hunter2',
    },
    [
      ...['forwarding.grafanaCloud.otlpUrl', 'forwarding.grafanaCloud.instanceId'],
      ...['forwarding.grafanaCloud.prometheusUrl', 'forwarding.grafanaCloud.prometheusUser'],
    ],
    /required by forwarding\.grafanaCloud\.traces/,
    ['grafanaCloudToken'],
  ],
  [
    'metrics for Sentry',
    { forwarding: { sentry: { ...sentry, metrics: true } }, sentryPublicKey: 'hunter2' },
    ['forwarding.sentry.metrics'],
    /Sentry accepts no metrics over OTLP/,
    ['sentryPublicKey'],
  ],
  [
    'traces for Datadog',
    { forwarding: { datadog: { traces: true } }, datadogApiKey: 'hunter2' },
    ['forwarding.datadog.traces', 'forwarding.datadog'],
    /needs Datadog's own exporter/,
    ['datadogApiKey'],
  ],
  [
    'lines, and Promtail to send them',
    { forwarding: { datadog: { logs: true } }, datadogApiKey: 'hunter2' },
    ['forwarding.datadog.logs'],
    /is not possible with Promtail.*\n.*set --path logs\.agent otel/,
    ['datadogApiKey'],
  ],
  [
    'lines, and nobody to collect them',
    {
      forwarding: { datadog: { logs: true } },
      datadogApiKey: 'hunter2',
      logs: { enabled: false, agent: 'otel' },
    },
    ['forwarding.datadog.logs'],
    /logs\.enabled is false/,
    ['datadogApiKey'],
  ],
  [
    'traces and span metrics, and nobody to collect them',
    {
      forwarding: { newRelic: { traces: true }, datadog: { metrics: true } },
      ...{ newRelicLicenseKey: 'hunter2', datadogApiKey: 'hunter2', traces: { enabled: false } },
    },
    ['forwarding.newRelic.traces', 'forwarding.datadog.metrics'],
    /is true, but traces\.enabled is false: metrics for Datadog are derived from spans/,
    ['newRelicLicenseKey', 'datadogApiKey'],
  ],
  [
    'a key that would cross the internet in plain text',
    {
      forwarding: { newRelic: { traces: true, otlpUrl: 'http://otlp.nr-data.net:4318' } },
      newRelicLicenseKey: 'hunter2',
    },
    ['forwarding.newRelic.otlpUrl'],
    /would send the key and all data unencrypted/,
    ['newRelicLicenseKey'],
  ],
  [
    'a DSN for a URL',
    {
      forwarding: { sentry: { traces: true, otlpUrl: 'https://hunter2@o1.ingest.sentry.io/2' } },
      sentryPublicKey: 'hunter2',
    },
    ['forwarding.sentry.otlpUrl'],
    /contains a user or password/,
    ['sentryPublicKey'],
  ],
  [
    'traces that nobody keeps',
    { jaeger: { enabled: false } },
    ['jaeger.enabled'],
    /no target of forwarding accepts traces: they would be stored nowhere/,
  ],
  [
    'lines that nobody keeps',
    { loki: { enabled: false }, logs: { agent: 'otel' } },
    ['loki.enabled'],
    /no target of forwarding accepts logs/,
  ],
  [
    'ranges on Docker',
    { forwarding: { cidrs: ['10.0.0.0/8'] } },
    ['forwarding.cidrs'],
    /has no effect on Docker/,
  ],
  [
    'a range that is none',
    { platform: 'kubernetes', forwarding: { cidrs: ['10.0.0.0'] } },
    ['forwarding.cidrs[0]'],
    /is not a CIDR range/,
  ],
  [
    'a pattern that is none',
    {
      forwarding: { newRelic: { metrics: true, metricNames: ['up', '(job'] } },
      newRelicLicenseKey: 'hunter2',
    },
    ['forwarding.newRelic.metricNames[1]'],
    /is not a regular expression/,
    ['newRelicLicenseKey'],
  ],
  [
    'an unknown level',
    {
      forwarding: { datadog: { logs: true, logLevel: 'warning' } },
      ...{ datadogApiKey: 'hunter2', logs: { agent: 'otel' } },
    },
    ['forwarding.datadog.logLevel'],
    /"warning" is not one of error, warn, info, debug/,
    ['datadogApiKey'],
  ],
];
