import { services } from '../services';
import { sizeMiB } from '../units';
import { peerExporter } from './otel-exporters-config';
import type { ParsedTraces } from './settings-schema';

const port = services['otel-collector'].ports.peers;

export interface PeersConfig {
  readonly processors: Readonly<Record<string, object>>;
  readonly connectors: Readonly<Record<string, object>>;
  readonly exporters: Readonly<Record<string, object>>;
  readonly pipelines: Readonly<Record<string, object>>;
}

const connector = 'routing/peers';
const handover = 'batch/peers';

/**
 * Passes each received span on to the collector that its trace belongs to, which may be this one.
 * The volume has a queue for each collector, in which spans wait until that collector accepts them.
 * So a killed collector keeps the spans that it received for the others, except requests that it
 * was writing. Spans are redacted before that, because the volume must not contain secrets.
 *
 * The trace ID alone decides, so that a trace belongs to the same collector before and after a
 * restart, and for every sender. A load balancing exporter would do the same, but it cannot have a
 * queue on the volume for each collector. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/connector/routingconnector
 *
 * @param hosts hosts of all collectors, including this one
 * @param processors names of the processors of received spans
 */
export function peersConfig(
  hosts: readonly string[],
  processors: readonly string[],
  traces: ParsedTraces['traces'],
): PeersConfig {
  const queueSize = Math.floor(((sizeMiB(traces.storage) ?? 0) * spansPerMiB) / hosts.length);
  const peers = hosts.map((host, i) => ({
    ...{ pipeline: `traces/peer-${i}`, exporter: `otlp_grpc/peer-${i}` },
    endpoint: `${host}:${port}`,
  }));
  return {
    // Passes each request to the queue at once, but does not make the sender wait for it.
    // Otherwise one full queue would fail the whole request, and the sender would send the spans
    // again that the other queues have already accepted.
    processors: { [handover]: { timeout: '0s' } },
    connectors: {
      [connector]: {
        // A span without a trace ID goes to the last one, like all spans that no route matches.
        error_mode: 'silent',
        table: peers.slice(0, -1).map(({ pipeline }, i) => ({
          ...{ context: 'span', condition: belongsTo(i, hosts.length), pipelines: [pipeline] },
        })),
        default_pipelines: peers.slice(-1).map(({ pipeline }) => pipeline),
      },
    },
    exporters: Object.fromEntries(
      peers.map(({ exporter, endpoint }) => [exporter, peerExporter(endpoint, queueSize)]),
    ),
    pipelines: {
      'traces/share': { receivers: ['otlp'], processors, exporters: [connector] },
      ...Object.fromEntries(
        peers.map(({ pipeline, exporter }) => [
          pipeline,
          { receivers: [connector], processors: [handover], exporters: [exporter] },
        ]),
      ),
    },
  };
}

/**
 * OTTL condition: the last eight hex digits of the trace ID, which are random, have this remainder.
 */
function belongsTo(remainder: number, count: number): string {
  const id = 'ParseInt(Substring(trace_id.string, 24, 8), 16)';
  return `${id} - (${id} / ${count}) * ${count} == ${remainder}`;
}

/** A quarter of the volume for all collectors, at 4 KiB per span, a page of the storage. */
const spansPerMiB = 64;
