import * as pulumi from '@pulumi/pulumi';
import type { Platform } from '../platform/platform';
import type { Endpoint } from '../workload';
import { Loki, type LogsSettings } from './loki';
import { OtelAgent } from './otel-agent';
import { Promtail } from './promtail';

export interface LogsArgs {
  readonly platform: Platform;
  readonly settings: LogsSettings;
  /** Rule files of the ruler, by file name. */
  readonly rules: Readonly<Record<string, string>>;
  readonly alertmanager: Endpoint;
}

/** Maps an agent's name in the settings to its name in the catalogue and its component. */
const agents = {
  promtail: { name: 'promtail', Agent: Promtail },
  otel: { name: 'otel-agent', Agent: OtelAgent },
} as const;

/**
 * The log pipeline: Loki, and a log agent on each machine that reads the container log files and
 * sends the lines to Loki.
 */
export class Logs extends pulumi.ComponentResource {
  /** Undefined if log lines are only forwarded. */
  readonly loki?: Endpoint;
  /** Loki and the agent. */
  readonly parts: readonly { readonly endpoint: Endpoint }[];

  constructor(name: string, args: LogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:logs:Logs', name, {}, opts);
    const loki = args.settings.loki.enabled ? new Loki('loki', args, { parent: this }) : undefined;
    const { name: agentName, Agent } = agents[args.settings.logs.agent];
    const agent = new Agent(agentName, { ...args, loki: loki?.endpoint }, { parent: this });
    this.loki = loki?.endpoint;
    this.parts = [...(loki === undefined ? [] : [loki]), agent];
    this.registerOutputs({ url: loki?.endpoint.url });
  }
}
