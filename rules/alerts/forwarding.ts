import { increase, type Matchers, noneOf, oneOf, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';

/** Names of the alerts below, worst first: each has a runbook and a promtool test of its name. */
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
/** Share of a target's queue; at 1 what comes is dropped there. */
export const forwardingQueueRatio = 0.5;
/** Seconds that Prometheus may be behind with a target; after two hours it skips what is older. */
export const forwardingLagSeconds = 600;

/** Matcher of the collectors' metrics for what does not go to a target of `forwarding`. */
export const storesOnly = ({ options: { forwarding } }: Context): object =>
  forwarding === undefined || forwarding.exporters.length === 0
    ? {}
    : { exporter: noneOf(...forwarding.exporters) };

/** Expression for the largest share of a collector's queues in use. At 1, what comes is dropped. */
export const queueRatio = (
  by: readonly string[],
  which: Matchers<'otelcol_exporter_queue_size'>,
): string =>
  `max by (${by.join(', ')}) (\n  ${selector('otelcol_exporter_queue_size', which)}\n  /\n` +
  `  ${selector('otelcol_exporter_queue_capacity', which)}\n)`;

/** Alerts on what is sent to targets outside the stack. Its own stores have theirs. */
export function forwardingAlerts(c: Context): readonly Alert[] {
  const { exporters = [], remoteWrite = [] } = c.options.forwarding ?? {};
  return [
    ...when(exporters.length > 0, queueFilling(c), dropped(c), refused(c)),
    ...when(remoteWrite.length > 0, metricsLate(), metricsRefused(c)),
  ].map((alert) => ({ ...alert, for: c.hold(alert.for) }));
}

type Waiting = Alert & { readonly for: number };

/** The collectors' series of the targets. */
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
      'The queue on {{ $labels.instance }} for {{ $labels.exporter }} is {{ $value | humanizePercentage }} full: the target takes ' +
      "less than it is sent, or nothing. When it is full, what comes is dropped there. The stack's own stores do not wait for it.",
  };
}

/** Counters of spans, lines and points, by job, instance and exporter. */
function sumOf(c: Context, what: 'enqueue_failed' | 'send_failed'): string {
  const of = (kind: 'spans' | 'log_records' | 'metric_points'): string =>
    sum(
      ['job', 'instance', 'exporter'],
      increase(selector(`otelcol_exporter_${what}_${kind}_total`, ofTargets(c)), c.window(900)),
    );
  return (['spans', 'log_records', 'metric_points'] as const)
    .map((kind) => `${of(kind)} > 0`)
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
      '{{ $labels.instance }} has dropped {{ $value | printf "%.0f" }} spans, lines or points for {{ $labels.exporter }} in the ' +
      `last ${c.said(900)}: its queue is full. They are missing there. The stack's own stores have them.`,
    mutes: [{ alerts: ['ForwardingQueueFilling'], equal: ['exporter'], why: 'the queue is full' }],
  };
}

function refused(c: Context): Waiting {
  return {
    ...common,
    name: 'ForwardingRefused',
    expr: sumOf(c, 'send_failed'),
    for: 300,
    summary: '{{ $labels.exporter }} refuses what it is sent',
    description:
      '{{ $labels.exporter }} has refused {{ $value | printf "%.0f" }} spans, lines or points of {{ $labels.instance }} for good ' +
      `in the last ${c.said(900)}: most likely a wrong key, a quota, or a wrong URL. They are missing there.`,
  };
}

function metricsLate(): Waiting {
  const newest = selector('prometheus_remote_storage_queue_highest_timestamp_seconds', {
    job: prometheus,
  });
  const sent = selector('prometheus_remote_storage_queue_highest_sent_timestamp_seconds', {
    job: prometheus,
  });
  return {
    ...common,
    name: 'ForwardingMetricsLate',
    expr: `max by (job, instance, remote_name) (\n  ${newest}\n  -\n  ${sent}\n) > ${forwardingLagSeconds}`,
    for: 300,
    summary: 'Metrics reach {{ $labels.remote_name }} late, or not at all',
    description:
      '{{ $labels.instance }} is more than ten minutes behind with {{ $labels.remote_name }}: the target does not answer, answers ' +
      'with errors, or takes less than it is sent. What is older than about two hours is then skipped.',
  };
}

function metricsRefused(c: Context): Waiting {
  const failed = selector('prometheus_remote_storage_samples_failed_total', { job: prometheus });
  return {
    ...common,
    name: 'ForwardingMetricsRefused',
    expr: `${sum(['job', 'instance', 'remote_name'], increase(failed, c.window(900)))} > 0`,
    for: 300,
    summary: '{{ $labels.remote_name }} refuses metrics',
    description:
      '{{ $labels.remote_name }} has refused {{ $value | printf "%.0f" }} samples of {{ $labels.instance }} for good in the last ' +
      `${c.said(900)}: most likely a wrong key, a quota, or samples that it has already. They are missing there.`,
  };
}
