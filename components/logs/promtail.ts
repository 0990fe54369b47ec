import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { goMemoryLimit, sizeMiB } from '../units';
import { address, type Endpoint, type Workload } from '../workload';
import type { LogsSettings } from './loki';
import {
  type AgentConfigArgs,
  promtailConfig,
  promtailPaths,
  promtailPort,
} from './promtail-config';
import { mergedSources } from './sources';

export interface LogAgentArgs {
  readonly platform: Platform;
  readonly settings: LogsSettings;
  /** @default not deployed: lines are only forwarded, which Promtail does not support */
  readonly loki?: Endpoint;
}

/**
 * Promtail 3.6, the last version before its end of life (2 March 2026): reads the container log
 * files, redacts the lines and sends them to Loki.
 *
 * Provisions one instance per machine and a volume for its read positions. It runs as root without
 * capabilities, because the log files belong to root. It is one of the few privileged workloads
 * (host access `containerLogs`), and has no access to the container engine's API.
 *
 * Upstream: https://grafana.com/docs/loki/latest/send-data/promtail/
 */
export class Promtail extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: LogAgentArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:logs:Promtail', name, {}, opts);
    this.endpoint = args.platform.deploy(promtailWorkload(name, args), { parent: this });
    this.registerOutputs({});
  }
}

/** Arguments that both agents need. */
export function agentConfigArgs({
  platform,
  settings,
  loki,
}: {
  readonly platform: Pick<Platform, 'containerLogs' | 'nodeName'>;
  readonly settings: LogsSettings;
  readonly loki?: Endpoint;
}): AgentConfigArgs {
  return {
    stack: settings.stack,
    environment: settings.environment,
    sources: mergedSources(settings.logs.sources),
    projects: settings.logs.projects,
    debug: settings.logs.debug,
    logs: platform.containerLogs,
    ...(loki === undefined ? {} : { lokiUrl: `http://${address(loki, 'http')}` }),
  };
}

export function promtailWorkload(
  name: string,
  args: Parameters<typeof agentConfigArgs>[0],
): Workload {
  const { cpus } = args.settings.logs;
  const memoryMiB = sizeMiB(args.settings.logs.memory) ?? 0;
  return {
    name,
    image: images.promtail,
    args: [
      `-config.file=${promtailPaths.config}`,
      // All machines share one configuration, so the node name must be a command-line argument.
      `-client.external-labels=node=${args.platform.nodeName}`,
    ],
    // More threads than cores would only spend CPU time looking for work.
    env: { GOMEMLIMIT: goMemoryLimit(memoryMiB), GOMAXPROCS: String(Math.ceil(cpus)) },
    files: [{ path: promtailPaths.config, content: promtailConfig(agentConfigArgs(args)) }],
    volumes: [{ name: 'positions', path: promtailPaths.data, sizeMiB: 16 }],
    ports: [{ name: 'http', number: promtailPort }],
    // Promtail's own /ready requires at least one open file, which exists on any machine with
    // containers.
    readiness: { port: 'http', path: '/ready' },
    liveness: { port: 'http', path: '/metrics' },
    resources: { memoryMiB, cpus },
    user: { uid: 0, gid: 0 },
    host: ['containerLogs'],
    placement: 'perNode',
    connectsTo: args.loki === undefined ? [] : [args.loki],
    stopSeconds: 15,
  };
}
