import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { collectorMemoryRatio, jobs, spanQueueRatio } from '../../rules';
import { by, rate, selector, sum } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { above } from './limits';
import { runbook } from './links';
import { lines } from './panels';
import { range } from './queries';

const w = '$__rate_interval';
const collector = { job: jobs.otelCollector } as const;
const empty = 'The collector of traces is not scraped (Target Health).';

/** The way of the spans from the services into Jaeger, and what the store costs. */
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
    shows: 'Spans that services send each second, before sampling.',
    good: 'Follows the traffic.',
    otherwise:
      'A step without one in the traffic is a loop, or an instrumentation that does too much.',
    unit: 'perSecond',
    queries: [range(sum(['service_name'], calls), '{{service_name}}')],
    empty: 'No service has sent spans in this time.',
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
    shows: 'Share of all traces that each policy of sampling wants to keep; several may want one.',
    good: 'The shares of the settings; few errors.',
    otherwise: 'Many errors or slow traces fill the store: they are kept whatever the share.',
    unit: 'share',
    queries: [range(`${sum(['policy'], rate(decided, w))} / scalar(${total})`, '{{policy}}')],
    empty: 'No trace was kept in this time.',
    links: [],
  });
}

function lost(options: DashboardOptions): Panel {
  const refused = rate(selector('otelcol_receiver_refused_spans_total', collector), w);
  const full = rate(selector('otelcol_exporter_enqueue_failed_spans_total', collector), w);
  const failed = rate(selector('otelcol_exporter_send_failed_spans_total', collector), w);
  const early = rate(
    selector('otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total', collector),
    w,
  );
  return lines({
    title: 'Spans Refused and Dropped',
    shows:
      'Spans per minute that the collector refused or dropped, and traces that went before their decision.',
    good: '0.',
    otherwise: 'The runbook has a remedy for each.',
    unit: 'perMinute',
    queries: [
      range(`60 * ${sum([], refused)}`, 'refused'),
      range(`60 * ${sum([], early)}`, 'traces undecided'),
      // Counted from the first one on.
      range(`60 * ${sum([], full)} > 0`, 'queue full'),
      range(`60 * ${sum([], failed)} > 0`, 'refused by the store'),
    ],
    empty,
    bars: true,
    links: [
      runbook(options, 'SpansRefused'),
      runbook(options, 'SpansDropped'),
      runbook(options, 'TracesDecidedTooEarly'),
    ],
  });
}

function queue(options: DashboardOptions): Panel {
  const size = selector('otelcol_exporter_queue_size', collector);
  const room = selector('otelcol_exporter_queue_capacity', collector);
  return lines({
    title: 'Trace Queue',
    shows: 'Share of its queue on the volume that the collector has filled, by where it sends.',
    good: 'Nearly 0.',
    otherwise: 'Jaeger is slow or gone. What waits is not lost until the queue is full.',
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
    title: 'Memory of the Trace Collector',
    shows: 'Memory in use: nearly all of it are traces that wait for their decision.',
    good: 'Follows the traffic.',
    otherwise: `At ${Math.round(collectorMemoryRatio * 100)} % of its limit (traces.memory) there is an alert, at 65 % it refuses spans.`,
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
    shows: 'Space that traces take on the volume.',
    good: 'Level once it is as old as traces are kept.',
    otherwise: 'More is kept than before, or expired traces are not yet off the disk.',
    unit: 'bytes',
    queries: [range(by('max', ['instance'], used), '{{instance}}')],
    empty: 'Jaeger is not scraped, or keeps its traces elsewhere.',
    links: [runbook(options, 'JaegerStorageFilling')],
  });
}
