import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import { goMemoryLimit, sizeMiB } from '../units';
import type { Endpoint, Workload } from '../workload';
import { otelAgentConfig, otelNodeVariable, otelPaths, otelPorts } from './otel-agent-config';
import { agentConfigArgs, type LogAgentArgs } from './promtail';

/**
 * The OpenTelemetry Collector in Promtail's place: the same labels, metadata and redaction, from the same tables.
 *
 * Provisions one instance on each machine and a volume for what it has read. Like Promtail it is root without
 * capabilities and reads the log files (host access `containerLogs`), no engine's API. It sends OTLP to Loki.
 *
 * Upstream: https://opentelemetry.io/docs/collector/
 */
export class OtelAgent extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: LogAgentArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:logs:OtelAgent', name, {}, opts);
    this.endpoint = args.platform.deploy(otelAgentWorkload(name, args), { parent: this });
    this.registerOutputs({});
  }
}

/** What the collector runs as. */
export function otelAgentWorkload(
  name: string,
  args: Parameters<typeof agentConfigArgs>[0],
): Workload {
  const memoryMiB = sizeMiB(args.settings.logs.memory) ?? 0;
  return {
    name,
    image: images.otelCollector,
    args: [`--config=${otelPaths.config}`, '--feature-gates=stanza.synchronousLogEmitter'],
    env: { GOMEMLIMIT: goMemoryLimit(memoryMiB), [otelNodeVariable]: args.platform.nodeName },
    files: [{ path: otelPaths.config, content: otelAgentConfig(agentConfigArgs(args)) }],
    volumes: [{ name: 'positions', path: otelPaths.data, sizeMiB: 64 }],
    ports: [
      { name: 'metrics', number: otelPorts.metrics },
      { name: 'health', number: otelPorts.health },
    ],
    readiness: { port: 'health', path: '/' },
    liveness: { port: 'health', path: '/' },
    resources: { memoryMiB, cpus: 0.5 },
    user: { uid: 0, gid: 0 },
    host: ['containerLogs'],
    placement: 'perNode',
    connectsTo: [args.loki],
    stopSeconds: 15,
  };
}
