import { describe, expect, it } from '@jest/globals';
import { RE2JS } from 're2js';
import { foreignName, serviceInName, serviceInPod } from '../../../components/logs/names-config';
import { specSources } from '../../../components/logs/sources';

/** Both agents find the service with these patterns. */
function finder(
  pattern: (args: Parameters<typeof serviceInName>[0]) => string,
  projects: readonly string[] = [],
): (text: string) => Readonly<Record<string, string>> {
  const compiled = RE2JS.compile(pattern({ sources: specSources, stack: 'dev', projects }));
  const names = Object.keys(compiled.namedGroups());
  return (text) => {
    const matcher = compiled.matcher(text);
    if (!matcher.find()) return {};
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = matcher.group(name);
        return value === null || value === '' ? [] : [[name, value]];
      }),
    );
  };
}

describe("the container name in Docker's tag", () => {
  const found = finder(serviceInName);
  const foreign = finder((args) => foreignName(args) ?? '');

  it.each([
    ['audifi-dev-api-server', { job: 'api-server' }],
    ['audifi_caddy_1', { job: 'caddy' }],
    ['shop-worker-2', { job: 'worker' }],
    ['redis', { job: 'redis' }],
    ['audifi-dev-redis-exporter', { other: 'redis-exporter' }],
    ['audifi-dev-prometheus', { other: 'prometheus' }],
    ['coredns', { other: 'coredns' }],
    // Swarm tasks of a replica and of a node.
    ['audifi_api-server.1.k3x9z7w5q1a8', { job: 'api-server' }],
    ['audifi_worker.12.k3x9z7w5q1a8k3x9z7w5q1a8x', { job: 'worker' }],
    ['audifi_caddy.z0x4k8m2n6p1q5r9s3t7v1w5y.x2c6v0b4n8m2', { job: 'caddy' }],
    ['audifi_billing.1.k3x9z7w5q1a8', { other: 'audifi_billing' }],
    // Compose: a replaced container, and a one-off run.
    ['0a1b2c3d4e5f_audifi_ws-server_1', { job: 'ws-server' }],
    ['audifi-worker-run-0a1b2c3d4e5f', { job: 'worker' }],
    // The database of another program does not belong to AudiFi.
    ['wordpress-redis-1', { job: 'redis', foreign: 'wordpress-redis' }],
    ['nextcloud_postgres_1', { job: 'postgres', foreign: 'nextcloud_postgres' }],
  ])('%s', (name, expected) => {
    expect({ ...found(name), ...foreign(name) }).toEqual({ container: name, ...expected });
  });

  it('is small enough for the fast regexp algorithm of Go', () => {
    const args = { sources: specSources, stack: 'dev', projects: [] };
    expect(RE2JS.compile(serviceInName(args)).programSize()).toBeLessThan(500);
  });

  it.each([
    ['redis:7-alpine/audifi-redis-1', 'audifi-redis-1', 'redis'],
    ['postgres:15|shop-postgres-1', 'shop-postgres-1', 'postgres'],
    [
      'registry.internal:5000/audifi/api-server:1.2/audifi-api-server-1/5790672ab6a0',
      'audifi-api-server-1',
      'api-server',
    ],
    ['audifi-caddy-1/5790672ab6a0', 'audifi-caddy-1', 'caddy'],
    ['5790672ab6a0/audifi-caddy-1', 'audifi-caddy-1', 'caddy'],
    ['registry.internal/audifi/ws-server:2', 'ws-server', 'ws-server'],
    ['node@sha256:5790672ab6a0/audifi_worker_1', 'audifi_worker_1', 'worker'],
  ])('is found in the tag %s', (tag, container, service) => {
    expect(found(tag)).toEqual({ container, job: service });
  });

  it('is not found if the tag is an id', () => {
    expect(found('5790672ab6a0')).toEqual({ id: '5790672ab6a0' });
  });

  it("belongs to AudiFi's projects in the settings", () => {
    const underscored = finder(serviceInName, ['audifi_prod']);
    expect(underscored('audifi_prod-redis-1')).toMatchObject({ job: 'redis' });
    const strict = finder(serviceInName, ['shop', 'audifi']);
    expect(strict('shop-redis-1')).toMatchObject({ job: 'redis' });
    expect(strict('audifi_postgres_1')).toMatchObject({ job: 'postgres' });
    expect(strict('audifi-dev-caddy')).toMatchObject({ job: 'caddy' });
    expect(strict('redis')).toMatchObject({ job: 'redis' });
    expect(strict('blog-redis-1')).toMatchObject({ other: 'blog-redis' });
    expect(strict('wordpress-redis-1')).toMatchObject({ other: 'wordpress-redis' });
  });
});

describe('the container of a pod', () => {
  it.each([
    ['audifi_api-server', [], { job: 'api-server' }],
    ['prod_audifi-worker', [], { job: 'worker' }],
    ['audifi_istio-proxy', [], { other: 'istio-proxy' }],
    ['wordpress_redis', [], { foreign: 'wordpress_redis' }],
    ['audifi_redis', ['audifi'], { job: 'redis' }],
    ['blog_redis', ['audifi'], { foreign: 'blog_redis' }],
    ['blog_web', ['audifi'], { other: 'web' }],
  ] as const)('%s with the projects %j', (text, projects, expected) => {
    expect(finder(serviceInPod, projects)(text)).toEqual(expected);
  });
});
