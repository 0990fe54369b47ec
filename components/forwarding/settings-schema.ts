import { z } from 'zod';
import { dnsLabel, doc, httpUrl, kind, secret, size } from '../settings/kinds';
import { isCidrRange } from '../workload-validation-outside';

const yes = (what: string) =>
  z.boolean({ error: 'is not true or false' }).default(false).meta(doc(what, 'true'));

/** Lines that are forwarded, least important last. */
export const forwardedLevels = ['error', 'warn', 'info', 'debug'] as const;

const lines = {
  logLevel: z
    .enum(forwardedLevels)
    .default('warn')
    .meta(
      doc('Least level of a line that is forwarded; lines without a level count as info.', 'error'),
    ),
  logJobs: z
    .array(dnsLabel.meta(doc('Value of the label `job`.', 'api-server')))
    .default([])
    .meta(doc('Jobs whose lines are forwarded (default: all).', '[0] api-server')),
};

/** Recorded series, which targets answer, and alerts that fire. */
export const defaultMetricNames = ['[a-z0-9_]+:[a-z0-9_:]+', 'up', 'ALERTS'] as const;

const pattern = z
  .string({ error: 'is not a pattern' })
  .regex(/^[A-Za-z0-9_:.*+?|()[\]-]+$/, { error: 'is not a pattern for names of metrics' })
  .refine(
    (text) => {
      try {
        return new RegExp(`^(?:${text})$`).source !== '';
      } catch {
        return false;
      }
    },
    { error: 'is not a regular expression' },
  )
  .meta(kind('regular expression'));

const series = {
  metricNames: z
    .array(pattern.meta(doc('Pattern for the whole name of a metric.', 'http_requests_total')))
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

const byRemoteWrite = yes("Send metrics, by Prometheus's remote_write.");
const linesByOtlp = yes('Send lines, by OTLP.');
const tracesByOtlp = yes('Send the traces that sampling keeps, by OTLP.');

const grafanaCloud = z
  .strictObject({
    metrics: byRemoteWrite,
    logs: linesByOtlp,
    traces: tracesByOtlp,
    otlpUrl: httpUrl
      .optional()
      .meta(
        doc(
          'OTLP endpoint of the stack, for lines and traces.',
          'https://otlp-gateway-prod-eu-west-2.grafana.net/otlp',
        ),
      ),
    instanceId: wholeNumber('the id of an instance')
      .optional()
      .meta(doc('Instance id that belongs to it.', '123456')),
    prometheusUrl: httpUrl
      .optional()
      .meta(
        doc(
          'URL for remote_write, for metrics.',
          'https://prometheus-prod-24-prod-eu-west-2.grafana.net/api/prom/push',
        ),
      ),
    prometheusUser: wholeNumber('a user')
      .optional()
      .meta(doc('User (a number) that belongs to it.', '654321')),
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
    otlpUrl: httpUrl
      .optional()
      .meta(doc("OTLP endpoint (default: the region's).", 'https://gov-otlp.nr-data.net')),
    prometheusUrl: httpUrl
      .optional()
      .meta(
        doc(
          "URL for remote_write (default: the region's).",
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
    metrics: yes('Refused: Sentry takes no metrics by OTLP.'),
    logs: linesByOtlp,
    traces: tracesByOtlp,
    otlpUrl: httpUrl
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

/** https://docs.datadoghq.com/getting_started/site/ */
const sites = [
  ...['datadoghq.com', 'us3.datadoghq.com', 'us5.datadoghq.com', 'datadoghq.eu'],
  ...['ap1.datadoghq.com', 'ap2.datadoghq.com'],
] as const;

const datadog = z
  .strictObject({
    metrics: yes('Send span metrics (calls, errors, durations), as deltas, by OTLP.'),
    logs: linesByOtlp,
    traces: yes("Refused: traces need Datadog's own exporter, which this collector does not have."),
    site: z.enum(sites).default('datadoghq.com').meta(doc('Site of the account.', 'datadoghq.eu')),
    otlpUrl: httpUrl
      .optional()
      .meta(doc("OTLP endpoint (default: the site's).", 'https://otlp.datadoghq.eu')),
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
          'Room on the volume for what a target does not take, for each target and kind of data; what comes when it is full is dropped there.',
          '256MiB',
        ),
      ),
    cidrs: z
      .array(
        z
          .string({ error: 'is not a CIDR range' })
          .refine(isCidrRange, { error: 'is not a CIDR range, e.g. 34.120.0.0/16' })
          .meta(kind('CIDR range'))
          .meta(doc('A range of addresses.', '34.120.0.0/16')),
      )
      .min(1, { error: 'is an empty list' })
      .optional()
      .meta(
        doc(
          'Where targets are (Kubernetes; default: anywhere, at their ports). Nothing else is reached.',
          '[0] 34.120.0.0/16',
        ),
      ),
    metricLabels: z
      .array(
        z
          .string({ error: 'is not a label name' })
          .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: 'is not a label name' })
          .meta(kind('label name'))
          .meta(doc('A label without personal data.', 'tenant')),
      )
      .default([])
      .meta(
        doc(
          "Further labels that forwarded metrics may have. Series with a label that neither this nor the stack's own metrics name stay here.",
          '[0] tenant',
        ),
      ),
    grafanaCloud,
    newRelic,
    sentry,
    datadog,
  })
  .prefault({});

/** What a header of HTTP can hold, and a file that a configuration refers to gives back as it is. */
const key = z
  .string({ error: 'is not a key' })
  .regex(/^[A-Za-z0-9._~+/=-]+$/, { error: 'is not a key' });

/** Every top-level key that is about forwarding. */
export const forwardingSchema = z.strictObject({
  forwarding,
  grafanaCloudToken: secret(
    key,
    'Access policy token of Grafana Cloud that may write what is sent.',
  ),
  newRelicLicenseKey: secret(key, 'License key (ingest) of New Relic.'),
  sentryPublicKey: secret(key, "Public key of Sentry's project: what is before the @ in its DSN."),
  datadogApiKey: secret(key, 'API key of Datadog.'),
});

export type ParsedForwarding = z.output<typeof forwardingSchema>;
