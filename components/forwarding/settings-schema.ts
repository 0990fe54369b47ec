import { z } from 'zod';
import { isPattern } from '../alerting/matchers';
import { dnsLabel, doc, kind, offByDefault, secret, size } from '../settings/kinds';
import { cidrRange, httpUrl } from '../settings/kinds-hosts';

/** Levels from most to least severe. */
export const forwardedLevels = ['error', 'warn', 'info', 'debug'] as const;

const lines = {
  logLevel: z
    .enum(forwardedLevels)
    .default('warn')
    .meta(
      doc(
        'Lowest level of the log lines that are forwarded. Lines without a level count as ' +
          'info.',
        'error',
      ),
    ),
  logJobs: z
    .array(dnsLabel.meta(doc('Value of the label `job`.', 'api-server')))
    .default([])
    .meta(doc('Jobs whose log lines are forwarded (default: all).', '[0] api-server')),
};

/** Recording rules, `up`, and the alerts that fire. */
export const defaultMetricNames = ['[a-z0-9_]+:[a-z0-9_:]+', 'up', 'ALERTS'] as const;

/** Base URL, to which the collector appends `/v1/traces` and so on. */
const otlpBase = httpUrl
  .refine((text) => !/[?#]/.test(text), { error: 'has a query or a fragment (?, #)' })
  .refine((text) => !/\/v1\/(traces|logs|metrics)\/?$/.test(text), {
    error: 'ends with the path of a signal, which the collector appends itself',
  })
  .meta(kind('http(s) URL'));

const pattern = z
  .string({ error: 'is not a pattern' })
  .regex(/^[A-Za-z0-9_:.*+?|()[\]-]+$/, { error: 'is not a pattern for metric names' })
  .refine(isPattern, { error: 'is not a regular expression' })
  .meta(kind('regular expression'));

const series = {
  metricNames: z
    .array(
      pattern.meta(
        doc('Regular expression that matches the whole name of a metric.', 'http_requests_total'),
      ),
    )
    .min(1, { error: 'is an empty list' })
    .default(() => [...defaultMetricNames])
    .meta(
      doc(
        'Metrics that are forwarded (default: recorded series, `up` and `ALERTS`).',
        '[0] http_requests_total',
      ),
    ),
};

const wholeNumber = (what: string) =>
  z
    .int({ error: `is not ${what}` })
    .min(1, { error: `is not ${what}` })
    .meta(kind('whole number'));

const byRemoteWrite = offByDefault('Send metrics by Prometheus remote_write.');
const linesByOtlp = offByDefault('Send log lines over OTLP.');
const tracesByOtlp = offByDefault('Send the traces that sampling keeps, over OTLP.');

const grafanaCloud = z
  .strictObject({
    metrics: byRemoteWrite,
    logs: linesByOtlp,
    traces: tracesByOtlp,
    otlpUrl: otlpBase
      .optional()
      .meta(
        doc(
          'OTLP endpoint of the Grafana Cloud stack, for log lines and traces.',
          'https://otlp-gateway-prod-eu-west-2.grafana.net/otlp',
        ),
      ),
    instanceId: wholeNumber('the id of an instance')
      .optional()
      .meta(doc('Instance ID of the OTLP endpoint.', '123456')),
    prometheusUrl: httpUrl
      .optional()
      .meta(
        doc(
          'remote_write URL, for metrics.',
          'https://prometheus-prod-24-prod-eu-west-2.grafana.net/api/prom/push',
        ),
      ),
    prometheusUser: wholeNumber('a user')
      .optional()
      .meta(doc('User (a number) for the remote_write URL.', '654321')),
    ...lines,
    ...series,
  })
  .optional()
  .meta(doc('Forward to Grafana Cloud; needs grafanaCloudToken.', '.traces true'));

const newRelic = z
  .strictObject({
    metrics: byRemoteWrite,
    logs: linesByOtlp,
    traces: tracesByOtlp,
    region: z.enum(['us', 'eu']).default('us').meta(doc('Data center of the account.', 'eu')),
    otlpUrl: otlpBase
      .optional()
      .meta(doc('OTLP endpoint (default: that of the region).', 'https://gov-otlp.nr-data.net')),
    prometheusUrl: httpUrl
      .optional()
      .meta(
        doc(
          'remote_write URL (default: that of the region).',
          'https://gov-metric-api.newrelic.com/prometheus/v1/write',
        ),
      ),
    ...lines,
    ...series,
  })
  .optional()
  .meta(doc('Forward to New Relic; needs newRelicLicenseKey.', '.traces true'));

const sentry = z
  .strictObject({
    metrics: offByDefault('Rejected: Sentry accepts no metrics over OTLP.'),
    logs: linesByOtlp,
    traces: tracesByOtlp,
    otlpUrl: otlpBase
      .optional()
      .meta(
        doc(
          'OTLP endpoint of the project: Client Keys (DSN), OpenTelemetry.',
          'https://o123.ingest.sentry.io/api/456/integration/otlp',
        ),
      ),
    ...lines,
  })
  .optional()
  .meta(doc('Forward to Sentry; needs sentryPublicKey.', '.traces true'));

/** See https://docs.datadoghq.com/getting_started/site/ */
const sites = [
  ...['datadoghq.com', 'us3.datadoghq.com', 'us5.datadoghq.com', 'datadoghq.eu'],
  ...['ap1.datadoghq.com', 'ap2.datadoghq.com'],
] as const;

const datadog = z
  .strictObject({
    metrics: offByDefault(
      'Send span metrics (calls, errors, durations) over OTLP, with delta temporality.',
    ),
    logs: linesByOtlp,
    traces: offByDefault(
      "Rejected: traces need Datadog's own exporter, which is not supported (docs/forwarding.md).",
    ),
    site: z
      .enum(sites)
      .default('datadoghq.com')
      .meta(doc('Datadog site of the account.', 'datadoghq.eu')),
    otlpUrl: otlpBase
      .optional()
      .meta(doc('OTLP endpoint (default: that of the site).', 'https://otlp.datadoghq.eu')),
    ...lines,
  })
  .optional()
  .meta(doc('Forward to Datadog; needs datadogApiKey.', '.logs true'));

const forwarding = z
  .strictObject({
    queue: size('16MiB')
      .default('128MiB')
      .meta(
        doc(
          'Disk space for data that waits until a target accepts it, per target and signal. When it ' +
            'is full, new data is dropped.',
          '256MiB',
        ),
      ),
    cidrs: z
      .array(cidrRange.meta(doc('A range of addresses.', '34.120.0.0/16')))
      .min(1, { error: 'is an empty list' })
      .optional()
      .meta(
        doc(
          'CIDR ranges of the targets (Kubernetes; default: any address, at the ports of the ' +
            'targets). The network policies block everything else.',
          '[0] 34.120.0.0/16',
        ),
      ),
    metricLabels: z
      .array(
        z
          .string({ error: 'is not a label name' })
          .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: 'is not a label name' })
          .meta(kind('label name'))
          .meta(doc('Name of a label that contains no personal data.', 'tenant')),
      )
      .default([])
      .meta(
        doc(
          'More labels that forwarded metrics may have. A series is not forwarded if it has a ' +
            "label that is neither listed here nor used by the stack's own metrics.",
          '[0] tenant',
        ),
      ),
    grafanaCloud,
    newRelic,
    sentry,
    datadog,
  })
  .prefault({});

/**
 * Printable characters only: an HTTP header and a file reference in a configuration keep them
 * unchanged.
 */
const key = z
  .string({ error: 'is not a key' })
  .regex(/^[A-Za-z0-9._~+/=-]+$/, { error: 'is not a key' });

/** All top-level keys of forwarding. */
export const forwardingSchema = z.strictObject({
  forwarding,
  grafanaCloudToken: secret(
    key,
    'Access policy token of Grafana Cloud with write scopes for the forwarded signals.',
  ),
  newRelicLicenseKey: secret(key, 'License key (ingest) of New Relic.'),
  sentryPublicKey: secret(
    key,
    'Public key of the Sentry project: the part of its DSN before the @.',
  ),
  datadogApiKey: secret(key, 'Datadog API key.'),
});

export type ParsedForwarding = z.output<typeof forwardingSchema>;
