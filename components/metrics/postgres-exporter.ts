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

/** Where PostgreSQL is, and as whom it is asked. */
export interface PostgresConnection extends PostgresAddress {
  /** A role as `monitoringRoleSql` makes it. */
  readonly user: string;
  /** Without blanks: the exporter cannot read others, and would log them. */
  readonly password: pulumi.Output<string>;
  /** Is pg_stat_statements there? @default true */
  readonly statements?: boolean;
  /** The server, when the stack runs it. @default `external` */
  readonly endpoint?: Endpoint;
  /** The server, when somebody else runs it. @default anywhere, on `port` */
  readonly external?: External;
}

export interface PostgresExporterArgs {
  readonly platform: Platform;
  readonly connection: PostgresConnection;
}

const port = services['postgres-exporter'].ports.http;

/**
 * Exporter of PostgreSQL 14 and later: connections by state, waits for locks, transactions, sizes of tables,
 * hit rates, and the statements that take most time (by `queryid`, never by text).
 *
 * Provisions one instance and the spec's scrape job `postgres`, in place of the target of that name.
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

/** What the PostgreSQL exporter runs as. */
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
    // Its own page: it is ready without PostgreSQL, and then says that PostgreSQL is down.
    readiness: { port: 'http', path: '/' },
    liveness: { port: 'http', path: '/' },
    resources: { memoryMiB: 64, cpus: 0.25 },
    user: { uid: 65534, gid: 65534 },
    connectsTo: [endpoint ?? external ?? { external: 'postgres', ports: [connection.port] }],
    stopSeconds: 5,
  };
}
