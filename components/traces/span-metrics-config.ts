import type { ParsedTraces } from './settings-schema';

/**
 * Namespace and unit of the span metrics. Jaeger's tab Monitor uses the same names
 * (jaeger-config.ts).
 */
export const spanMetrics = { namespace: 'traces.span.metrics', unit: 's' } as const;

/**
 * Counts spans and measures their durations. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/connector/spanmetricsconnector
 */
export function spanMetricsConnector({ spanMetricsLimit }: ParsedTraces['traces']): object {
  return {
    namespace: spanMetrics.namespace,
    histogram: {
      unit: spanMetrics.unit,
      explicit: {
        buckets: ['5ms', '25ms', '100ms', '250ms', '500ms', '1s', '2500ms', '5s', '10s'],
      },
    },
    // Calls between services as counters only. Each additional dimension of a histogram costs a
    // dozen series.
    calls_dimensions: [{ name: 'server.address' }, { name: 'db.system.name' }],
    resource_metrics_key_attributes: ['service.name'],
    resource_metrics_cache_size: 100,
    aggregation_temporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
    aggregation_cardinality_limit: spanMetricsLimit,
    metrics_flush_interval: '15s',
    // In this release, all series of a metric expire together when the service is silent.
    metrics_expiration: '1h',
    add_resource_attributes: false,
    // Exemplars here would link to traces that sampling may drop. The traces of the services' own
    // exemplars are marked and kept.
    exemplars: { enabled: false },
    events: { enabled: false },
  };
}
