import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import {
  forwardingFiles,
  forwardingPeers,
  type ForwardingSettings,
} from '../forwarding/connections';
import { keyFile } from '../forwarding/exporters-config';
import { otlpTargets, queuesMiB } from '../forwarding/targets-config';
import type { Platform } from '../platform/platform';
import type { Settings } from '../settings';
import { goMemoryLimit, sizeMiB } from '../units';
import { address, type Endpoint, type Workload } from '../workload';
import { collectorPaths, collectorPorts, otelCollectorConfig } from './otel-collector-config';

export interface OtelCollectorArgs {
  readonly platform: Platform;
  readonly settings: Pick<Settings, 'environment' | 'traces' | 'logs' | 'kubernetes'> &
    ForwardingSettings;
  /** @default not deployed: traces are forwarded alone */
  readonly jaeger?: Endpoint;
  /** Who takes lines that services send by OTLP. @default nobody, and the collector refuses them */
  readonly loki?: Endpoint;
}

/**
 * The OpenTelemetry Collector for traces: takes OTLP (gRPC and HTTP) of AudiFi's services, redacts it, counts it as span metrics,
 * samples it, and sends what is kept to Jaeger and the targets of `forwarding`.
 *
 * Provisions one instance with its configuration and a volume for its queue (kept through replacement and `destroy`). It is one
 * on purpose: a trace is judged where all of its spans are. Services outside of the stack reach it on the joined Docker network,
 * or from the namespaces that `traces.acceptFromNamespaces` names. No authentication.
 *
 * Upstream: https://opentelemetry.io/docs/collector/
 */
export class OtelCollector extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: OtelCollectorArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:traces:OtelCollector', name, {}, opts);
    this.endpoint = args.platform.deploy(otelCollectorWorkload(name, args), { parent: this });
    this.registerOutputs({});
  }
}

/** What the collector runs as. */
export function otelCollectorWorkload(
  name: string,
  { settings, jaeger, loki }: Omit<OtelCollectorArgs, 'platform'>,
): Workload {
  const { traces, logs, environment, kubernetes, forwarding } = settings;
  const memoryMiB = sizeMiB(traces.memory) ?? 0;
  // Without logs, lines are refused whoever sends them.
  const targets = otlpTargets(forwarding);
  const config = otelCollectorConfig({
    ...{ traces, environment, debug: logs.debug },
    ...(jaeger === undefined ? {} : { jaeger: address(jaeger, 'grpc') }),
    ...(loki === undefined ? {} : { lokiUrl: `http://${address(loki, 'http')}` }),
    forwarding: { targets, queue: forwarding.queue },
  });
  const queues = targets.flatMap(({ logs, traces, spanMetrics }) =>
    [logs !== undefined, traces, spanMetrics].filter(Boolean),
  );
  return {
    name,
    image: images.otelCollector,
    args: [`--config=${collectorPaths.config}`],
    env: { GOMEMLIMIT: goMemoryLimit(memoryMiB) },
    files: [
      { path: collectorPaths.config, content: config },
      ...forwardingFiles(settings, targets, (target) => keyFile(collectorPaths.folder, target)),
    ],
    volumes: [
      {
        name: 'queue',
        path: collectorPaths.data,
        sizeMiB: (sizeMiB(traces.storage) ?? 0) + queuesMiB(forwarding.queue, queues.length),
        // Its own image has no directory that its user may write to.
        ownedLike: { image: images.jaeger, path: '/tmp' },
      },
    ],
    ports: [
      { name: 'grpc', number: collectorPorts.grpc, publish: traces.otlpGrpcPort },
      { name: 'http', number: collectorPorts.http, publish: traces.otlpHttpPort },
      { name: 'metrics', number: collectorPorts.metrics },
      { name: 'spans', number: collectorPorts.spans },
      { name: 'health', number: collectorPorts.health },
    ],
    readiness: { port: 'health', path: '/' },
    liveness: { port: 'health', path: '/' },
    resources: { memoryMiB, cpus: 1 },
    user: { uid: 10001, gid: 10001 },
    connectsTo: [
      ...[jaeger, loki].filter((endpoint) => endpoint !== undefined),
      ...forwardingPeers(forwarding, targets),
    ],
    acceptsFrom: [
      {
        external: 'audifi',
        ports: ['grpc', 'http'],
        peers: (traces.acceptFromNamespaces ?? [kubernetes.appNamespace]).map((namespace) => ({
          namespace,
        })),
      },
    ],
    // At a stop what waits for a decision is decided, and written to the queue.
    stopSeconds: 30,
  };
}
