import { z } from 'zod';
import { doc, kind, offByDefault, onByDefault, port, secret } from '../settings/kinds';
import { host } from '../settings/kinds-hosts';

/** libpq's modes that either never or always use TLS. */
export const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

/**
 * AudiFi's own servers. The stack monitors a server if its `host` is set. Each has the secret
 * `<server>Password`.
 */
export const servers = ['postgres', 'redis', 'pgbouncer'] as const;
export type Server = (typeof servers)[number];

const user = z
  .string({ error: 'is not a name' })
  .regex(/^[a-zA-Z_][\w.-]{0,62}$/, { error: 'is not a name (letters, digits, "_", "." and "-")' })
  .meta(kind('name'));

const database = z
  .string({ error: 'is not a name' })
  .regex(/^[^\s\0]{1,63}$/, { error: 'is not a name (1 to 63 characters, no whitespace)' })
  .meta(kind('name'));

/**
 * The PostgreSQL exporter splits a password at whitespace, fails, and then logs what it could not
 * parse.
 */
const password = z
  .string({ error: 'is not a password' })
  .regex(/^[^\s\0]{1,512}$/, { error: 'is not a password (1 to 512 characters, no whitespace)' });

/** All top-level keys of AudiFi's own servers. */
export const serversSchema = z.strictObject({
  postgres: z
    .strictObject({
      host: host
        .optional()
        .meta(
          doc(
            "Host of AudiFi's PostgreSQL. If set, the stack runs the exporter (default: none, see " +
              'targets.postgres).',
            'db.audifi.internal',
          ),
        ),
      port: port.default(5432).meta(doc('Port of PostgreSQL.', '5432')),
      database: database
        .default('audifi')
        .meta(doc('Database whose tables and statements are monitored.', 'audifi')),
      user: user
        .default('postgres_exporter')
        .meta(
          doc(
            'Role that the exporter logs in as. docs/databases.md shows how to create it.',
            'postgres_exporter',
          ),
        ),
      sslmode: z
        .enum(sslModes)
        .default('require')
        .meta(doc("libpq's sslmode. Use disable only on a private network.", 'verify-full')),
      statements: onByDefault('Read pg_stat_statements. The extension must be installed.'),
    })
    .prefault({}),
  postgresPassword: secret(password, 'Password of the role postgres.user.'),
  redis: z
    .strictObject({
      host: host
        .optional()
        .meta(
          doc(
            "Host of AudiFi's Redis. If set, the stack runs the exporter (default: none, see " +
              'targets.redis).',
            'redis.audifi.internal',
          ),
        ),
      port: port.default(6379).meta(doc('Port of Redis.', '6379')),
      user: user
        .default('redis_exporter')
        .meta(
          doc(
            'ACL user of the exporter. docs/databases.md shows how to create it.',
            'redis_exporter',
          ),
        ),
      tls: offByDefault('Connect with TLS.'),
    })
    .prefault({}),
  redisPassword: secret(password, 'Password of the user redis.user.'),
  pgbouncer: z
    .strictObject({
      host: host
        .optional()
        .meta(
          doc(
            "Host of AudiFi's PgBouncer. If set, the stack runs the exporter (default: none).",
            'pgbouncer.audifi.internal',
          ),
        ),
      port: port.default(6432).meta(doc('Port of PgBouncer.', '6432')),
      user: user
        .default('pgbouncer_exporter')
        .meta(
          doc(
            'User of the exporter. pgbouncer.ini must list it in stats_users, and ' +
              'extra_float_digits in ignore_startup_parameters.',
            'pgbouncer_exporter',
          ),
        ),
      sslmode: z
        .enum(sslModes)
        .default('require')
        .meta(doc("libpq's sslmode. Use disable only on a private network.", 'verify-full')),
    })
    .prefault({}),
  pgbouncerPassword: secret(password, 'Password of the user pgbouncer.user.'),
});

export type ParsedServers = z.output<typeof serversSchema>;
