import * as pulumi from '@pulumi/pulumi';
import type { OwnJob } from '../metrics/prometheus-config';
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

/** Names of the scrape jobs that `Logs` has with these settings; rules are made before it is. */
export const logJobs = ({ logs }: LogsSettings): readonly string[] =>
  logs.enabled ? ['loki', agents[logs.agent].job] : [];

/** What the settings call an agent, its scrape job, and who it is. */
const agents = {
  promtail: { job: 'promtail', Agent: Promtail },
  otel: { job: 'otel-agent', Agent: OtelAgent },
} as const;

/** The log pipeline: Loki, and the agent on each machine that reads the containers' files and sends them there. */
export class Logs extends pulumi.ComponentResource {
  readonly loki: Endpoint;
  readonly endpoints: readonly Endpoint[];
  /** Scrape jobs for Prometheus. */
  readonly jobs: readonly OwnJob[];

  constructor(name: string, args: LogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:logs:Logs', name, {}, opts);
    const loki = new Loki('loki', args, { parent: this });
    const { job, Agent } = agents[args.settings.logs.agent];
    const agent = new Agent(job, { ...args, loki: loki.endpoint }, { parent: this });
    this.loki = loki.endpoint;
    this.endpoints = [loki.endpoint, agent.endpoint];
    this.jobs = [loki.job, agent.job];
    this.registerOutputs({ url: loki.endpoint.url });
  }
}
