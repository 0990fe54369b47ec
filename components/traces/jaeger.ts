import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import type { Settings } from '../settings';
import { goMemoryLimit, portOf, sizeMiB } from '../units';
import type { Connection, Endpoint, Workload } from '../workload';
import { jaegerConfig, jaegerPaths, jaegerPorts, passwordFileText } from './jaeger-config';

export interface JaegerArgs {
  readonly platform: Platform;
  readonly settings: Pick<Settings, 'jaeger' | 'jaegerStoragePassword'>;
}

/**
 * Jaeger 2.13: keeps the traces that the collector sends, for as long as the settings say, and shows them.
 *
 * Provisions one instance and, with badger, a volume (kept through replacement and `destroy`). Badger deletes a trace by
 * when it was stored, not by when it happened. Elasticsearch, OpenSearch and Cassandra are servers of yours; of the first two Jaeger
 * deletes nothing (docs/tracing.md). No authentication: who reaches it may read every trace and send more, so it
 * listens on the loopback interface and inside the stack's network only.
 *
 * Upstream: https://www.jaegertracing.io/docs/2.13/
 */
export class Jaeger extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** Where people open it. Undefined where neither the settings nor a published port say. */
  readonly url?: string;

  constructor(name: string, args: JaegerArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:traces:Jaeger', name, {}, opts);
    this.endpoint = args.platform.deploy(jaegerWorkload(name, args), { parent: this });
    this.url = jaegerUrl(args.settings.jaeger, this.endpoint);
    this.registerOutputs({ url: this.url });
  }
}

/** What Jaeger runs as. */
export function jaegerWorkload(name: string, { settings }: Omit<JaegerArgs, 'platform'>): Workload {
  const { jaeger, jaegerStoragePassword: password } = settings;
  const memoryMiB = sizeMiB(jaeger.memory) ?? 0;
  const badger = jaeger.storageBackend === 'badger';
  // Prometheus comes later, and is known by the name that it has in the catalogue.
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
            { name: 'data', path: jaegerPaths.data, sizeMiB: sizeMiB(jaeger.storage) ?? 0 },
          ],
        }
      : { scratch: ['/tmp'] }),
    ports: [
      { name: 'query', number: jaegerPorts.query, publish: jaeger.port },
      { name: 'grpc', number: jaegerPorts.grpc },
      { name: 'metrics', number: jaegerPorts.metrics },
      { name: 'health', number: jaegerPorts.health },
    ],
    // A large store is read before the first answer.
    readiness: {
      port: 'query',
      path: below(jaeger.basePath, 'api/services'),
      deadlineSeconds: 300,
    },
    liveness: { port: 'health', path: '/status' },
    resources: { memoryMiB, cpus: 1 },
    user: { uid: 10001, gid: 10001 },
    connectsTo: backendConnections(jaeger),
    // Badger writes its memory out.
    stopSeconds: 60,
  };
}

/** A path below the base path. */
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
