import { increase, over, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';
import { shareOfVolume } from './kubernetes-volumes';
import { queueRatio, storesOnly } from './forwarding';
import { losses } from '../losses';
import { ownTargets } from './consequences';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
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
/** Threshold for the share of the queue to Jaeger in use. At 1, spans are dropped. */
export const spanQueueRatio = 0.5;
/** Threshold for the collector's memory use. At 0.65 its memory limiter refuses spans. */
export const collectorMemoryRatio = 0.55;

/** Alerts on the delivery of spans from the services to Jaeger. */
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
      'Prometheus cannot scrape Jaeger. Nobody can view traces. No traces are lost yet: the collector queues them on its ' +
      'volume and sends them when Jaeger is back. When the queue is full, it drops new ones.',
    mutes: [
      ...ownTargets,
      {
        alerts: ['TraceQueueFilling'],
        only: { exporter: 'otlp_grpc/jaeger' },
        why: 'the collector waits for Jaeger, as it should',
      },
    ],
  };
}

function storageFilling(c: Context, bytes: number): Alert {
  const used = selector('jaeger_storage_badger_size_bytes_lsm', { job: jaeger });
  return {
    ...common,
    name: 'JaegerStorageFilling',
    // Compaction writes before it deletes, so the minimum over a window is the real size.
    expr: `${shareOfVolume(c, over('min_over_time', used, c.window(900)), jaeger, bytes)}\n> ${c.t.storageRatio}`,
    for: c.hold(900),
    summary: "Jaeger's storage is {{ $value | humanizePercentage }} full",
    description:
      "Traces use {{ $value | humanizePercentage }} of Jaeger's volume (jaeger.storage). When the disk is full, Jaeger cannot " +
      'store traces and may not start again. Expired traces still use disk space until the next compaction.',
    mutes: [
      { alerts: ['KubeVolumeFilling'], equal: ['namespace', 'pod'], why: 'it is the same volume' },
    ],
  };
}

function collectorDown(c: Context): Alert {
  return {
    ...common,
    name: 'TraceCollectorDown',
    expr: `${c.answering(collector)} == 0`,
    for: c.hold(300),
    summary: 'The trace collector is down',
    description:
      'Prometheus cannot scrape the OpenTelemetry Collector, so it most likely receives no traces. Services buffer a few ' +
      'thousand spans and drop the rest. Their requests are not delayed.',
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
    summary: 'The trace collector uses {{ $value | humanizePercentage }} of its memory',
    description:
      '{{ $labels.instance }} has used {{ $value | humanizePercentage }} of its memory (traces.memory) for ' +
      `${c.said(600)}. At 65 % it refuses spans. Most of the memory holds traces that wait for a sampling decision.`,
  };
}

function refused(c: Context): Alert {
  const spans = selector('otelcol_receiver_refused_spans_total', { job: collector });
  return {
    ...common,
    name: 'SpansRefused',
    expr: `${sum(['job', 'instance', 'receiver'], increase(spans, c.window(900)))} > 0`,
    for: c.hold(300),
    summary: 'The trace collector refuses spans',
    description:
      '{{ $labels.instance }} refused {{ $value | printf "%.0f" }} spans in the last ' +
      `${c.said(900)}, most likely because it is short of memory. ` +
      '{{ if eq $labels.receiver "otlp" }}Services retry, and drop spans when their buffer is full.' +
      '{{ else }}The other collectors keep them in their queues and retry.{{ end }}',
  };
}

function dropped(c: Context): Alert {
  const of = (
    name:
      'otelcol_exporter_enqueue_failed_spans_total' | 'otelcol_exporter_send_failed_spans_total',
  ) =>
    losses(
      c,
      ['job', 'instance', 'exporter'],
      selector(name, { job: collector, ...storesOnly(c) }),
      collector,
      900,
    );
  return {
    ...common,
    name: 'SpansDropped',
    expr: `${of('otelcol_exporter_enqueue_failed_spans_total')}\nor\n${of('otelcol_exporter_send_failed_spans_total')}`,
    for: c.hold(60),
    summary: 'The trace collector drops spans',
    description:
      '{{ $labels.instance }} dropped {{ $value | printf "%.0f" }} spans for {{ $labels.exporter }} in the last ' +
      `${c.said(900)}: its queue is full, the receiver permanently rejected them, or another collector has been down for too long. These spans are lost.`,
    mutes: [
      {
        alerts: ['TraceQueueFilling'],
        equal: ['job', 'instance', 'exporter'],
        why: 'this queue is full',
      },
    ],
  };
}

function queueFilling(c: Context): Alert {
  const stores = { job: collector, ...storesOnly(c) };
  return {
    ...common,
    name: 'TraceQueueFilling',
    expr: `${queueRatio(['job', 'instance', 'exporter', 'data_type'], stores)} > ${spanQueueRatio}`,
    for: c.hold(600),
    summary:
      "The collector's queue of {{ $labels.data_type }} is {{ $value | humanizePercentage }} full",
    description:
      'The queue on {{ $labels.instance }} for {{ $labels.exporter }} is {{ $value | humanizePercentage }} full: the receiver ' +
      'accepts {{ $labels.data_type }} too slowly or not at all. When the queue is full, new ones are dropped.',
  };
}

function decidedTooEarly(c: Context): Alert {
  const of = { job: collector };
  const early = selector(
    'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total',
    of,
  );
  const large = selector('otelcol_processor_tail_sampling_traces_dropped_too_large_total', of);
  const by = ['job', 'instance'] as const;
  return {
    ...common,
    name: 'TracesDecidedTooEarly',
    expr: `${sum(by, increase(early, c.window(900)))} > 0\nor\n${losses(c, by, large, collector, 900)}`,
    for: c.hold(300),
    summary: 'The trace collector drops traces before the sampling decision',
    description:
      '{{ $labels.instance }} dropped {{ $value | printf "%.0f" }} traces in the last ' +
      `${c.said(900)} before their sampling decision, because more were waiting than traces.maxTraces allows, or because they are larger than 4 MB. Traces with errors and slow traces may be among them.`,
  };
}

function overflow(c: Context): Alert {
  const calls = scoped('traces_span_metrics_calls_total', { otel_metric_overflow: 'true' });
  return {
    ...common,
    name: 'SpanMetricsOverflow',
    expr: `${sum(['exported_job'], increase(calls, c.window(900)))} > 0`,
    for: c.hold(900),
    summary: '{{ $labels.exported_job }} has too many span names',
    description:
      '{{ $value | printf "%.0f" }} spans of {{ $labels.exported_job }} were counted without their name in the last ' +
      `${c.said(900)}: the service has more span names than traces.spanMetricsLimit. Most likely a name contains an ID.`,
  };
}
