import { increase, type Matchers, noneOf, oneOf, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { losses } from '../losses';
import { jobs } from '../options';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const forwardingNames = [
  'ForwardingDropped',
  'ForwardingRefused',
  'ForwardingQueueFilling',
  'ForwardingMetricsRefused',
  'ForwardingMetricsLate',
] as const;

const common = {
  severity: 'warning',
  service: 'monitoring',
  dashboard: 'audifi-stack',
} as const;

const { otelCollector, otelAgent, prometheus } = jobs;
/** Threshold for the share of a target's queue in use. At 1, new data for the target is dropped. */
export const forwardingQueueRatio = 0.5;
/** Maximum delay of remote_write in seconds. After two hours, Prometheus skips older samples. */
export const forwardingLagSeconds = 600;

/** Matcher for the collectors' metrics that excludes the exporters of `forwarding`. */
export const storesBeside = (exporters: readonly string[] = []): object =>
  exporters.length === 0 ? {} : { exporter: noneOf(...exporters) };

/** The same for the alerts of a stack. */
export const storesOnly = ({ options: { forwarding } }: Context): object =>
  storesBeside(forwarding?.exporters);

/** Expression for how full a collector's fullest queue is. At 1, new data is dropped. */
export const queueRatio = (
  by: readonly string[],
  which: Matchers<'otelcol_exporter_queue_size'>,
): string =>
  `max by (${by.join(', ')}) (\n  ${selector('otelcol_exporter_queue_size', which)}\n  /\n` +
  `  ${selector('otelcol_exporter_queue_capacity', which)}\n)`;

/** Alerts on forwarding to targets outside the stack. The stack's own stores have other alerts. */
export function forwardingAlerts(c: Context): readonly Alert[] {
  const { exporters = [], remoteWrite = [] } = c.options.forwarding ?? {};
  return [
    ...when(exporters.length > 0, queueFilling(c), dropped(c), refused(c)),
    ...when(remoteWrite.length > 0, metricsLate(), metricsRefused(c)),
  ].map((alert) => ({ ...alert, for: c.hold(alert.for) }));
}

type Waiting = Alert & { readonly for: number };

/** Matchers for the collectors' series of the targets. */
const ofTargets = (c: Context) => ({
  job: oneOf(...[otelCollector, otelAgent].filter((job) => c.has(job))),
  exporter: oneOf(...(c.options.forwarding?.exporters ?? [])),
});

function queueFilling(c: Context): Waiting {
  return {
    ...common,
    name: 'ForwardingQueueFilling',
    expr: `${queueRatio(['job', 'instance', 'exporter', 'data_type'], ofTargets(c))} > ${forwardingQueueRatio}`,
    for: 600,
    summary:
      'The queue of {{ $labels.data_type }} for {{ $labels.exporter }} is {{ $value | humanizePercentage }} full',
    description:
      'The queue on {{ $labels.instance }} for {{ $labels.exporter }} is ' +
      '{{ $value | humanizePercentage }} full: the target accepts data too slowly or not at all, or a quota is used up. ' +
      "When the queue is full, new data for this target is dropped. The stack's own stores are not affected.",
  };
}

/** Losses of spans, log lines and data points, by job, instance and exporter. */
function sumOf(c: Context, what: 'enqueue_failed' | 'send_failed'): string {
  const { job, exporter } = ofTargets(c);
  return (['spans', 'log_records', 'metric_points'] as const)
    .map((kind) => {
      const counter = selector(`otelcol_exporter_${what}_${kind}_total`, { job, exporter });
      return losses(c, ['job', 'instance', 'exporter'], counter, job, 900);
    })
    .join('\nor\n');
}

function dropped(c: Context): Waiting {
  return {
    ...common,
    name: 'ForwardingDropped',
    expr: sumOf(c, 'enqueue_failed'),
    for: 60,
    summary: 'Data for {{ $labels.exporter }} is dropped: its queue is full',
    description:
      '{{ $labels.instance }} has dropped {{ $value | printf "%.0f" }} spans, log lines or data points ' +
      `for {{ $labels.exporter }} in the last ${c.said(900)}, because its queue is full. The target lacks them, but the stack's own stores have them.`,
    mutes: [{ alerts: ['ForwardingQueueFilling'], equal: ['exporter'], why: 'the queue is full' }],
  };
}

function refused(c: Context): Waiting {
  return {
    ...common,
    name: 'ForwardingRefused',
    expr: sumOf(c, 'send_failed'),
    for: 300,
    summary: '{{ $labels.exporter }} rejects forwarded data',
    description:
      '{{ $labels.exporter }} has permanently rejected {{ $value | printf "%.0f" }} spans, log lines or data points ' +
      `of {{ $labels.instance }} in the last ${c.said(900)}, so the target lacks them. Likely causes: a wrong key, a wrong URL, or an error of the target (500). A quota (429) is retried instead.`,
  };
}

function metricsLate(): Waiting {
  const newest = selector('prometheus_remote_storage_queue_highest_timestamp_seconds', {
    job: prometheus,
  });
  const sent = selector('prometheus_remote_storage_queue_highest_sent_timestamp_seconds', {
    job: prometheus,
  });
  const [last, next] = [sent, newest].map(
    (it) => `max by (job, instance, remote_name) (\n  ${it}\n)`,
  );
  return {
    ...common,
    name: 'ForwardingMetricsLate',
    // A full queue takes no more samples, so the difference between the two times stops growing.
    expr: `time() - ${last} > ${forwardingLagSeconds}\nand\n${next} > ${last}`,
    for: 300,
    summary: 'Metrics reach {{ $labels.remote_name }} late or not at all',
    description:
      '{{ $labels.instance }} is more than ten minutes behind in sending metrics to {{ $labels.remote_name }}: the target does not respond, ' +
      'responds with errors, or accepts samples too slowly. Prometheus skips samples that are older than about two hours.',
  };
}

function metricsRefused(c: Context): Waiting {
  const failed = selector('prometheus_remote_storage_samples_failed_total', { job: prometheus });
  return {
    ...common,
    name: 'ForwardingMetricsRefused',
    expr: `${sum(['job', 'instance', 'remote_name'], increase(failed, c.window(900)))} > 0`,
    for: 300,
    summary: '{{ $labels.remote_name }} rejects metrics',
    description:
      '{{ $labels.remote_name }} has permanently rejected {{ $value | printf "%.0f" }} samples of {{ $labels.instance }} ' +
      `in the last ${c.said(900)}, so the target lacks them. Likely causes: a wrong key, a limit of the target, or samples that it already has. A quota (429) is retried instead.`,
  };
}
