/** The role that the PostgreSQL exporter logs in as. */
export interface MonitoringRole {
  readonly user: string;
  readonly password: string;
  /** Create pg_stat_statements as well, in the database that this runs in. @default true */
  readonly statements?: boolean;
}

/**
 * SQL that makes the exporter's role, or brings it back to this. Run it as a superuser (or as the
 * administrator of a managed server) in the database that the exporter connects to; as often as you like.
 *
 * The role is a member of pg_monitor, which reads statistics and no table. It cannot take all connections,
 * nor hold one up: its statements and its waits for locks end by themselves. Pure.
 *
 * Throws on texts that PostgreSQL cannot store (with a NUL in them).
 *
 * Upstream: https://www.postgresql.org/docs/current/predefined-roles.html
 */
export function monitoringRoleSql({ user, password, statements = true }: MonitoringRole): string {
  const role = identifier(user);
  return [
    // A log of statements, and pg_stat_statements itself, would keep the password. Who may not say so has to
    // see to it elsewhere.
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

/** The catalogue first: nothing in `public` can stand in for a view of the system. */
const settings: readonly (readonly [string, string])[] = [
  ['default_transaction_read_only', 'on'],
  ['statement_timeout', "'8s'"],
  ['lock_timeout', "'2s'"],
  ['idle_in_transaction_session_timeout', "'10s'"],
  ['search_path', 'pg_catalog, public'],
];

/** A name in double quotes. */
export function identifier(name: string): string {
  return `"${storable(name).replaceAll('"', '""')}"`;
}

/** A text in quotes that mean the same whatever `standard_conforming_strings` is. */
export function literal(text: string): string {
  return `E'${storable(text).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function storable(text: string): string {
  if (text === '' || text.includes('\0')) throw new Error('PostgreSQL takes no empty name or NUL');
  return text;
}
