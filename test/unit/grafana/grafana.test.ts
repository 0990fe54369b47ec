import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it, jest } from '@jest/globals';
import type { z } from 'zod';
import { Grafana, grafanaWorkload } from '../../../components/grafana/grafana';
import { budgetsSchema } from '../../../components/settings/budgets';
import { grafanaConfig } from '../../../components/grafana/grafana-config';
import { grafanaSchema } from '../../../components/grafana/settings-schema';
import type { GrafanaSettings } from '../../../components/settings';
import type { Platform } from '../../../components/platform/platform';
import type { Workload } from '../../../components/workload';
import { workloadProblems } from '../../../components/workload-validation';
import { run, value } from '../../lib/mocks';

type GrafanaInput = z.input<typeof grafanaSchema>;

const settings = (input: GrafanaInput['grafana'] = {}): GrafanaSettings =>
  grafanaSchema.parse({ grafana: input }).grafana;

const oauth = {
  clientId: 'grafana;#x',
  authUrl: 'https://sso.audifi.io/authorize',
  tokenUrl: 'https://sso.audifi.io:8443/token',
  apiUrl: 'https://sso.audifi.io/userinfo',
};

/** Values of grafana.ini by section and key. */
function ini(input?: GrafanaInput['grafana']): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let current: Record<string, string> = {};
  for (const line of grafanaConfig(settings(input)).split('\n')) {
    const [, name] = /^\[(.+)\]$/.exec(line) ?? [];
    if (name !== undefined) sections[name] = current = {};
    const [, key, text = ''] = /^(\w+) = (.*)$/.exec(line) ?? [];
    if (key !== undefined) current[key] = text;
  }
  return sections;
}

describe('grafana.ini', () => {
  it('allows no anonymous access or self-registration, and no requests to the internet', () => {
    expect(ini()).toMatchObject({
      'auth.anonymous': { enabled: 'false' },
      users: { allow_sign_up: 'false', allow_org_create: 'false', auto_assign_org_role: 'Viewer' },
      snapshots: { enabled: 'false', external_enabled: 'false' },
      public_dashboards: { enabled: 'false' },
      analytics: {
        reporting_enabled: 'false',
        check_for_updates: 'false',
        check_for_plugin_updates: 'false',
      },
      news: { news_feed_enabled: 'false' },
      plugins: { plugin_admin_enabled: 'false', preinstall_disabled: 'true' },
      feature_toggles: { sqlExpressions: 'false' },
      security: {
        disable_gravatar: 'true',
        content_security_policy: 'true',
        allow_embedding: 'false',
      },
      unified_alerting: { execute_alerts: 'false' },
    });
  });

  it.each([
    [undefined, 'false', 'http://127.0.0.1:3000/'],
    ['https://grafana.audifi.io', 'true', 'https://grafana.audifi.io/'],
  ])('restricts cookies to TLS if possible: %s', (externalUrl, tls, root) => {
    expect(ini({ externalUrl })).toMatchObject({
      server: { root_url: root },
      security: { cookie_secure: tls, strict_transport_security: tls },
    });
  });

  it('refers to secrets by file', () => {
    const text = JSON.stringify(ini({ oauth, database: { host: 'db' } }));
    expect([...new Set(text.match(/\$__file\{[^}]+\}/g))].sort()).toEqual([
      '$__file{/etc/grafana/secrets/admin-password}',
      '$__file{/etc/grafana/secrets/database-password}',
      '$__file{/etc/grafana/secrets/oauth-client-secret}',
      '$__file{/etc/grafana/secrets/secret-key}',
    ]);
  });

  it('has its own key for all encryption with a well-known default', () => {
    const key = { secret_key: '$__file{/etc/grafana/secrets/secret-key}' };
    expect(ini()).toMatchObject({
      security: key,
      'secrets_manager.encryption.secret_key.v1': key,
    });
  });

  it('disables compression, which leaks memory by default', () => {
    expect(ini()['server']).toMatchObject({ enable_gzip: 'false' });
  });

  it('supports OAuth, with roles from the configured expression only', () => {
    const { 'auth.generic_oauth': login } = ini({
      oauth: { ...oauth, allowedDomains: ['audifi.io'] },
    });
    expect(login).toMatchObject({
      enabled: 'true',
      // A "#" or ";" would start a comment.
      client_id: '`grafana;#x`',
      role_attribute_strict: 'true',
      allowed_domains: '`audifi.io`',
      use_pkce: 'true',
    });
    expect(ini()).not.toHaveProperty(['auth.generic_oauth']);
  });

  it('stores its data in PostgreSQL if configured', () => {
    expect(ini()['database']).toEqual({ type: 'sqlite3', wal: 'true' });
    expect(ini({ database: { host: 'fd00::1' } })['database']).toMatchObject({
      host: '[fd00::1]:5432',
    });
    expect(ini({ database: { host: 'db', sslMode: 'verify-full' } })['database']).toMatchObject({
      type: 'postgres',
      host: 'db:5432',
      ssl_mode: 'verify-full',
    });
  });
});

describe('the workload', () => {
  const secrets = { adminPassword: pulumi.output('a'), key: pulumi.output('k') };
  const workload = (input?: GrafanaInput['grafana']): Workload =>
    grafanaWorkload(
      'grafana',
      { grafana: settings(input), budgets: budgetsSchema.parse({}).budgets },
      secrets,
      '0a1b',
    );

  it('is valid, writes only to its volume, and is published on the loopback interface', () => {
    const made = workload();
    expect(workloadProblems(made)).toEqual([]);
    expect(made).toMatchObject({
      user: { uid: 472, gid: 472 },
      volumes: [{ path: '/var/lib/grafana' }],
      ports: [{ name: 'http', number: 3000, publish: 3000 }],
      readiness: { path: '/api/health' },
      // It answers while the database is down, so that the kubelet does not restart all instances.
      liveness: { path: '/healthz' },
      connectsTo: [],
    });
  });

  it('collects garbage before the kernel kills it', () => {
    expect(workload({ memory: '1GiB' })).toMatchObject({
      env: { GOMEMLIMIT: '921MiB' },
      resources: { memoryMiB: 1024 },
    });
  });

  it('has a new data directory for each newly created stack', async () => {
    expect(await value(workload().env?.['GF_PATHS_DATA'])).toBe('/var/lib/grafana/0a1b');
    // The script of the image does not create parent directories for this one.
    expect(workload().env?.['GF_PATHS_PLUGINS']).toBe('/var/lib/grafana/plugins');
  });

  it('has several instances with a common database', () => {
    expect(workload({ replicas: 2, database: { host: 'db' } }).replicas).toBe(2);
    expect(workload({}).replicas).toBe(1);
  });

  it('may only connect to the OAuth provider and the database', () => {
    expect(workload({ oauth, database: { host: 'db', port: 5433 } }).connectsTo).toEqual([
      { external: 'internet', ports: [443, 8443] },
      { external: 'database', ports: [5433] },
    ]);
  });
});

describe('the component', () => {
  const platform = (url?: string): Platform => ({
    deploy: jest.fn((workload: Workload) => ({
      name: workload.name,
      host: workload.name,
      instances: [workload.name],
      ports: workload.ports ?? [],
      discovery: 'static' as const,
      onHostNetwork: false,
      url,
    })),
    ready: () => pulumi.output(true),
    reach: () => (url === undefined ? undefined : pulumi.output(url)),
    siblingHost: () => 'localhost',
    instanceHosts: ({ name }) => [name],
    connect: () => undefined,
    discover: () => ({ by: 'addresses', targets: [] }),
    nodeName: 'x',
    containerLogs: { files: '/var/log/*.log', format: 'docker' },
    hostListenAddress: '',
    manyHosts: false,
    sizedVolumes: false,
  });
  const made = async (input: GrafanaInput, url?: string) =>
    run(async () => {
      const { grafanaAdminPassword, grafanaSecretKey, ...rest } = grafanaSchema.parse(input);
      const password =
        grafanaAdminPassword === undefined ? undefined : pulumi.secret(grafanaAdminPassword);
      const on = platform(url);
      const grafana = new Grafana('grafana', {
        platform: on,
        settings: {
          grafana: rest.grafana,
          grafanaAdminPassword: password,
          grafanaSecretKey:
            grafanaSecretKey === undefined ? undefined : pulumi.secret(grafanaSecretKey),
          budgets: budgetsSchema.parse({}).budgets,
        },
      });
      const workload = (on.deploy as jest.Mock<Platform['deploy']>).mock.calls[0]?.[0];
      const file = workload?.files?.find(({ path }) => path.endsWith('/secret-key'));
      return {
        key: file?.content,
        apiUrl: grafana.apiUrl,
        password: grafana.adminPassword,
        secret: await pulumi.isSecret(grafana.adminPassword),
      };
    });

  it.each([
    ['its port on this machine', {}, 'http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    [
      'that port and not the URL of people',
      { externalUrl: 'https://g.io' },
      'http://x',
      'http://x',
    ],
    ['the URL in the settings', { apiUrl: 'http://l:1' }, 'http://x', 'http://l:1'],
  ])('is provisioned through %s', async (_, grafana, url, expected) => {
    expect((await made({ grafana }, url)).result.apiUrl).toBe(expected);
  });

  it('has a random password unless one is set, and keeps both secret', async () => {
    expect((await made({})).result).toMatchObject({
      password: 'made-up-grafana-admin',
      secret: true,
    });
    const set = await made({ grafanaAdminPassword: 'long-enough-0' });
    expect(set.result).toMatchObject({ password: 'long-enough-0', secret: true });
    expect(set.ofType('RandomPassword').map(({ name }) => name)).toEqual(['grafana-key']);
  });

  it('encrypts with a random key unless one is set, and keeps the random one in the state', async () => {
    expect((await made({})).result.key).toBe('made-up-grafana-key');
    const set = await made({ grafanaSecretKey: 'k'.repeat(16) });
    expect(set.result.key).toBe('k'.repeat(16));
    // A stack that ran with it before could need it again.
    expect(set.ofType('RandomPassword').map(({ name }) => name)).toContain('grafana-key');
  });
});
