/** The contract of everything that is measured, and the language to ask for it. */
export { appMetrics, labelledSessions, otherSessions } from './app-metrics';
export {
  type Label,
  type Metric,
  type OpenLabel,
  seriesOfHistogram,
  targetLabels,
} from './contract';
export { exporterMetrics } from './exporter-metrics';
export { describeSeries, type LabelOf, metrics, type MetricName } from './metrics';
export type { RecordedName, SeriesName } from './metrics';
export { monitoringMetrics } from './monitoring-metrics';
export * from './promql';
export { recorded } from './recorded';
