import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import type { Endpoint, External, Workload } from '../workload';
import {
  dataSourceUri,
  type PostgresAddress,
  postgresExporterArgs,
  postgresExporterConfig,
  postgresPaths,
  postgresQueries,
} from './postgres-config';

/** Address and account for PostgreSQL. */
export interface PostgresConnection extends PostgresAddress {
  /** A role created by `monitoringRoleSql`. */
  readonly user: string;
  /** Without spaces: the exporter cannot parse spaces, and would log the password. */
  readonly password: pulumi.Output<string>;
  /** Whether pg_stat_statements is installed. @default true */
  readonly statements?: boolean;
  /** The server, if the stack runs it. @default `external` */
  readonly endpoint?: Endpoint;
  /** The server, if the stack does not run it. @default any address, on `port` */
  readonly external?: External;
}

export interface PostgresExporterArgs {
  readonly platform: Platform;
  readonly connection: PostgresConnection;
}

const port = services['postgres-exporter'].ports.http;

/**
 * Exporter of PostgreSQL 14 and later: connections by state, lock waits, transactions, table sizes,
 * cache hit rates, and the statements with the most total time (by `queryid`, never by text).
 *
 * Provisions one instance and the spec's scrape job `postgres`, in place of the target of that
 * name.
 *
 * Upstream: https://github.com/prometheus-community/postgres_exporter
 */
export class PostgresExporter extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: PostgresExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:metrics:PostgresExporter', name, {}, opts);
    const workload = postgresExporterWorkload(name, args.connection);
    this.endpoint = args.platform.deploy(workload, { parent: this });
    this.registerOutputs({});
  }
}

export function postgresExporterWorkload(name: string, connection: PostgresConnection): Workload {
  const { user, password, statements = true, endpoint, external } = connection;
  return {
    name,
    image: images.postgresExporter,
    args: [...postgresExporterArgs(user, statements), `--web.listen-address=:${port}`],
    env: {
      DATA_SOURCE_URI: dataSourceUri(connection),
      DATA_SOURCE_USER: user,
      DATA_SOURCE_PASS_FILE: postgresPaths.password,
    },
    files: [
      { path: postgresPaths.config, content: postgresExporterConfig() },
      { path: postgresPaths.queries, content: postgresQueries() },
      { path: postgresPaths.password, content: password, secret: true },
    ],
    ports: [{ name: 'http', number: port }],
    // Probe the exporter's own page: it is ready even if PostgreSQL is down, and reports that.
    readiness: { port: 'http', path: '/' },
    liveness: { port: 'http', path: '/' },
    resources: { memoryMiB: 64, cpus: 0.25 },
    user: { uid: 65534, gid: 65534 },
    connectsTo: [endpoint ?? external ?? { external: 'postgres', ports: [connection.port] }],
    stopSeconds: 5,
  };
}
