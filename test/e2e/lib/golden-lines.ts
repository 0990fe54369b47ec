import { levelsInJson, levelsInText, requests, times } from './golden-fields';
import { postgresEntries } from './golden-postgres';
import { programEntries } from './golden-programs';
import { type Golden, type GoldenTable, goldenTable, json } from './golden-table';

/**
 * The golden table of log lines.
 *
 * @param now less than ten minutes ago, with milliseconds that the engine's times do not have
 */
export function goldenLines(now: Date): readonly Golden[] {
  const table = goldenTable(now);
  times(table);
  levelsInJson(table);
  levelsInText(table);
  requests(table);
  postgresEntries(table);
  programEntries(table);
  pieces(table);
  names(table);
  return table.rows;
}

/** Lines that the container engine splits into pieces. */
function pieces({ add, iso, pg }: GoldenTable): void {
  const long = (bytes: number, mark: string): string =>
    json({ level: 'error', timestamp: iso, message: `${mark} ${'x'.repeat(bytes)}`, end: true });
  for (const bytes of [16_300, 40_000, 120_000]) {
    add('pieces of a long line', 'long-api-server-1', [long(bytes, '#x')], {
      ...{ mark: '#x', level: 'error', parseError: 'none', ownTime: true },
    });
  }
  add(
    'pieces of a long message',
    'audifi-e2e-postgres',
    [`${pg} [77] ERROR:  #x ${'y'.repeat(20_000)}`, `${pg} [77] STATEMENT:  ${'z'.repeat(40_000)}`],
    { mark: '#x', level: 'error', parseError: 'none', count: 2, ownTime: true },
  );
  add(
    'letters of several bytes',
    'wide-api-server-1',
    [json({ level: 'warn', message: `#x ${'ä'.repeat(10_000)}` })],
    { mark: '#x', level: 'warn', parseError: 'none' },
  );
}

/** Names of containers, and their jobs. */
function names({ add, iso, pg, redisTime }: GoldenTable): void {
  const containers: readonly (readonly [string, string])[] = [
    ['audifi-e2e-worker', 'worker'],
    ['audifi_api-server_1', 'api-server'],
    ['audifi-api-server-12', 'api-server'],
    ['audifi_api-server.1.k3x9z7w5q1a8', 'api-server'],
    ['audifi_caddy.z0x4k8m2n6p1q5r9s3t7v1w5y.x2c6v0b4n8m2', 'caddy'],
    ['audifi-worker-run-0a1b2c3d4e5f', 'worker'],
    ['0a1b2c3d4e5f_audifi-ws-server-1', 'ws-server'],
    ['redis:7-alpine/audifi-redis-1', 'redis'],
    ['registry.internal:5000/audifi/api-server:1.2/audifi-api-server-1/5790672ab6a0', 'api-server'],
    ['postgres@sha256:aaaa/audifi-postgres-1', 'postgres'],
    ['audifi-postgresql-1', 'postgres'],
    ['registry.internal/audifi/ws-server:2', 'ws-server'],
    ['wordpress-redis-1', 'wordpress-redis'],
    ['nextcloud_postgres_1', 'nextcloud-postgres'],
    ['audifi-e2e-redis-exporter', 'redis-exporter'],
    ['coredns', 'coredns'],
  ];
  for (const [container, job] of containers) {
    const line =
      job === 'postgres'
        ? `${pg} [1] WARNING:  #x`
        : job === 'redis'
          ? `1:M ${redisTime(iso)} # #x`
          : json({ level: 'warn', msg: '#x' });
    const ownTime = ['postgres', 'redis'].includes(job);
    add(`name: ${container}`, container, [line], { mark: '#x', level: 'warn', job, ownTime });
  }
}
