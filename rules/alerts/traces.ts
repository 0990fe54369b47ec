import { increase, over, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';
import { storesOnly } from './forwarding';
import { ownTargets } from './critical';

/** Names of the alerts below, worst first: each has a runbook and a promtool test of its name. */
export const traceNames = [
  'JaegerDown',
  'JaegerStorageFilling',
  'TraceCollectorDown',
  'TraceCollectorMemoryPressure',
  'SpansRefused',
  'SpansDropped',
  'TraceQueueFilling',
  'TracesDecidedTooEarly',
  'SpanMetricsOverflow',
] as const;

const common = {
  severity: 'warning',
  service: 'monitoring',
  dashboard: 'audifi-stack',
} as const;

const { jaeger, otelCollector: collector, spanMetrics } = jobs;
/** Share of the queue to Jaeger; at 1 spans are dropped. */
export const spanQueueRatio = 0.5;
/** Share of the collector's memory; at 0.65 its memory limiter refuses spans. */
export const collectorMemoryRatio = 0.55;

/** Alerts on the way of the spans from the services into Jaeger. */
export function traceAlerts(c: Context): readonly Alert[] {
  const storage = c.options.traces?.storageBytes;
  const memory = c.options.traces?.collectorMemoryBytes;
  return [
    ...when(c.has(jaeger), jaegerDown(c)),
    ...(c.has(jaeger) && storage !== undefined ? [storageFilling(c, storage)] : []),
    ...when(c.has(collector), collectorDown(c)),
    ...(c.has(collector) && memory !== undefined ? [memoryPressure(c, memory)] : []),
    ...when(c.has(collector), refused(c), dropped(c), queueFilling(c), decidedTooEarly(c)),
    ...when(c.has(spanMetrics), overflow(c)),
  ];
}

function jaegerDown(c: Context): Alert {
  return {
    ...common,
    name: 'JaegerDown',
    expr: `${c.answering(jaeger)} == 0`,
    for: c.hold(300),
    summary: 'Jaeger is down',
    description:
      'Jaeger does not answer. Nobody can look at traces. Nothing is lost yet: the collector keeps them on its volume ' +
      'and sends them when Jaeger is back, until its queue is full.',
    mutes: [
      ...ownTargets,
      { alerts: ['TraceQueueFilling'], why: 'the collector waits for Jaeger, as it should' },
    ],
  };
}

function storageFilling(c: Context, bytes: number): Alert {
  const used = selector('jaeger_storage_badger_size_bytes_lsm', { job: jaeger });
  return {
    ...common,
    name: 'JaegerStorageFilling',
    // Compaction writes before it deletes: the lowest value of a while is what stays.
    expr: `${over('min_over_time', used, c.window(900))} / ${bytes} > ${c.t.storageRatio}`,
    for: c.hold(900),
    summary: "Jaeger's store is {{ $value | humanizePercentage }} full",
    description:
      "Traces take {{ $value | humanizePercentage }} of Jaeger's volume (jaeger.storage). When the disk is full, no trace is " +
      'stored, and the store may not start again. Expired ones leave the disk late.',
  };
}

function collectorDown(c: Context): Alert {
  return {
    ...common,
    name: 'TraceCollectorDown',
    expr: `${c.answering(collector)} == 0`,
    for: c.hold(300),
    summary: 'The collector of traces is down',
    description:
      'The collector does not answer: no trace is taken. Services keep a few thousand spans and drop what comes beyond. ' +
      'Their requests do not wait for it.',
    mutes: ownTargets,
  };
}

function memoryPressure(c: Context, bytes: number): Alert {
  const heap = selector('otelcol_process_runtime_heap_alloc_bytes', { job: collector });
  return {
    ...common,
    name: 'TraceCollectorMemoryPressure',
    expr: `${over('avg_over_time', heap, c.window(600))} / ${bytes} > ${collectorMemoryRatio}`,
    for: c.hold(300),
    summary: 'The collector of traces uses {{ $value | humanizePercentage }} of its memory',
    description:
      '{{ $labels.instance }} has used {{ $value | humanizePercentage }} of its memory (traces.memory) for ' +
      `${c.said(600)}. At 65 % it refuses spans. Traces that wait for their decision take most of it.`,
  };
}

function refused(c: Context): Alert {
  const spans = selector('otelcol_receiver_refused_spans_total', { job: collector });
  return {
    ...common,
    name: 'SpansRefused',
    expr: `${sum(['job', 'instance'], increase(spans, c.window(900)))} > 0`,
    for: c.hold(300),
    summary: 'The collector of traces refuses spans',
    description:
      '{{ $labels.instance }} has refused {{ $value | printf "%.0f" }} spans of the last ' +
      `${c.said(900)}, most likely for want of memory. Services try again, and drop what they cannot keep.`,
  };
}

function dropped(c: Context): Alert {
  const of = (
    name:
      'otelcol_exporter_enqueue_failed_spans_total' | 'otelcol_exporter_send_failed_spans_total',
  ) =>
    `${sum(['job', 'instance'], increase(selector(name, { job: collector, ...storesOnly(c) }), c.window(900)))} > 0`;
  return {
    ...common,
    name: 'SpansDropped',
    expr: `${of('otelcol_exporter_enqueue_failed_spans_total')}\nor\n${of('otelcol_exporter_send_failed_spans_total')}`,
    for: c.hold(60),
    summary: 'The collector of traces drops spans',
    description:
      '{{ $labels.instance }} has dropped {{ $value | printf "%.0f" }} spans of the last ' +
      `${c.said(900)} that it should have kept: its queue is full, or Jaeger refused them for good. They are lost.`,
    mutes: [{ alerts: ['TraceQueueFilling'], why: 'the queue is full' }],
  };
}

function queueFilling(c: Context): Alert {
  const waiting = selector('otelcol_exporter_queue_size', { job: collector, ...storesOnly(c) });
  const room = selector('otelcol_exporter_queue_capacity', { job: collector, ...storesOnly(c) });
  return {
    ...common,
    name: 'TraceQueueFilling',
    expr: `max by (job, instance, exporter) (\n  ${waiting}\n  /\n  ${room}\n) > ${spanQueueRatio}`,
    for: c.hold(600),
    summary: 'The queue of the collector of traces is {{ $value | humanizePercentage }} full',
    description:
      'The queue of {{ $labels.exporter }} is {{ $value | humanizePercentage }} full: the store takes less than is kept. ' +
      'When it is full, what comes is dropped.',
  };
}

function decidedTooEarly(c: Context): Alert {
  const traces = selector(
    'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total',
    {
      job: collector,
    },
  );
  return {
    ...common,
    name: 'TracesDecidedTooEarly',
    expr: `${sum(['job', 'instance'], increase(traces, c.window(900)))} > 0`,
    for: c.hold(300),
    summary: 'Traces go before the collector has decided about them',
    description:
      '{{ $labels.instance }} has dropped {{ $value | printf "%.0f" }} traces of the last ' +
      `${c.said(900)} undecided, as more came than it may hold (traces.maxTraces): errors and slow ones were among them.`,
  };
}

function overflow(c: Context): Alert {
  const calls = scoped('traces_span_metrics_calls_total', { otel_metric_overflow: 'true' });
  return {
    ...common,
    name: 'SpanMetricsOverflow',
    expr: `${sum(['exported_job'], increase(calls, c.window(900)))} > 0`,
    for: c.hold(900),
    summary: '{{ $labels.exported_job }} has too many names of spans',
    description:
      '{{ $value | printf "%.0f" }} spans of {{ $labels.exported_job }} were counted without their name in the last ' +
      `${c.said(900)}: it has more names than traces.spanMetricsLimit. Most likely one has an id in it.`,
  };
}
