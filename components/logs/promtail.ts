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
  /** @default not deployed: lines are forwarded alone, which Promtail cannot */
  readonly loki?: Endpoint;
}

/**
 * Promtail 3.6, the last of its line (its end of life was on 2 March 2026): reads the containers' log files, masks them and
 * sends them to Loki.
 *
 * Provisions one instance on each machine and a volume for what it has read. It is root without capabilities, because the
 * files are root's: one of the few privileged workloads (host access `containerLogs`). It sees no engine's API.
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

/** What either agent has to know. */
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

/** What Promtail runs as. */
export function promtailWorkload(
  name: string,
  args: Parameters<typeof agentConfigArgs>[0],
): Workload {
  const memoryMiB = sizeMiB(args.settings.logs.memory) ?? 0;
  return {
    name,
    image: images.promtail,
    args: [
      `-config.file=${promtailPaths.config}`,
      // One configuration for all machines; its file cannot say on which it is read.
      `-client.external-labels=node=${args.platform.nodeName}`,
    ],
    env: { GOMEMLIMIT: goMemoryLimit(memoryMiB) },
    files: [{ path: promtailPaths.config, content: promtailConfig(agentConfigArgs(args)) }],
    volumes: [{ name: 'positions', path: promtailPaths.data, sizeMiB: 16 }],
    ports: [{ name: 'http', number: promtailPort }],
    // Its own /ready asks that at least one file is read, which is so on any machine with containers.
    readiness: { port: 'http', path: '/ready' },
    liveness: { port: 'http', path: '/metrics' },
    resources: { memoryMiB, cpus: 0.5 },
    user: { uid: 0, gid: 0 },
    host: ['containerLogs'],
    placement: 'perNode',
    connectsTo: args.loki === undefined ? [] : [args.loki],
    stopSeconds: 15,
  };
}
