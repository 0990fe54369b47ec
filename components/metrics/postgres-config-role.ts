/** The role that the PostgreSQL exporter logs in as. */
export interface MonitoringRole {
  readonly user: string;
  readonly password: string;
  /** Also create the extension pg_stat_statements in the current database. @default true */
  readonly statements?: boolean;
}

/**
 * SQL that creates or resets the exporter's role. Run it as a superuser (or as the administrator of
 * a managed server) in the database that the exporter connects to. It is idempotent.
 *
 * The role is a member of pg_monitor, which can read statistics but no tables. Its number of
 * connections is limited, and its statements and lock waits have timeouts. Pure.
 *
 * Throws on strings that contain NUL, which PostgreSQL cannot store.
 *
 * Upstream: https://www.postgresql.org/docs/current/predefined-roles.html
 */
export function monitoringRoleSql({ user, password, statements = true }: MonitoringRole): string {
  const role = identifier(user);
  return [
    // Otherwise the statement log and pg_stat_statements would store the password. A role that may
    // not change these settings must prevent that in another way.
    'DO $quiet$ BEGIN',
    "  PERFORM set_config('log_statement', 'none', false);",
    "  PERFORM set_config('log_min_duration_statement', '-1', false);",
    "  PERFORM set_config('log_min_error_statement', 'panic', false);",
    "  PERFORM set_config('pg_stat_statements.track_utility', 'off', false);",
    'EXCEPTION WHEN insufficient_privilege THEN NULL;',
    'END $quiet$;',
    "SET password_encryption = 'scram-sha-256';",
    'DO $role$ BEGIN',
    `  CREATE ROLE ${role};`,
    'EXCEPTION WHEN duplicate_object THEN NULL;',
    'END $role$;',
    `ALTER ROLE ${role} WITH LOGIN INHERIT NOCREATEDB NOCREATEROLE CONNECTION LIMIT 5 PASSWORD ${literal(password)};`,
    ...settings.map(([name, value]) => `ALTER ROLE ${role} SET ${name} = ${value};`),
    `GRANT pg_monitor TO ${role};`,
    ...(statements ? ['CREATE EXTENSION IF NOT EXISTS pg_stat_statements;'] : []),
    '',
  ].join('\n');
}

/** pg_catalog first, so that no object in `public` can replace a system view. */
const settings: readonly (readonly [string, string])[] = [
  ['default_transaction_read_only', 'on'],
  ['statement_timeout', "'8s'"],
  ['lock_timeout', "'2s'"],
  ['idle_in_transaction_session_timeout', "'10s'"],
  ['search_path', 'pg_catalog, public'],
];

/** A quoted identifier. */
export function identifier(name: string): string {
  return `"${storable(name).replaceAll('"', '""')}"`;
}

/** A string literal that does not depend on `standard_conforming_strings`. */
export function literal(text: string): string {
  return `E'${storable(text).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function storable(text: string): string {
  if (text === '' || text.includes('\0'))
    throw new Error('PostgreSQL accepts neither an empty name nor NUL');
  return text;
}
