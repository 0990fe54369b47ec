import { literal } from '../metrics/postgres-config-role';
import { services } from '../services';

/** Where PostgreSQL finds its files. */
export const postgresPaths = {
  start: '/etc/audifi/start.sh',
  config: '/etc/audifi/postgresql.conf',
  access: '/etc/audifi/access.conf',
  setupAccess: '/etc/audifi/setup-access.conf',
  database: '/etc/audifi/database.sql',
  schema: '/etc/audifi/schema.sql',
  roles: '/run/audifi/roles.sql',
  data: '/var/lib/postgresql/data',
  /** Sockets are here: the image's own directory for them belongs to another user once it is memory. */
  scratch: '/tmp',
} as const;

export const postgresPort = services.postgres.ports.postgres;
export const databaseName = 'audifi';

/**
 * The server's settings, for a small machine. Pure.
 * https://www.postgresql.org/docs/current/runtime-config.html
 *
 * @param statements those that are logged: of a second or more, or all; without what was bound to them
 */
export function postgresConfig(statements: 'slow' | 'all' = 'slow'): string {
  return `${[
    '# Connections',
    "listen_addresses = '*'",
    `port = ${postgresPort}`,
    `unix_socket_directories = '${postgresPaths.scratch}'`,
    `hba_file = '${postgresPaths.access}'`,
    'max_connections = 50',
    'password_encryption = scram-sha-256',
    'idle_in_transaction_session_timeout = 60s',
    '',
    '# Memory: a quarter of what the container may take',
    'shared_buffers = 64MB',
    'effective_cache_size = 128MB',
    'work_mem = 2MB',
    'maintenance_work_mem = 32MB',
    'max_wal_size = 256MB',
    'jit = off',
    '',
    '# What the exporter reads',
    "shared_preload_libraries = 'pg_stat_statements'",
    'pg_stat_statements.max = 1000',
    '# Statements that make a role have its password in them.',
    'pg_stat_statements.track_utility = off',
    'track_io_timing = on',
    '',
    '# Log, one format for all: time with zone, process, user@database, severity',
    'log_destination = stderr',
    'logging_collector = off',
    "log_timezone = 'UTC'",
    "lc_messages = 'C'",
    "log_line_prefix = '%m [%p] %q%u@%d '",
    `log_min_duration_statement = ${statements === 'all' ? '0' : '1s'}`,
    '# Values are what people typed.',
    'log_parameter_max_length = 0',
    'log_parameter_max_length_on_error = 0',
    'log_lock_waits = on',
    'log_temp_files = 4MB',
    'log_autovacuum_min_duration = 10s',
  ].join('\n')}\n`;
}

/**
 * Who may connect: everybody with a password, and the superuser from inside the container alone.
 * https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
 */
export function accessConfig(): string {
  return [
    '# type  database  user      address  method',
    'local   all       postgres           peer',
    'host    all       postgres  all      reject',
    'host    all       all       all      scram-sha-256',
    '',
  ].join('\n');
}

/** While accounts are made, the server has one socket, in a folder of its own user. */
export function setupAccessConfig(): string {
  return 'local  all  postgres  trust\n';
}

/**
 * SQL that makes the application's role, or gives it the password of now; as often as one likes. Pure.
 */
export function appRoleSql({ user, password }: { user: string; password: string }): string {
  return [
    "SET password_encryption = 'scram-sha-256';",
    'DO $role$ BEGIN',
    `  CREATE ROLE ${user};`,
    'EXCEPTION WHEN duplicate_object THEN NULL;',
    'END $role$;',
    `ALTER ROLE ${user} WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 40 PASSWORD ${literal(password)};`,
    '',
  ].join('\n');
}

/** Commands of psql that make the database and, as the application's role, what is in it. Pure. */
export function databaseSql({ user }: { user: string }): string {
  return [
    `SELECT 'CREATE DATABASE ${databaseName}'`,
    `WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${databaseName}') \\gexec`,
    `\\connect ${databaseName}`,
    `\\ir ${postgresPaths.roles}`,
    '-- Of the name of its owner, so that the search path finds it first.',
    `CREATE SCHEMA IF NOT EXISTS ${user} AUTHORIZATION ${user};`,
    `SET ROLE ${user};`,
    `\\ir ${postgresPaths.schema}`,
    '',
  ].join('\n');
}

/**
 * Starts PostgreSQL with the accounts of now. The image's own start gives passwords to an empty volume only, and
 * the volume outlives the state that knows them. So each start first runs a server that nobody else reaches, sets
 * accounts and tables right, stops it, and becomes the server that all reach.
 *
 * A folder for each major version: the files of one cannot be read by another, and stay as they are.
 */
export function startScript(): string {
  const { config, setupAccess, database, data } = postgresPaths;
  return `#!/bin/sh
set -eu
umask 077

major=$(postgres --version | sed 's/^[^0-9]*\\([0-9]*\\).*/\\1/')
data=${data}/$major
if [ ! -s "$data/PG_VERSION" ]; then
  # Under another name until it is complete, so that a start that was killed is begun anew.
  rm -rf "$data.new"
  initdb --pgdata="$data.new" --username=postgres --encoding=UTF8 --no-locale --data-checksums >/dev/null
  mv "$data.new" "$data"
fi

setup=${postgresPaths.scratch}/setup
rm -rf "$setup"
mkdir "$setup"
stop() {
  pg_ctl stop --pgdata="$data" --mode=fast --wait --silent
}
trap 'stop; exit 143' INT TERM
# No statement of this server is logged or counted: they have passwords in them.
pg_ctl start --pgdata="$data" --wait --timeout=300 --silent --options="\\
  -c config_file=${config} -c hba_file=${setupAccess} \\
  -c listen_addresses='' -c unix_socket_directories=$setup \\
  -c shared_preload_libraries='' \\
  -c log_min_duration_statement=-1 -c log_min_error_statement=panic"
psql --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 \\
  --host="$setup" --username=postgres --dbname=postgres --file=${database}
stop
trap - INT TERM
rm -rf "$setup"

exec postgres -D "$data" -c config_file=${config}
`;
}
