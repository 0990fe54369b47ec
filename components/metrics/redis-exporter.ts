import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import type { Endpoint, External, Workload } from '../workload';
import {
  type RedisAddress,
  redisExporterArgs,
  redisPasswordPath,
  redisPasswords,
} from './redis-config';

/** Address and account for Redis. */
export interface RedisConnection extends RedisAddress {
  /** A user created by `monitoringAcl`. */
  readonly user: string;
  readonly password: pulumi.Output<string>;
  /** The server, if the stack runs it. @default `external` */
  readonly endpoint?: Endpoint;
  /** The server, if the stack does not run it. @default any address, on `port` */
  readonly external?: External;
}

export interface RedisExporterArgs {
  readonly platform: Platform;
  readonly connection: RedisConnection;
}

const port = services['redis-exporter'].ports.http;

/**
 * Exporter of Redis 6 and later: memory, clients, pub/sub, persistence, replicas, commands. It
 * cannot read keys.
 *
 * Provisions one instance and the spec's scrape job `redis`, in place of the target of that name.
 *
 * Upstream: https://github.com/oliver006/redis_exporter
 */
export class RedisExporter extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: RedisExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:metrics:RedisExporter', name, {}, opts);
    const workload = redisExporterWorkload(name, args.connection);
    this.endpoint = args.platform.deploy(workload, { parent: this });
    this.registerOutputs({});
  }
}

export function redisExporterWorkload(name: string, connection: RedisConnection): Workload {
  const { user, password, endpoint, external } = connection;
  return {
    name,
    image: images.redisExporter,
    args: [...redisExporterArgs(connection), `--web.listen-address=:${port}`],
    env: { REDIS_USER: user },
    files: [
      {
        path: redisPasswordPath,
        content: password.apply((text) => redisPasswords(connection, user, text)),
        secret: true,
      },
    ],
    ports: [{ name: 'http', number: port }],
    readiness: { port: 'http', path: '/health' },
    liveness: { port: 'http', path: '/health' },
    resources: { memoryMiB: 64, cpus: 0.25 },
    user: { uid: 59000, gid: 59000 },
    connectsTo: [endpoint ?? external ?? { external: 'redis', ports: [connection.port] }],
    stopSeconds: 5,
  };
}
