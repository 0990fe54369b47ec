import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import {
  forwardingFiles,
  forwardingPeers,
  type ForwardingSettings,
} from '../forwarding/connections';
import { keyFile } from '../forwarding/exporters-config';
import { collectorQueues, otlpTargets, queuesMiB } from '../forwarding/targets-config';
import type { Platform } from '../platform/platform';
import type { Settings } from '../settings';
import { goMemoryLimit, sizeMiB } from '../units';
import { address, type Endpoint, instanceName, only, type Workload } from '../workload';
import {
  collectorPaths,
  collectorPorts,
  collectorVariable,
  otelCollectorConfig,
} from './otel-collector-config';

export interface OtelCollectorArgs {
  readonly platform: Platform;
  readonly settings: Pick<Settings, 'environment' | 'traces' | 'logs' | 'kubernetes'> &
    ForwardingSettings;
  /** @default not deployed: traces are only forwarded */
  readonly jaeger?: Endpoint;
  /** Receives lines that services send over OTLP. @default none: the collector rejects them */
  readonly loki?: Endpoint;
}

/**
 * The OpenTelemetry Collector for traces: receives OTLP (gRPC and HTTP) from AudiFi's services,
 * redacts it, derives span metrics, samples it, and sends the sampled traces to Jaeger and the
 * targets of `forwarding`.
 *
 * Provisions `traces.replicas` instances with their configuration, each with a volume for its queue
 * (kept through replacement and `destroy`). Several instances exchange spans, because a sampling
 * decision needs all spans of a trace. Services outside the stack reach it on the joined Docker
 * network, or from the namespaces in `traces.acceptFromNamespaces`. No authentication.
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

export type OtelCollectorWorkloadArgs = Omit<OtelCollectorArgs, 'platform'> & {
  readonly platform: Pick<Platform, 'instanceHosts'>;
};

export function otelCollectorWorkload(
  name: string,
  { platform, settings, jaeger, loki }: OtelCollectorWorkloadArgs,
): Workload {
  const { traces, logs, environment, kubernetes, forwarding } = settings;
  const memoryMiB = sizeMiB(traces.memory) ?? 0;
  const { replicas } = traces;
  const several = replicas > 1;
  // Without logs in the stack, the collector rejects lines.
  const targets = otlpTargets(forwarding);
  const config = otelCollectorConfig({
    ...{ traces, environment, debug: logs.debug },
    ...(several && { peers: platform.instanceHosts({ name, replicas }) }),
    ...(jaeger === undefined ? {} : { jaeger: address(jaeger, 'grpc') }),
    ...(loki === undefined ? {} : { lokiUrl: `http://${address(loki, 'http')}` }),
    forwarding: { targets, queue: forwarding.queue },
  });
  return {
    name,
    image: images.otelCollector,
    args: [`--config=${collectorPaths.config}`],
    env: {
      GOMEMLIMIT: goMemoryLimit(memoryMiB),
      ...(several && { [collectorVariable]: instanceName }),
    },
    files: [
      { path: collectorPaths.config, content: config },
      ...forwardingFiles(settings, targets, (target) => keyFile(collectorPaths.folder, target)),
    ],
    volumes: [
      {
        name: 'queue',
        path: collectorPaths.data,
        sizeMiB:
          (sizeMiB(traces.storage) ?? 0) + queuesMiB(forwarding.queue, collectorQueues(targets)),
        // The collector's own image has no directory that its user may write to.
        ownedLike: { image: images.jaeger, path: '/tmp' },
      },
    ],
    ports: [
      { name: 'grpc', number: collectorPorts.grpc, publish: traces.otlpGrpcPort },
      { name: 'http', number: collectorPorts.http, publish: traces.otlpHttpPort },
      ...(several ? [{ name: 'peers', number: collectorPorts.peers }] : []),
      { name: 'metrics', number: collectorPorts.metrics },
      { name: 'spans', number: collectorPorts.spans },
      { name: 'health', number: collectorPorts.health },
    ],
    replicas,
    clusterPorts: several ? ['peers'] : [],
    // It compacts a full queue before it becomes healthy.
    readiness: { port: 'health', path: '/', deadlineSeconds: 600 },
    liveness: { port: 'health', path: '/' },
    resources: { memoryMiB, cpus: 1 },
    user: { uid: 10001, gid: 10001 },
    connectsTo: [
      ...(jaeger === undefined ? [] : [only(jaeger, 'grpc')]),
      ...(loki === undefined ? [] : [loki]),
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
    // When the collector stops, it decides on all waiting traces and writes them to the queue.
    stopSeconds: 30,
  };
}
