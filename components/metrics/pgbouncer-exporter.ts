import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import type { Endpoint, Workload } from '../workload';
import type { SslMode } from './settings-schema-servers';
import { hostPort } from '../units';

/** Address and account for PgBouncer. */
export interface PgbouncerConnection {
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** One of `stats_users`, which can read statistics and change nothing. */
  readonly user: string;
  /** libpq's modes. `verify-…` trusts the certificate authorities of the image. */
  readonly sslmode: SslMode;
  readonly password: pulumi.Output<string>;
}

export interface PgbouncerExporterArgs {
  readonly platform: Platform;
  readonly connection: PgbouncerConnection;
}

const port = services['pgbouncer-exporter'].ports.http;

/**
 * Exporter of PgBouncer 1.8 and later: client and server connections per pool, and the longest wait
 * of a client.
 *
 * Provisions one instance and the scrape job `pgbouncer`. PgBouncer needs `stats_users = <user>`
 * and `ignore_startup_parameters = extra_float_digits`.
 *
 * Upstream: https://github.com/prometheus-community/pgbouncer_exporter
 */
export class PgbouncerExporter extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: PgbouncerExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:metrics:PgbouncerExporter', name, {}, opts);
    const workload = pgbouncerExporterWorkload(name, args.connection);
    this.endpoint = args.platform.deploy(workload, { parent: this });
    this.registerOutputs({});
  }
}

/**
 * The exporter has no option for a password file, but reads arguments from this file, one per line.
 */
const argumentsPath = '/etc/pgbouncer_exporter/secrets/arguments';

export function pgbouncerExporterWorkload(name: string, connection: PgbouncerConnection): Workload {
  return {
    name,
    image: images.pgbouncerExporter,
    args: [`@${argumentsPath}`, `--web.listen-address=:${port}`, '--log.format=json'],
    files: [
      {
        path: argumentsPath,
        content: connection.password.apply(
          (password) => `--pgBouncer.connectionString=${connectionUrl(connection, password)}\n`,
        ),
        secret: true,
      },
    ],
    ports: [{ name: 'http', number: port }],
    // Probe the exporter's own page: it is ready even if PgBouncer is down, and reports that.
    readiness: { port: 'http', path: '/' },
    liveness: { port: 'http', path: '/' },
    resources: { memoryMiB: 64, cpus: 0.25 },
    user: { uid: 65534, gid: 65534 },
    connectsTo: [{ external: 'pgbouncer', ports: [connection.port] }],
    stopSeconds: 5,
  };
}

/** URL of PgBouncer's admin database, which answers SHOW commands. Pure. */
function connectionUrl(
  { host, port, user, sslmode }: Omit<PgbouncerConnection, 'password'>,
  password: string,
): string {
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `postgres://${login}@${hostPort(host, port)}/pgbouncer?sslmode=${sslmode}&connect_timeout=5`;
}
