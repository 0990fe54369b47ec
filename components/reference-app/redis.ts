import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import { monitoringAcl } from '../metrics/redis-config';
import type { RedisConnection } from '../metrics/redis-exporter';
import type { Platform } from '../platform/platform';
import type { Endpoint, Workload } from '../workload';
import { type Account, account } from './postgres';
import { aclFile, appAcl, redisConfig, redisPaths, redisPort, sha256 } from './redis-config';

export interface RedisArgs {
  readonly platform: Platform;
  /** Commands in the slow log: those of 10 ms or more, or all. @default 'slow' */
  readonly commands?: 'slow' | 'all';
}

const memoryMiB = 128;

/**
 * Redis 8 with the reference application's queues and channels.
 *
 * Provisions one instance with its configuration, a volume (survives replacement and `destroy`),
 * and two users with random passwords: the application's, for its own keys, and the exporter's,
 * without keys. Writes are on disk within one second, and keys are never evicted. Reachable only
 * from the stack's network.
 *
 * Upstream: https://redis.io/docs/latest/
 */
export class Redis extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  readonly app: Account;
  /** How the exporter connects. */
  readonly connection: RedisConnection;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:referenceApp:Redis', name, {}, opts);
    this.app = account(`${name}-app-password`, 'audifi', this);
    const exporter = account(`${name}-exporter-password`, 'redis_exporter', this);
    const workload = redisWorkload(name, users(this.app, exporter), args.commands);
    this.endpoint = args.platform.deploy(workload, { parent: this });
    const { endpoint } = this;
    this.connection = { host: endpoint.host, port: redisPort, ...exporter, endpoint };
    this.registerOutputs({});
  }
}

function users(app: Account, monitoring: Account): pulumi.Output<string> {
  return pulumi
    .all([app.password, monitoring.password])
    .apply(([appPassword, password]) =>
      aclFile([
        appAcl({ user: app.user, password: appPassword }),
        monitoringAcl({ user: monitoring.user, passwordSha256: sha256(password) }),
      ]),
    );
}

export function redisWorkload(
  name: string,
  acl: pulumi.Input<string>,
  commands: 'slow' | 'all' = 'slow',
): Workload {
  return {
    name,
    image: images.redis,
    command: ['redis-server', redisPaths.config],
    files: [
      { path: redisPaths.config, content: redisConfig({ memoryMiB, commands }) },
      { path: redisPaths.users, content: acl, secret: true },
    ],
    volumes: [{ name: 'data', path: redisPaths.data, sizeMiB: 256 }],
    ports: [{ name: 'redis', number: redisPort }],
    resources: { memoryMiB, cpus: 0.5 },
    // The image's own account.
    user: { uid: 999, gid: 999 },
    stopSeconds: 15,
  };
}
