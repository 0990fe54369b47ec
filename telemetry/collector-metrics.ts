import { counter, gauge, histogram, open, someHave } from './contract';

const exporter = open('exporter', 6);
const receiver = { receiver: open('receiver', 2), transport: ['grpc', 'http'] } as const;
const store = {
  kind: open('kind of store', 1),
  name: open('name of the store', 1),
  role: open('what it stores', 1),
} as const;
const calls = {
  exported_job: open('service', 30),
  service_name: open('service', 30),
  span_name: open('name of the span, never with an id', 500),
  span_kind: open('SPAN_KIND_SERVER, …', 5),
  status_code: open('STATUS_CODE_ERROR, …', 3),
  otel_metric_overflow: someHave('"true" on the series for spans beyond the limit', 1),
} as const;

/**
 * Metrics of OpenTelemetry Collector 0.149 and Jaeger 2.13 themselves, and span metrics, as used by
 * rules and dashboards. The trace collector and the log agent use the same names.
 */
export const collectorMetrics = {
  otelcol_exporter_queue_size: gauge({
    unit: 'count',
    help: 'Spans, or log lines, that wait on the volume of the collector.',
    labels: { exporter, data_type: open('signal', 3) },
    budget: 12,
  }),
  otelcol_exporter_queue_capacity: gauge({
    unit: 'count',
    help: 'Spans, or log lines, that may wait; of log files no more are read then, spans are dropped.',
    labels: { exporter, data_type: open('signal', 3) },
    budget: 12,
  }),
  otelcol_fileconsumer_open_files: gauge({
    unit: 'count',
    onlyIf: 'the collector reads log files',
    help: 'Log files that the collector has open. It does not open empty files.',
  }),
  otelcol_exporter_send_failed_log_records_total: counter({
    unit: 'count',
    onlyIf: 'a line was dropped',
    help: 'Dropped lines.',
    labels: { exporter },
    budget: 6,
  }),
  otelcol_exporter_enqueue_failed_log_records_total: counter({
    unit: 'count',
    onlyIf: 'a line was dropped',
    help: 'Lines that found the queue full.',
    labels: { exporter },
    budget: 6,
  }),
  otelcol_exporter_send_failed_metric_points_total: counter({
    unit: 'count',
    onlyIf: 'a point was dropped',
    help: 'Points of span metrics that were given up.',
    labels: { exporter },
    budget: 6,
  }),
  otelcol_exporter_enqueue_failed_metric_points_total: counter({
    unit: 'count',
    onlyIf: 'a point was dropped',
    help: 'Points of span metrics that found the queue full.',
    labels: { exporter },
    budget: 6,
  }),
  otelcol_exporter_send_failed_spans_total: counter({
    unit: 'count',
    onlyIf: 'a span was dropped',
    help: 'Dropped spans.',
    labels: { exporter },
    budget: 6,
  }),
  otelcol_exporter_enqueue_failed_spans_total: counter({
    unit: 'count',
    onlyIf: 'a span was dropped',
    help: 'Spans dropped because the queue was full.',
    labels: { exporter },
    budget: 6,
  }),
  otelcol_exporter_sent_spans_total: counter({
    unit: 'count',
    help: 'Spans accepted by Jaeger.',
    labels: { exporter },
    budget: 6,
  }),
  otelcol_receiver_accepted_spans_total: counter({
    unit: 'count',
    help: 'Accepted spans.',
    labels: receiver,
    budget: 4,
  }),
  otelcol_receiver_refused_spans_total: counter({
    unit: 'count',
    help: 'Refused spans; the sender should retry later.',
    labels: receiver,
    budget: 4,
  }),
  otelcol_receiver_refused_log_records_total: counter({
    unit: 'count',
    onlyIf: 'a service sends log lines',
    help: 'Refused log lines; the sender should retry later.',
    labels: receiver,
    budget: 4,
  }),
  otelcol_process_runtime_heap_alloc_bytes: gauge({
    unit: 'bytes',
    help: 'Memory in use as the memory limiter counts it.',
  }),
  otelcol_processor_tail_sampling_count_traces_sampled_total: counter({
    unit: 'count',
    help: 'Sampling decisions by policy.',
    labels: {
      policy: open('policy', 30),
      sampled: ['true', 'false'],
      decision: ['sampled', 'not_sampled', 'dropped'],
    },
    budget: 90,
  }),
  otelcol_processor_tail_sampling_global_count_traces_sampled_total: counter({
    unit: 'count',
    help: 'Traces that were kept, not kept, or dropped.',
    labels: { sampled: ['true', 'false'], decision: ['sampled', 'not_sampled', 'dropped'] },
    budget: 3,
  }),
  otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total: counter({
    unit: 'count',
    help: 'Traces dropped before their sampling decision, because too many were waiting.',
  }),
  otelcol_processor_tail_sampling_traces_dropped_too_large_total: counter({
    unit: 'count',
    onlyIf: 'a trace was too large',
    help: 'Traces dropped before their sampling decision, because they were larger than 4 MB.',
  }),
  otelcol_processor_tail_sampling_sampling_traces_on_memory: gauge({
    unit: 'count',
    help: 'Traces waiting for their sampling decision.',
  }),

  traces_span_metrics_calls_total: counter({
    unit: 'count',
    help: 'Spans by service, name, kind and status, before sampling.',
    labels: {
      ...calls,
      server_address: someHave('host that is called', 50),
      db_system_name: someHave('database', 5),
    },
    budget: 2_000,
  }),
  traces_span_metrics_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Duration of spans, before sampling.',
    labels: calls,
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    budget: 20_000,
  }),

  jaeger_storage_badger_size_bytes_lsm: gauge({
    unit: 'bytes',
    help: 'Size of Badger’s tables. Its value log is two files of 1 GiB that stay nearly empty.',
    labels: store,
  }),
};
