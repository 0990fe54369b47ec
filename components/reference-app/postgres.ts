import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random';
import { images } from '../images';
import { monitoringRoleSql } from '../metrics/postgres-config-role';
import type { PostgresConnection } from '../metrics/postgres-exporter';
import type { Platform } from '../platform/platform';
import type { Endpoint, Workload } from '../workload';
import {
  accessConfig,
  appRoleSql,
  databaseName,
  databaseSql,
  postgresConfig,
  postgresPaths,
  postgresPort,
  setupAccessConfig,
  startScript,
} from './postgres-config';

/** A user of a server, with a random password. */
export interface Account {
  readonly user: string;
  /** Secret: letters and digits. */
  readonly password: pulumi.Output<string>;
}

export interface PostgresArgs {
  readonly platform: Platform;
  /** Statements that are logged: those of a second or more, or all. @default 'slow' */
  readonly statements?: 'slow' | 'all';
}

/**
 * PostgreSQL 17 with the reference application's database.
 *
 * Provisions one instance with its configuration, a volume (survives replacement and `destroy`),
 * the application's role, which owns only its schema, and the exporter's role. Passwords are random
 * and set at every start, because they change after a `destroy` that keeps the data. Logs
 * statements of a second or more; counts all. Reachable only from the stack's network.
 *
 * Upstream: https://www.postgresql.org/docs/17/
 */
export class Postgres extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  readonly app: Account;
  /** How the exporter connects. */
  readonly connection: PostgresConnection;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:referenceApp:Postgres', name, {}, opts);
    this.app = account(`${name}-app-password`, 'audifi', this);
    const exporter = account(`${name}-exporter-password`, 'postgres_exporter', this);
    const workload = postgresWorkload(name, rolesSql(this.app, exporter), args.statements);
    this.endpoint = args.platform.deploy(workload, { parent: this });
    const { host } = this.endpoint;
    this.connection = {
      ...{ host, port: postgresPort, database: databaseName },
      ...{ ...exporter, endpoint: this.endpoint },
    };
    this.registerOutputs({});
  }
}

/** An account with a random password. */
export function account(resource: string, user: string, parent: pulumi.Resource): Account {
  // Without special characters, it needs no quoting in SQL, URLs and configuration files.
  const { result } = new RandomPassword(resource, { length: 32, special: false }, { parent });
  return { user, password: result };
}

function rolesSql(app: Account, monitoring: Account): pulumi.Output<string> {
  return pulumi
    .all([app.password, monitoring.password])
    .apply(([appPassword, password]) =>
      [
        appRoleSql({ user: app.user, password: appPassword }),
        monitoringRoleSql({ user: monitoring.user, password }),
      ].join('\n'),
    );
}

export function postgresWorkload(
  name: string,
  roles: pulumi.Input<string>,
  statements: 'slow' | 'all' = 'slow',
): Workload {
  const schema = join(__dirname, '..', '..', 'reference-app', 'schema.sql');
  return {
    name,
    image: images.postgres,
    command: ['sh', postgresPaths.start],
    files: [
      { path: postgresPaths.start, content: startScript() },
      { path: postgresPaths.config, content: postgresConfig(statements) },
      { path: postgresPaths.access, content: accessConfig() },
      { path: postgresPaths.setupAccess, content: setupAccessConfig() },
      { path: postgresPaths.database, content: databaseSql({ user: 'audifi' }) },
      { path: postgresPaths.schema, content: readFileSync(schema, 'utf8') },
      { path: postgresPaths.roles, content: roles, secret: true },
    ],
    volumes: [{ name: 'data', path: postgresPaths.data, sizeMiB: 1024 }],
    scratch: [postgresPaths.scratch],
    ports: [{ name: 'postgres', number: postgresPort }],
    resources: { memoryMiB: 256, cpus: 1 },
    // The image's own account.
    user: { uid: 999, gid: 999 },
  };
}
