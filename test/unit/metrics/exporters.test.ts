import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from '@jest/globals';
import { nodeExporterWorkload } from '../../../components/metrics/node-exporter';
import { pgbouncerExporterWorkload } from '../../../components/metrics/pgbouncer-exporter';
import { postgresExporterWorkload } from '../../../components/metrics/postgres-exporter';
import { redisExporterWorkload } from '../../../components/metrics/redis-exporter';
import { stackRules } from '../../../components/metrics/stack-rules';
import type { Workload } from '../../../components/workload';
import { workloadProblems } from '../../../components/workload-validation';
import { run, value } from '../../lib/mocks';
import { parse as settingsOf } from '../../lib/pulumi-config';
import { endpoint } from '../../lib/workloads';

const at = { host: 'db', port: 5432, database: 'audifi', user: 'watcher' };

/** The workloads as the program would deploy them, with unresolved outputs. */
async function workloads(extra: object = {}): Promise<readonly Workload[]> {
  const made: Workload[] = [];
  await run(() => {
    const password = pulumi.secret('planted');
    made.push(postgresExporterWorkload('postgres-exporter', { ...at, password, ...extra }));
    made.push(redisExporterWorkload('redis-exporter', { ...at, port: 6379, password, ...extra }));
  });
  return made;
}

describe('the exporters of the servers', () => {
  it('are valid, unprivileged, and use the ports of the specification', async () => {
    const made = await workloads();
    expect(made.map(workloadProblems)).toEqual([[], []]);
    expect(made.map(({ ports }) => ports?.map(({ number }) => number))).toEqual([[9187], [9121]]);
    for (const { host, user, volumes } of made) {
      expect([host, volumes, user.uid > 0]).toEqual([undefined, undefined, true]);
    }
  });

  it('have the password in one secret file only', async () => {
    for (const { files = [], ...rest } of await workloads()) {
      const secret = files.filter((file) => file.secret === true);
      expect(secret).toHaveLength(1);
      const [content = ''] = secret.map((file) => file.content);
      expect(await pulumi.isSecret(content as pulumi.Output<string>)).toBe(true);
      expect(await value(content as pulumi.Output<string>)).toContain('planted');
      const plain = files.filter((file) => file.secret !== true);
      expect(JSON.stringify([plain, rest])).not.toContain('planted');
    }
  });

  it.each<[string, object, object]>([
    ['the server of the stack', { endpoint: endpoint('db') }, { name: 'db' }],
    [
      'a server of AudiFi',
      { external: { external: 'audifi', ports: [1], peers: [{ namespace: 'audifi' }] } },
      { external: 'audifi', peers: [{ namespace: 'audifi' }] },
    ],
  ])('may only connect to %s', async (_, extra, expected) => {
    for (const { connectsTo } of await workloads(extra)) {
      expect(connectsTo).toEqual([expect.objectContaining(expected)]);
    }
  });

  it('may connect to the port of an external server', async () => {
    const ports = (await workloads()).map(({ connectsTo }) => connectsTo);
    expect(ports).toEqual([
      [{ external: 'postgres', ports: [5432] }],
      [{ external: 'redis', ports: [6379] }],
    ]);
  });
});

describe('the exporter of PgBouncer', () => {
  const made = async (text: string, host = 'pool'): Promise<Workload> => {
    const workloads: Workload[] = [];
    await run(() => {
      const at = { host, port: 6432, user: 'watcher', sslmode: 'require' } as const;
      const connection = { ...at, password: pulumi.secret(text) };
      workloads.push(pgbouncerExporterWorkload('pgbouncer-exporter', connection));
    });
    return workloads[0] as Workload;
  };

  it('is valid, and may only connect to PgBouncer', async () => {
    const workload = await made('planted');
    expect(workloadProblems(workload)).toEqual([]);
    expect(workload.connectsTo).toEqual([{ external: 'pgbouncer', ports: [6432] }]);
  });

  it.each([
    ['planted', 'pool', 'postgres://watcher:planted@pool:6432/pgbouncer'],
    ["p@:/?#[]%'", 'fd00::7', "postgres://watcher:p%40%3A%2F%3F%23%5B%5D%25'@[fd00::7]:6432/"],
  ])('reads the password %s from a secret file of arguments', async (text, host, url) => {
    const { files = [], ...rest } = await made(text, host);
    const [file, ...more] = files;
    const content = file?.content as pulumi.Output<string>;
    expect([file?.secret, more, await pulumi.isSecret(content)]).toEqual([true, [], true]);
    const [argument = '', end, ...others] = (await value(content)).split('\n');
    expect(argument.startsWith(`--pgBouncer.connectionString=${url}`)).toBe(true);
    expect(decodeURIComponent(new URL(argument.replace(/^[^=]*=/, '')).password)).toBe(text);
    expect([end, others]).toEqual(['', []]);
    expect(rest.args).toContain(`@${file?.path}`);
    expect(JSON.stringify(rest)).not.toContain(text);
  });
});

describe('rules of a stack with its own exporter', () => {
  const rules = (jobs: readonly string[]): string =>
    Object.values(
      stackRules({
        settings: settingsOf({}),
        platform: { manyHosts: false, sizedVolumes: false },
        jobs,
        channels: [],
      }).files,
    ).join('\n');

  it('contain its job once', () => {
    const missing = (text: string): number => [...text.matchAll(/Targets of postgres are/g)].length;
    expect(missing(rules(['node']))).toBe(1);
    expect(missing(rules(['node', 'postgres']))).toBe(1);
  });

  it('expect the database from the start, whether or not AudiFi must run', () => {
    const down = (text: string): string =>
      /- alert: DatabaseDown[^]*?for: /.exec(text.replaceAll('\\n', '\n'))?.[0] ?? '';
    expect(down(rules(['node']))).toContain('max_over_time');
    expect(down(rules(['node', 'postgres']))).not.toContain('max_over_time');
    expect(down(rules(['node', 'postgres']))).toContain('pg_up');
  });
});

describe('the node exporter', () => {
  // Each pod would add series that end with it, and its traffic would count twice.
  it('measures network cards, and not the devices of pods, on each cloud', () => {
    const { args = [] } = nodeExporterWorkload('node-exporter', { hostListenAddress: '0.0.0.0' });
    const patterns = args.flatMap(
      (arg) =>
        /^--collector\.net(?:dev|class)\..*?=(.*)$/.exec(typeof arg === 'string' ? arg : '')?.[1] ??
        [],
    );
    expect(patterns).toHaveLength(2);
    const ofPods = [
      ...['veth0a1b2c3', 'cali0123456789a', 'lxc0a1b2c3d4e5f', 'lxc_health'],
      ...['eni0a1b2c3d4e5', 'gke52ba7dd0c3a', 'azv6aecb3d3f79', '0a1b2c3d4e5f6a7'],
    ];
    const cards = ['lo', 'eth0', 'ens5', 'eno1', 'enp3s0', 'enp0s31f6', 'bond0', 'wlan0', 'enP1s1'];
    for (const pattern of patterns) {
      const excluded = (name: string): boolean => new RegExp(pattern).test(name);
      expect(ofPods.filter((name) => !excluded(name))).toEqual([]);
      expect(cards.filter(excluded)).toEqual([]);
    }
  });
});
