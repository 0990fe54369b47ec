import { describe, expect, it } from '@jest/globals';
import { caddyConfig } from '../../../components/reference-app/caddy-config';
import {
  accessConfig,
  appRoleSql,
  databaseSql,
  postgresConfig,
  postgresPaths,
  startScript,
} from '../../../components/reference-app/postgres-config';
import { aclFile, appAcl, redisConfig } from '../../../components/reference-app/redis-config';

describe('PostgreSQL', () => {
  it('neither logs nor counts statements with passwords', () => {
    const start = startScript();
    expect(start).toContain("shared_preload_libraries=''");
    expect(start).toContain('log_min_duration_statement=-1');
    expect(start).toContain('log_min_error_statement=panic');
    expect(postgresConfig()).toContain('pg_stat_statements.track_utility = off');
    expect(start).not.toContain('PASSWORD');
  });

  it('logs slow statements, or all, and never bound values', () => {
    expect(postgresConfig()).toContain('log_min_duration_statement = 1s\n');
    expect(postgresConfig('all')).toContain('log_min_duration_statement = 0\n');
    for (const config of [postgresConfig(), postgresConfig('all')]) {
      expect(config).toContain('log_parameter_max_length = 0\n');
    }
  });

  it('accepts no connections until its accounts are updated', () => {
    const start = startScript();
    const [setup, ready] = [start.indexOf("listen_addresses=''"), start.indexOf('exec ')];
    expect(setup).toBeGreaterThan(0);
    expect(ready).toBeGreaterThan(start.indexOf(postgresPaths.database));
    expect(start.indexOf(postgresPaths.database)).toBeGreaterThan(setup);
    expect(start.trimEnd().split('\n').at(-1)).toMatch(/^exec postgres /);
  });

  it('requires passwords, and allows its superuser only from inside', () => {
    const lines = accessConfig().trim().split('\n').slice(1);
    expect(lines.map((line) => line.split(/\s+/).at(-1))).toEqual([
      'peer',
      'reject',
      'scram-sha-256',
    ]);
  });

  it("restricts the application's role to its schema, with any password", () => {
    const sql = appRoleSql({ user: 'audifi', password: "it's \\ $$" });
    expect(sql).toContain('NOSUPERUSER NOCREATEDB NOCREATEROLE');
    expect(sql).toContain("PASSWORD E'it''s \\\\ $$'");
    expect(databaseSql({ user: 'audifi' })).toMatch(/SET ROLE audifi;\n\\ir .*schema\.sql/);
  });
});

describe('Redis', () => {
  it('requires a user name, and stores no password', () => {
    const file = aclFile([appAcl({ user: 'audifi', password: 'hunter2' })]);
    expect(file.split('\n')[0]).toBe('user default reset');
    expect(file).not.toContain('hunter2');
    // printf hunter2 | sha256sum
    expect(file).toContain('#f52fbd32b2b3b86ff88ef6c490628285f482af15ddcb29541f94bcf526a3f6c7');
  });

  it('restricts the application to its own keys and channels, without dangerous commands', () => {
    const line = appAcl({ user: 'audifi', password: 'x' });
    expect(line).toMatch(/ ~audifi:\* (&audifi:\S+ )+\+@all -@admin -@dangerous$/);
    // Redis compares the pattern of PSUBSCRIBE with each of these as a text.
    expect(line).toContain(' &audifi:studio:* ');
  });

  it('never evicts a job, and has space for its own persistence', () => {
    const config = redisConfig({ memoryMiB: 128 });
    expect(config).toContain('maxmemory 64mb\nmaxmemory-policy noeviction');
    expect(config).toContain('appendonly yes\nappendfsync everysec');
  });
});

describe('Caddy', () => {
  const text = caddyConfig({ api: 'api-server:8080', studio: 'ws-server:8081' });
  const sites = text.split(/^:(?=\d+ \{)/m);

  it('has no admin API, and serves only metrics on the port of the spec', () => {
    expect(text).toContain('admin off');
    const metrics = sites.find((site) => site.startsWith('2019')) ?? '';
    expect(metrics).toMatch(/handle \/metrics \{\s+metrics\s+\}\s+handle \{\s+respond 404/);
    expect(metrics).not.toContain('reverse_proxy');
  });

  it('does not log session tokens', () => {
    expect(text).toMatch(/request>uri query \{\s+replace token REDACTED/);
  });

  it('has no write timeout, which would end a WebSocket with a panic in the log', () => {
    expect(text).not.toMatch(/^\s*write /m);
  });

  it('waits for a restarting server, with a limit', () => {
    const web = sites.find((site) => site.startsWith('8080')) ?? '';
    expect(web.match(/reverse_proxy/g)).toHaveLength(2);
    expect(web.match(/lb_try_duration 5s/g)).toHaveLength(2);
    expect(web.match(/dial_timeout 2s/g)).toHaveLength(2);
    expect(text).not.toContain('import patience');
  });
});
