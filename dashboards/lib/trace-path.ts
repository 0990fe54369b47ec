import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { collectorMemoryRatio, jobs, spanQueueRatio, storesBeside } from '../../rules';
import { by, rate, selector, sum } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { above } from './limits';
import { runbook } from './links';
import { lines } from './panels';
import { range } from './queries';

const w = '$__rate_interval';
const collector = { job: jobs.otelCollector } as const;
const empty = 'No metrics. Check in Target Health that Prometheus scrapes the trace collector.';

/** The targets of `forwarding` have alerts of their own. */
const storesOf = ({ forwarding }: DashboardOptions) => ({
  ...collector,
  ...storesBeside(forwarding),
});

/** Delivery of spans from the services to Jaeger, and Jaeger's storage. */
export const tracePathPanels = (
  options: DashboardOptions,
): readonly (readonly [number, Panel])[] => [
  [8, received(options)],
  [8, kept()],
  [8, lost(options)],
  [8, queue(options)],
  [8, waiting(options)],
  [8, store(options)],
];

function received(options: DashboardOptions): Panel {
  const calls = rate(selector('traces_span_metrics_calls_total', { job: jobs.spanMetrics }), w);
  return lines({
    title: 'Spans by Service',
    shows: 'Spans per second that services send, before sampling.',
    good: 'Follows the traffic.',
    otherwise:
      'A rise without more traffic: a loop, or instrumentation that creates too many spans.',
    unit: 'perSecond',
    queries: [range(sum(['service_name'], calls), '{{service_name}}')],
    empty: 'No spans in this time range.',
    stacked: true,
    links: [runbook(options, 'SpanMetricsOverflow')],
  });
}

function kept(): Panel {
  const decided = selector('otelcol_processor_tail_sampling_count_traces_sampled_total', {
    ...collector,
    sampled: 'true',
  });
  const all = selector(
    'otelcol_processor_tail_sampling_global_count_traces_sampled_total',
    collector,
  );
  const total = sum([], rate(all, w));
  return lines({
    title: 'Traces Kept by Policy',
    shows:
      'Share of all traces that each sampling policy keeps. A trace can match several policies.',
    good: 'The configured shares, and few errors.',
    otherwise: 'Many errors or slow traces fill the storage, because they are always kept.',
    unit: 'share',
    queries: [range(`${sum(['policy'], rate(decided, w))} / scalar(${total})`, '{{policy}}')],
    empty: 'No traces were kept in this time range.',
    links: [],
  });
}

function lost(options: DashboardOptions): Panel {
  const refused = rate(selector('otelcol_receiver_refused_spans_total', collector), w);
  const stores = storesOf(options);
  const full = rate(selector('otelcol_exporter_enqueue_failed_spans_total', stores), w);
  const failed = rate(selector('otelcol_exporter_send_failed_spans_total', stores), w);
  const early = rate(
    selector('otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total', collector),
    w,
  );
  const large = rate(
    selector('otelcol_processor_tail_sampling_traces_dropped_too_large_total', collector),
    w,
  );
  return lines({
    title: 'Spans Refused and Dropped',
    shows:
      'Spans per minute that the collector refused or dropped, and traces dropped before their sampling decision.',
    good: '0.',
    otherwise: 'The runbook describes the fix for each case.',
    unit: 'perMinute',
    queries: [
      range(`60 * ${sum([], refused)}`, 'refused'),
      range(`60 * ${sum([], early)}`, 'traces undecided'),
      // The series exists only after the first failure.
      range(`60 * ${sum([], large)} > 0`, 'traces too large'),
      range(`60 * ${sum([], full)} > 0`, 'queue full'),
      range(`60 * ${sum([], failed)} > 0`, 'refused by the storage'),
    ],
    empty,
    stacked: true,
    bars: true,
    links: [
      runbook(options, 'SpansRefused'),
      runbook(options, 'SpansDropped'),
      runbook(options, 'TracesDecidedTooEarly'),
    ],
  });
}

function queue(options: DashboardOptions): Panel {
  const size = selector('otelcol_exporter_queue_size', storesOf(options));
  const room = selector('otelcol_exporter_queue_capacity', storesOf(options));
  return lines({
    title: 'Trace Queue',
    shows: "Share of the collector's queue in use, by exporter.",
    good: 'Nearly 0.',
    otherwise: 'Jaeger is slow or down. No spans are lost until the queue is full.',
    unit: 'share',
    queries: [range(`max by (exporter) (${size} / ${room})`, '{{exporter}}')],
    empty,
    max: 1,
    limit: above(spanQueueRatio, 'warning'),
    links: [runbook(options, 'TraceQueueFilling'), runbook(options, 'JaegerDown')],
  });
}

function waiting(options: DashboardOptions): Panel {
  const heap = selector('otelcol_process_runtime_heap_alloc_bytes', collector);
  return lines({
    title: 'Trace Collector Memory',
    shows: 'Memory in use. Nearly all of it holds traces that wait for a sampling decision.',
    good: 'Follows the traffic.',
    otherwise: `At ${Math.round(collectorMemoryRatio * 100)} % of its limit (traces.memory) an alert fires; at 65 % the collector refuses spans.`,
    unit: 'bytes',
    queries: [range(by('max', ['instance'], heap), '{{instance}}')],
    empty,
    links: [
      runbook(options, 'TraceCollectorMemoryPressure'),
      runbook(options, 'TraceCollectorDown'),
    ],
  });
}

function store(options: DashboardOptions): Panel {
  const used = selector('jaeger_storage_badger_size_bytes_lsm', { job: jobs.jaeger });
  return lines({
    title: 'Disk of Jaeger',
    shows: 'Disk space used by traces on the volume.',
    good: 'Constant once the retention time has passed.',
    otherwise: 'More traces are kept than before, or expired traces have not been compacted yet.',
    unit: 'bytes',
    queries: [range(by('max', ['instance'], used), '{{instance}}')],
    empty: 'Prometheus does not scrape Jaeger, or Jaeger stores its traces elsewhere.',
    links: [runbook(options, 'JaegerStorageFilling')],
  });
}
