import * as pulumi from '@pulumi/pulumi';
import type { Image } from '../images';
import type { Platform } from '../platform/platform';
import type { Settings } from '../settings';
import { durationSeconds } from '../units';
import type { Endpoint } from '../workload';
import { Caddy } from './caddy';
import { account, Postgres } from './postgres';
import { Redis } from './redis';
import { apiServer, outside, type Surroundings, traffic, worker, wsServer } from './services';

export interface ReferenceAppArgs {
  readonly platform: Platform;
  /** From `referenceAppImage`. */
  readonly image: Image;
  readonly settings: Pick<
    Settings,
    'environment' | 'logs' | 'referenceAppLogs' | 'referenceAppPorts' | 'traces'
  >;
  /** The collector of traces. @default none, and no traces are recorded */
  readonly otlpEndpoint?: Endpoint | undefined;
}

/**
 * A small AudiFi with the specification's names and metrics, so that a development stack has
 * something to monitor: API server, WebSocket server and worker with PostgreSQL, Redis and Caddy,
 * generated traffic, and stubs of external services.
 *
 * Provisions the workloads `postgres`, `redis`, `outside`, `api-server`, `ws-server`, `worker`,
 * `caddy` and `traffic`, and the passwords between them.
 */
export class ReferenceApp extends pulumi.ComponentResource {
  readonly postgres: Postgres;
  readonly redis: Redis;
  /** All workloads, in start order. */
  readonly parts: readonly { readonly endpoint: Endpoint }[];

  constructor(name: string, args: ReferenceAppArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:referenceApp:ReferenceApp', name, {}, opts);
    const { platform, settings } = args;
    const { web, control } = settings.referenceAppPorts;
    const child = { parent: this };
    const { statements, commands } = settings.referenceAppLogs;
    this.postgres = new Postgres('postgres', { platform, statements }, child);
    this.redis = new Redis('redis', { platform, commands }, child);
    const surroundings: Surroundings = {
      image: args.image,
      environment: settings.environment,
      otlpEndpoint: args.otlpEndpoint,
      decisionSeconds: durationSeconds(settings.traces.decisionWait) ?? 0,
      logLevel: settings.logs.debug ? 'debug' : 'info',
      postgres: { endpoint: this.postgres.endpoint, account: this.postgres.app },
      redis: { endpoint: this.redis.endpoint, account: this.redis.app },
      sessionSecret: account(`${name}-session-secret`, '', this).password,
      webhookSecret: account(`${name}-webhook-secret`, '', this).password,
    };
    const stubs = platform.deploy(outside(surroundings), child);
    const api = platform.deploy(apiServer(surroundings, stubs), child);
    const studio = platform.deploy(wsServer(surroundings), child);
    const jobs = platform.deploy(worker(surroundings, stubs), child);
    const caddy = new Caddy('caddy', { platform, api, studio, publish: web }, child);
    const users = platform.deploy(traffic(surroundings, caddy.endpoint, control), child);
    this.parts = [
      ...[this.postgres, this.redis, { endpoint: stubs }, { endpoint: api }],
      ...[{ endpoint: studio }, { endpoint: jobs }, caddy, { endpoint: users }],
    ];
    this.registerOutputs({ url: caddy.endpoint.url });
  }
}
