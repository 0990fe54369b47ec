import * as pulumi from '@pulumi/pulumi';
import type { Platform } from '../platform/platform';
import type { Endpoint } from '../workload';
import { Loki, type LogsSettings } from './loki';
import { OtelAgent } from './otel-agent';
import { Promtail } from './promtail';

export interface LogsArgs {
  readonly platform: Platform;
  readonly settings: LogsSettings;
  /** Text of the ruler's files by file name. */
  readonly rules: Readonly<Record<string, string>>;
  readonly alertmanager: Endpoint;
}

/** The settings' name of an agent, to its name in the catalogue and its component. */
const agents = {
  promtail: { name: 'promtail', Agent: Promtail },
  otel: { name: 'otel-agent', Agent: OtelAgent },
} as const;

/** The log pipeline: Loki, and the agent on each machine that reads the containers' files and sends them there. */
export class Logs extends pulumi.ComponentResource {
  /** Undefined where lines are forwarded alone. */
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
