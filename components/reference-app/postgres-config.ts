import { literal } from '../metrics/postgres-config-role';
import { services } from '../services';

/** Paths in the container of PostgreSQL. */
export const postgresPaths = {
  start: '/etc/audifi/start.sh',
  config: '/etc/audifi/postgresql.conf',
  access: '/etc/audifi/access.conf',
  setupAccess: '/etc/audifi/setup-access.conf',
  database: '/etc/audifi/database.sql',
  schema: '/etc/audifi/schema.sql',
  roles: '/run/audifi/roles.sql',
  data: '/var/lib/postgresql/data',
  /** Directory for sockets. The image's own directory has the wrong owner when mounted as tmpfs. */
  scratch: '/tmp',
} as const;

export const postgresPort = services.postgres.ports.postgres;
export const databaseName = 'audifi';

/**
 * The server's settings, for a small machine. Pure.
 * https://www.postgresql.org/docs/current/runtime-config.html
 *
 * @param statements which statements to log: those of a second or more, or all; without parameters
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
    '# Memory: a quarter of the memory limit',
    'shared_buffers = 64MB',
    'effective_cache_size = 128MB',
    'work_mem = 2MB',
    'maintenance_work_mem = 32MB',
    'max_wal_size = 256MB',
    'jit = off',
    '',
    '# For the exporter',
    "shared_preload_libraries = 'pg_stat_statements'",
    'pg_stat_statements.max = 1000',
    '# Statements that create a role contain its password.',
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
    '# Values may contain personal data.',
    'log_parameter_max_length = 0',
    'log_parameter_max_length_on_error = 0',
    'log_lock_waits = on',
    'log_temp_files = 4MB',
    'log_autovacuum_min_duration = 10s',
  ].join('\n')}\n`;
}

/**
 * pg_hba.conf: all users with a password, and the superuser only from inside the container.
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

/** While accounts are created, the server has only this socket. */
export function setupAccessConfig(): string {
  return 'local  all  postgres  trust\n';
}

/**
 * SQL that creates the application's role or updates its password. Idempotent. Pure.
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

/** psql commands that create the database and, as the application's role, its schema. Pure. */
export function databaseSql({ user }: { user: string }): string {
  return [
    `SELECT 'CREATE DATABASE ${databaseName}'`,
    `WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${databaseName}') \\gexec`,
    `\\connect ${databaseName}`,
    `\\ir ${postgresPaths.roles}`,
    '-- Named after its owner, so that it is first in the search path.',
    `CREATE SCHEMA IF NOT EXISTS ${user} AUTHORIZATION ${user};`,
    `SET ROLE ${user};`,
    `\\ir ${postgresPaths.schema}`,
    '',
  ].join('\n');
}

/**
 * Starts PostgreSQL with the current passwords. The image's entry point sets passwords only for an
 * empty volume, but the volume outlives the state with the passwords. So each start first runs a
 * server without network access, updates accounts and tables, stops it, and then starts the real
 * server.
 *
 * One directory per major version, because another version cannot read its files.
 */
export function startScript(): string {
  const { config, setupAccess, database, data } = postgresPaths;
  return `#!/bin/sh
set -eu
umask 077

major=$(postgres --version | sed 's/^[^0-9]*\\([0-9]*\\).*/\\1/')
data=${data}/$major
if [ ! -s "$data/PG_VERSION" ]; then
  # Under another name until it is complete, so that a killed initialisation starts over.
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
# Statements on this server are neither logged nor counted, because they contain passwords.
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
