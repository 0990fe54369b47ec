import { z } from 'zod';
import { doc, host, kind, port, secret } from '../settings/kinds';

/** libpq's modes that either never or always use TLS. */
export const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

/** AudiFi's own servers that the stack watches when their `host` is set, each with the secret `<server>Password`. */
export const servers = ['postgres', 'redis', 'pgbouncer'] as const;
export type Server = (typeof servers)[number];

const user = z
  .string({ error: 'is not a name' })
  .regex(/^[a-zA-Z_][\w.-]{0,62}$/, { error: 'is not a name (letters, digits, "_", "." and "-")' })
  .meta(kind('name'));

const database = z
  .string({ error: 'is not a name' })
  .regex(/^[^\s\0]{1,63}$/, { error: 'is not a name (1 to 63 characters, no blanks)' })
  .meta(kind('name'));

/** The PostgreSQL exporter splits at blanks, fails, and puts what it could not read into its log. */
const password = z
  .string({ error: 'is not a password' })
  .regex(/^[^\s\0]{1,512}$/, { error: 'is not a password (1 to 512 characters, no blanks)' });

/** Every top-level key that is about AudiFi's own servers. */
export const serversSchema = z.strictObject({
  postgres: z
    .strictObject({
      host: host
        .optional()
        .meta(
          doc(
            "AudiFi's PostgreSQL: the stack then runs its exporter (default: none, see targets.postgres).",
            'db.audifi.internal',
          ),
        ),
      port: port.default(5432).meta(doc('Port of PostgreSQL.', '5432')),
      database: database
        .default('audifi')
        .meta(doc('Database whose tables and statements are watched.', 'audifi')),
      user: user
        .default('postgres_exporter')
        .meta(doc('Role of the exporter; docs/databases.md makes it.', 'postgres_exporter')),
      sslmode: z
        .enum(sslModes)
        .default('require')
        .meta(doc('TLS as libpq calls it; disable only on a network of your own.', 'verify-full')),
      statements: z
        .boolean({ error: 'is not true or false' })
        .default(true)
        .meta(doc('Read pg_stat_statements, which has to be installed there.', 'false')),
    })
    .prefault({}),
  postgresPassword: secret(password, 'Password of the role postgres.user.'),
  redis: z
    .strictObject({
      host: host
        .optional()
        .meta(
          doc(
            "AudiFi's Redis: the stack then runs its exporter (default: none, see targets.redis).",
            'redis.audifi.internal',
          ),
        ),
      port: port.default(6379).meta(doc('Port of Redis.', '6379')),
      user: user
        .default('redis_exporter')
        .meta(doc('ACL user of the exporter; docs/databases.md makes it.', 'redis_exporter')),
      tls: z
        .boolean({ error: 'is not true or false' })
        .default(false)
        .meta(doc('Speak TLS.', 'true')),
    })
    .prefault({}),
  redisPassword: secret(password, 'Password of the user redis.user.'),
  pgbouncer: z
    .strictObject({
      host: host
        .optional()
        .meta(
          doc(
            "AudiFi's PgBouncer: the stack then runs its exporter (default: none).",
            'pgbouncer.audifi.internal',
          ),
        ),
      port: port.default(6432).meta(doc('Port of PgBouncer.', '6432')),
      user: user
        .default('pgbouncer_exporter')
        .meta(
          doc(
            'User of the exporter: one of stats_users in pgbouncer.ini, with extra_float_digits in ignore_startup_parameters.',
            'pgbouncer_exporter',
          ),
        ),
      sslmode: z
        .enum(sslModes)
        .default('require')
        .meta(doc('TLS as libpq calls it; disable only on a network of your own.', 'verify-full')),
    })
    .prefault({}),
  pgbouncerPassword: secret(password, 'Password of the user pgbouncer.user.'),
});

export type ParsedServers = z.output<typeof serversSchema>;
