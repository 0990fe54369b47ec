import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import {
  dataSourceUri,
  keepOnly,
  postgresExporterArgs,
  postgresScrape,
  postgresQueries,
  statementLimit,
} from '../../../components/metrics/postgres-config';
import {
  identifier,
  literal,
  monitoringRoleSql,
} from '../../../components/metrics/postgres-config-role';
import {
  monitoringAcl,
  redisExporterArgs,
  redisPasswords,
  redisScrape,
  redisUrl,
} from '../../../components/metrics/redis-config';
import { metrics } from '../../../telemetry';
import fc, { anyCharacter } from '../../lib/fast-check';

interface Query {
  readonly query: string;
  readonly metrics: readonly Readonly<Record<string, { readonly usage: string }>>[];
}
const queries = parse(postgresQueries()) as Readonly<Record<string, Query>>;

/** Columns of a query, by kind. */
const columns = (name: string, kind: string): string[] =>
  (queries[name]?.metrics ?? []).flatMap((column) =>
    Object.entries(column).flatMap(([key, { usage }]) => (usage === kind ? [key] : [])),
  );

describe("the PostgreSQL exporter's own queries", () => {
  it.each(Object.keys(queries))('%s returns metrics of the contract, with their labels', (name) => {
    const labels = ['server', ...columns(name, 'LABEL')].sort();
    for (const column of columns(name, 'GAUGE')) {
      const metric = Object.entries(metrics).find(([key]) => key === `${name}_${column}`)?.[1];
      expect([column, Object.keys(metric?.labels ?? {}).sort()]).toEqual([column, labels]);
    }
    for (const column of [...columns(name, 'LABEL'), ...columns(name, 'GAUGE')]) {
      expect(queries[name]?.query).toMatch(new RegExp(`\\b${column}\\b`));
    }
  });

  it('have no label that clients choose, except names of replicas', () => {
    for (const name of Object.keys(queries).filter((key) => key !== 'pg_stat_replication')) {
      expect(columns(name, 'LABEL')).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/application_name|usename|query/)]),
      );
    }
  });

  it('are read-only', () => {
    for (const { query } of Object.values(queries)) {
      expect(query).toMatch(/^SELECT\s/);
      expect(query).not.toMatch(/\b(insert|update|delete|create|drop|alter|set|;)\b/i);
    }
  });
});

describe("the PostgreSQL exporter's arguments", () => {
  it("export the largest statements by id, without the exporter's own", () => {
    const args = postgresExporterArgs('watcher', true);
    expect(args).toContain(`--collector.stat_statements.limit=${statementLimit}`);
    expect(args).toContain('--collector.stat_statements.exclude_users=watcher');
    expect(args.join(' ')).not.toContain('include_query');
    expect(metrics.pg_stat_statements_calls_total.budget).toBeGreaterThan(statementLimit);
    expect(postgresExporterArgs('watcher', false).join(' ')).not.toContain('stat_statements');
  });

  it.each([
    [{ host: 'db', port: 5432, database: 'audifi' }, 'db:5432/audifi?sslmode=disable'],
    [{ host: 'fd00::1', port: 1, database: 'a/b?c' }, '[fd00::1]:1/a%2Fb%3Fc?sslmode=disable'],
    [
      { host: 'db', port: 5432, database: 'a', sslmode: 'verify-full' } as const,
      'db:5432/a?sslmode=verify-full',
    ],
  ])('the address of %j', (where, begin) => {
    const uri = dataSourceUri(where);
    expect(uri.startsWith(begin)).toBe(true);
    expect(new URL(`postgresql://u@${uri}`).port).toBe(String(where.port));
  });
});

describe('the monitoring role', () => {
  /** Characters that end a literal are rare among all characters. */
  const character = fc.oneof(fc.constantFrom("'", '"', '\\'), anyCharacter);
  const quoted = /^E'((?:[^'\\]|''|\\\\)*)'$/;

  it('quotes any password and any name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: character }), (text) => {
        fc.pre(!text.includes('\0'));
        const [, inside = ''] = quoted.exec(literal(text)) ?? [];
        expect(inside.replaceAll("''", "'").replaceAll('\\\\', '\\')).toBe(text);
        expect(identifier(text).slice(1, -1).replaceAll('""', '')).not.toContain('"');
      }),
    );
  });

  it('rejects text that PostgreSQL cannot store', () => {
    expect(() => monitoringRoleSql({ user: 'u', password: 'a\0b' })).toThrow(/NUL/);
    expect(() => monitoringRoleSql({ user: 'u', password: '' })).toThrow(/empty/);
  });

  it('is only a member of pg_monitor, with limits on connections, time and locks', () => {
    const sql = monitoringRoleSql({ user: 'u', password: 'p' });
    expect([...sql.matchAll(/GRANT .+/g)].map(String)).toEqual(['GRANT pg_monitor TO "u";']);
    expect(sql).toMatch(/CONNECTION LIMIT 5 PASSWORD E'p'/);
    for (const name of ['statement_timeout', 'lock_timeout', 'default_transaction_read_only']) {
      expect(sql).toContain(`ALTER ROLE "u" SET ${name} = `);
    }
    expect(sql.indexOf("'log_statement', 'none'")).toBeLessThan(sql.indexOf('PASSWORD E'));
    const without = monitoringRoleSql({ user: 'u', password: 'p', statements: false });
    expect(without).not.toContain('CREATE EXTENSION');
  });
});

describe('the Redis exporter', () => {
  it.each([
    [{ host: 'redis', port: 6379 }, 'redis://redis:6379'],
    [{ host: 'cache.io', port: 6380, tls: true }, 'rediss://cache.io:6380'],
    [{ host: 'fd00::1', port: 6379 }, 'redis://[fd00::1]:6379'],
  ])('finds its password by URL: %j', (where, url) => {
    expect(redisUrl(where)).toBe(url);
    const file = JSON.parse(redisPasswords(where, 'watcher', 'p"w')) as Record<string, string>;
    expect(file).toEqual({ [url.replace('://', '://watcher@')]: 'p"w' });
  });

  it('reads no settings and queries no other server', () => {
    const args = redisExporterArgs({ host: 'redis', port: 6379 });
    expect(args).toEqual(expect.arrayContaining(['--config-command=-']));
    expect(args).toContain('--disable-scrape-endpoint');
  });

  it('may run five commands, and access no keys and no channels', () => {
    const passwordSha256 = createHash('sha256').update('p').digest('hex');
    const words = monitoringAcl({ user: 'watcher', passwordSha256 }).split(' ');
    expect(words.slice(0, 5)).toEqual(['user', 'watcher', 'reset', 'on', `#${passwordSha256}`]);
    const commands = words.slice(5);
    expect(commands).toEqual([
      '+ping',
      '+info',
      '+client|setname',
      '+cluster|info',
      '+slowlog|len',
    ]);
    expect(() => monitoringAcl({ user: 'a b', passwordSha256 })).toThrow(/spaces/);
    expect(() => monitoringAcl({ user: 'a', passwordSha256: 'p' })).toThrow(/SHA-256/);
  });
});

describe('kept metrics', () => {
  it.each([
    ['pg_', postgresScrape()],
    ['redis_', redisScrape()],
  ])(
    'include every metric %s… of the contract and the process, and no others',
    (prefix, scrape) => {
      const [{ regex, action } = {}] = (scrape.metric_relabel_configs ?? []) as {
        regex?: string;
        action?: string;
      }[];
      expect(action).toBe('keep');
      const kept = (name: string): boolean => new RegExp(`^(?:${regex ?? ''})$`).test(name);
      const named = Object.keys(metrics).filter((name) => name.startsWith(prefix));
      expect(named.filter((name) => !kept(name))).toEqual([]);
      expect(kept('process_start_time_seconds')).toBe(true);
      for (const other of [`${prefix}anything`, 'go_goroutines']) expect(kept(other)).toBe(false);
    },
  );

  it('have no label of redis_instance_info that changes at each start', () => {
    const drop = redisScrape().metric_relabel_configs?.find(({ action }) => action === 'labeldrop');
    const dropped = String(drop?.['regex']).split('|');
    expect(dropped).toEqual(expect.arrayContaining(['run_id', 'process_id', 'master_replid']));
    const declared = Object.keys(metrics.redis_instance_info.labels);
    expect(dropped.filter((label) => declared.includes(label))).toEqual([]);
  });

  it('are a list of names without patterns', () => {
    const [first] = keepOnly(['a_b']).metric_relabel_configs ?? [];
    expect(first?.['regex']).toMatch(/^[a-z0-9_|]+$/);
  });
});

describe('docs/databases.md', () => {
  const text = readFileSync(join(__dirname, '../../../docs/databases.md'), 'utf8');

  it('contains the SQL and the ACL of the program', () => {
    const password = 'CHANGE-ME';
    expect(text).toContain(monitoringRoleSql({ user: 'postgres_exporter', password }));
    const passwordSha256 = createHash('sha256').update(password).digest('hex');
    const acl = monitoringAcl({ user: 'redis_exporter', passwordSha256 });
    expect(text).toContain(acl);
    expect(text).toContain(acl.replace(/^user /, 'ACL SETUSER '));
  });
});
