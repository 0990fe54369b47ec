import { exporterOf } from './exporters-config';
import type { PipelineParts } from './lines-config';
import type { OtlpTarget } from './targets-config';

/** Exporter in the pipeline of sampled traces that passes them to the targets. */
export const traceOutlet = 'forward/traces';

/**
 * Sends sampled traces from `traceOutlet` to the targets, without their span links. Attributes of a
 * link cannot be redacted, because OTTL has no path to them. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/issues/26660
 */
export function traceForwarding(targets: readonly OtlpTarget[]): PipelineParts {
  const taking = targets.filter(({ traces }) => traces);
  if (taking.length === 0) return { processors: {}, connectors: {}, pipelines: {} };
  return {
    connectors: { [traceOutlet]: {} },
    processors: { 'transform/links': withoutLinks },
    pipelines: {
      'traces/forwarded': {
        receivers: [traceOutlet],
        processors: ['transform/links'],
        exporters: taking.map(exporterOf),
      },
    },
  };
}

const withoutLinks = {
  error_mode: 'ignore',
  trace_statements: [
    {
      context: 'span',
      // OTTL cannot delete links and has no empty list. But an assignment empties the target before
      // it copies, so a list that is assigned to itself becomes empty.
      statements: ['set(span.links, span.links) where Len(span.links) > 0'],
    },
  ],
} as const;
