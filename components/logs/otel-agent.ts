import * as pulumi from '@pulumi/pulumi';
import { forwardingFiles, forwardingPeers } from '../forwarding/connections';
import { keyFile } from '../forwarding/exporters-config';
import { otlpTargets, queuesMiB } from '../forwarding/targets-config';
import { images } from '../images';
import { goMemoryLimit, sizeMiB } from '../units';
import type { Endpoint, Workload } from '../workload';
import { otelAgentConfig, otelNodeVariable, otelPaths, otelPorts } from './otel-agent-config';
import { agentConfigArgs, type LogAgentArgs } from './promtail';

/**
 * The OpenTelemetry Collector as log agent instead of Promtail, with the same labels, metadata and
 * redaction from the same tables.
 *
 * Provisions one instance per machine and a volume for its read positions and queue. Like Promtail,
 * it runs as root without capabilities, reads the log files (host access `containerLogs`), and has
 * no access to the container engine's API. It sends OTLP to Loki and to the targets of
 * `forwarding`.
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

export function otelAgentWorkload(
  name: string,
  args: Parameters<typeof agentConfigArgs>[0],
): Workload {
  const { settings, loki } = args;
  const { forwarding } = settings;
  const memoryMiB = sizeMiB(settings.logs.memory) ?? 0;
  const targets = otlpTargets(forwarding).filter(({ logs }) => logs !== undefined);
  const config = otelAgentConfig(agentConfigArgs(args), { targets, queue: forwarding.queue });
  return {
    name,
    image: images.otelCollector,
    args: [`--config=${otelPaths.config}`, '--feature-gates=stanza.synchronousLogEmitter'],
    env: { GOMEMLIMIT: goMemoryLimit(memoryMiB), [otelNodeVariable]: args.platform.nodeName },
    files: [
      { path: otelPaths.config, content: config },
      ...forwardingFiles(settings, targets, (target) => keyFile(otelPaths.folder, target)),
    ],
    volumes: [
      {
        name: 'positions',
        path: otelPaths.data,
        sizeMiB: 64 + queuesMiB(forwarding.queue, targets.length),
      },
    ],
    ports: [
      { name: 'metrics', number: otelPorts.metrics },
      { name: 'health', number: otelPorts.health },
    ],
    readiness: { port: 'health', path: '/' },
    liveness: { port: 'health', path: '/' },
    resources: { memoryMiB, cpus: settings.logs.cpus },
    user: { uid: 0, gid: 0 },
    host: ['containerLogs'],
    placement: 'perNode',
    connectsTo: [...(loki === undefined ? [] : [loki]), ...forwardingPeers(forwarding, targets)],
    stopSeconds: 15,
  };
}
