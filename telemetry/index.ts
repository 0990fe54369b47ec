/** The contract of all metrics, logs and spans, and typed PromQL to query them. */
export { appMetrics, labelledSessions, otherSessions } from './app-metrics';
export { collectorMetrics } from './collector-metrics';
export {
  type AppService,
  appServices,
  type Label,
  type Metric,
  type OpenLabel,
  seriesOfHistogram,
  targetLabels,
} from './contract';
export {
  type LogField,
  type LogFieldName,
  logFields,
  type LogLevel,
  logLevels,
  lokiDiskFullRatio,
} from './logs';
export {
  clusterNodeMetrics,
  exporterMetrics,
  objectMetrics,
  postgresMetrics,
  redisMetrics,
  stateMetricsOwn,
  unusedIndexLimit,
  volumeMetrics,
} from './exporter-metrics';
export { describeSeries, type LabelOf, metrics, type MetricName } from './metrics';
export type { RecordedName, SeriesName } from './metrics';
export { longTermMetrics } from './longterm-metrics';
export { monitoringMetrics } from './monitoring-metrics';
export * from './promql';
export { recorded } from './recorded';
export {
  type Attribute,
  attributes,
  type BaggageKey,
  baggageKeys,
  commonAttributes,
  connectingSpans,
  exceptionAttributes,
  type KeyTrace,
  keyTraces,
  placeholders,
  type SpanKindName,
  type SpanName,
  type SpanSpec,
} from './spans';
