import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import type { Settings } from '../settings';
import { volumeMiB } from '../settings/budgets';
import { goMemoryLimit, portOf, sizeMiB } from '../units';
import type { Connection, Endpoint, Workload } from '../workload';
import { jaegerConfig, jaegerPaths, jaegerPorts, passwordFileText } from './jaeger-config';

export interface JaegerArgs {
  readonly platform: Platform;
  readonly settings: Pick<Settings, 'jaeger' | 'jaegerStoragePassword' | 'budgets'>;
}

/**
 * Jaeger 2.13: stores the traces that the collector sends, and shows them.
 *
 * Provisions one instance and, with badger, a volume (kept through replacement and `destroy`).
 * Badger deletes a trace by the time it was stored, not by the time of its spans. Elasticsearch,
 * OpenSearch and Cassandra are external servers. Jaeger deletes nothing in Elasticsearch and
 * OpenSearch (docs/tracing.md). Jaeger has no authentication: anyone who can reach it can read all
 * traces and send more. So it listens only on the loopback interface and on the stack's network.
 *
 * Upstream: https://www.jaegertracing.io/docs/2.13/
 */
export class Jaeger extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** URL for browsers; undefined if neither the settings nor a published port provide one. */
  readonly url?: string;

  constructor(name: string, args: JaegerArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:traces:Jaeger', name, {}, opts);
    this.endpoint = args.platform.deploy(jaegerWorkload(name, args), { parent: this });
    this.url = jaegerUrl(args.settings.jaeger, this.endpoint);
    this.registerOutputs({ url: this.url });
  }
}

export function jaegerWorkload(name: string, { settings }: Omit<JaegerArgs, 'platform'>): Workload {
  const { jaeger, jaegerStoragePassword: password } = settings;
  const memoryMiB = sizeMiB(jaeger.memory) ?? 0;
  const badger = jaeger.storageBackend === 'badger';
  // Prometheus is created later, so its address comes from its name in the catalogue.
  const prometheusUrl = `http://prometheus:${services.prometheus.ports.http}`;
  return {
    name,
    image: images.jaeger,
    args: [`--config=${jaegerPaths.config}`],
    env: { GOMEMLIMIT: goMemoryLimit(memoryMiB) },
    files: [
      { path: jaegerPaths.config, content: jaegerConfig({ jaeger, prometheusUrl }) },
      ...(badger || password === undefined
        ? []
        : [
            {
              path: jaegerPaths.storagePassword,
              content: password.apply((text) => passwordFileText(jaeger.storageBackend, text)),
              secret: true,
            },
          ]),
    ],
    ...(badger
      ? {
          volumes: [
            { name: 'data', path: jaegerPaths.data, sizeMiB: volumeMiB('jaeger', settings) },
          ],
        }
      : { scratch: ['/tmp'] }),
    ports: [
      { name: 'query', number: jaegerPorts.query, publish: jaeger.port },
      { name: 'grpc', number: jaegerPorts.grpc },
      { name: 'metrics', number: jaegerPorts.metrics },
      { name: 'health', number: jaegerPorts.health },
    ],
    // Jaeger reads a large store before it becomes ready.
    readiness: {
      port: 'query',
      path: below(jaeger.basePath, 'api/services'),
      deadlineSeconds: 600,
    },
    liveness: { port: 'health', path: '/status' },
    resources: { memoryMiB, cpus: 1 },
    user: { uid: 10001, gid: 10001 },
    connectsTo: backendConnections(jaeger),
    // Badger flushes its memory to disk.
    stopSeconds: 60,
  };
}

/** Appends a path to the base path. */
const below = (basePath: string, path: string): string =>
  `${basePath === '/' ? '' : basePath}/${path}`;

function jaegerUrl(
  { externalUrl, basePath }: Settings['jaeger'],
  { url }: Endpoint,
): string | undefined {
  if (externalUrl !== undefined) return externalUrl;
  return url === undefined || basePath === '/' ? url : url + basePath;
}

function backendConnections(jaeger: Settings['jaeger']): Connection[] {
  switch (jaeger.storageBackend) {
    case 'elasticsearch':
    case 'opensearch': {
      const ports = (jaeger[jaeger.storageBackend]?.urls ?? []).map(portOf);
      return [{ external: jaeger.storageBackend, ports: [...new Set(ports)] }];
    }
    case 'cassandra':
      return [{ external: 'cassandra', ports: [jaeger.cassandra?.port ?? 9042] }];
    case 'badger':
    case 'clickhouse':
      return [];
  }
}
