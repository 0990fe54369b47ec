import * as grafana from '@pulumiverse/grafana/oss';
import type * as pulumi from '@pulumi/pulumi';
import { type Source, sourceNames, sources, spanQueries, stableJson } from '../../dashboards';
import { address, type Endpoint } from '../workload';

export interface DatasourcesArgs {
  readonly prometheus: Endpoint;
  /** Whether `prometheus` is Thanos' query frontend. @default false */
  readonly longTerm?: boolean;
  readonly alertmanager: Endpoint;
  /** @default not deployed: no logs */
  readonly loki?: Endpoint;
  /** @default not deployed: no traces */
  readonly jaeger?: Endpoint;
  /** Base path of Jaeger's UI and API. @default '/' */
  readonly jaegerBasePath?: string;
  /** Longest scrape interval in seconds. Rate windows in panels are at least four intervals. */
  readonly scrapeInterval: number;
}

interface Datasource {
  readonly endpoint: Endpoint;
  readonly port: string;
  /** Base path of its API. @default none */
  readonly path?: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Grafana's data sources with fixed uids. Queries go through Grafana's server (access mode
 * `proxy`), so browsers need no access to them. They link to each other: from a point in a graph to
 * its trace, from a span to its logs and metrics, from a log line to its trace.
 *
 * Upstream: https://www.pulumi.com/registry/packages/grafana/api-docs/oss/datasource/
 */
export function createDatasources(
  args: DatasourcesArgs,
  opts: pulumi.CustomResourceOptions,
): grafana.DataSource[] {
  return Object.entries(datasources(args)).map(([key, { endpoint, port, path = '', options }]) => {
    const source = key as Source;
    const { type, uid } = sources[source];
    return new grafana.DataSource(
      uid,
      {
        name: sourceNames[source],
        type,
        uid,
        url: `http://${address(endpoint, port)}${path}`,
        accessMode: 'proxy',
        isDefault: source === 'prometheus',
        jsonDataEncoded: stableJson(options),
      },
      opts,
    );
  });
}

/** The data sources of a stack by key; pure. */
export function datasources(args: DatasourcesArgs): Readonly<Record<string, Datasource>> {
  const { prometheus, alertmanager, loki, jaeger, jaegerBasePath = '/', scrapeInterval } = args;
  const traces = jaeger !== undefined;
  return {
    prometheus: {
      endpoint: prometheus,
      port: 'http',
      options: {
        httpMethod: 'POST',
        prometheusType: 'Prometheus',
        timeInterval: `${scrapeInterval}s`,
        manageAlerts: true,
        // Without this, the frontend would not use coarser aggregates where finer ones are deleted.
        ...(args.longTerm === true ? { customQueryParameters: 'max_source_resolution=auto' } : {}),
        ...(traces ? { exemplarTraceIdDestinations: [exemplarToTrace] } : {}),
      },
    },
    alertmanager: {
      endpoint: alertmanager,
      port: 'http',
      options: { implementation: 'prometheus', handleGrafanaManagedAlerts: false },
    },
    ...(loki === undefined
      ? {}
      : {
          loki: {
            endpoint: loki,
            port: 'http',
            options: { maxLines: 1_000, ...(traces ? { derivedFields: [lineToTrace] } : {}) },
          },
        }),
    ...(jaeger === undefined
      ? {}
      : {
          jaeger: {
            endpoint: jaeger,
            port: 'query',
            ...(jaegerBasePath === '/' ? {} : { path: jaegerBasePath }),
            options: {
              nodeGraph: { enabled: true },
              tracesToMetrics: spanToMetrics,
              ...(loki === undefined ? {} : { tracesToLogsV2: spanToLines }),
            },
          },
        }),
  };
}

const exemplarToTrace = {
  name: 'trace_id',
  datasourceUid: sources.jaeger.uid,
  urlDisplayLabel: 'Trace',
};

/** The trace ID is in the structured metadata of the line (telemetry/logs.ts). */
const lineToTrace = {
  name: 'Trace',
  matcherType: 'label',
  matcherRegex: 'trace_id',
  datasourceUid: sources.jaeger.uid,
  url: '${__value.raw}',
  urlDisplayLabel: 'Trace',
};

/** Lines are written after the start of the span, and may arrive in Loki late. */
const spanToLines = {
  datasourceUid: sources.loki.uid,
  spanStartTimeShift: '-5m',
  spanEndTimeShift: '5m',
  // A service has the same name in traces and logs.
  tags: [{ key: 'service.name', value: 'job' }],
  customQuery: true,
  query: '{${__tags}} | trace_id="${__span.traceId}"',
};

const spanToMetrics = {
  datasourceUid: sources.prometheus.uid,
  spanStartTimeShift: '-15m',
  spanEndTimeShift: '15m',
  tags: [{ key: 'service.name', value: 'service_name' }],
  queries: spanQueries,
};
