import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Checkout, type Config } from './lib/checkout';
import { containerIds, docker, eventually, everything, logsOf, ofStack } from './lib/engine';
import { PrometheusApi } from './lib/prometheus';

/** The complete lifecycle of a stack on the real engine and real Docker, in the usual order. */
const stack = 'e2e';
const port = 19090;
const services = ['alertmanager', 'blackbox-exporter', 'cadvisor', 'node-exporter', 'prometheus'];
const api = new PrometheusApi(`http://127.0.0.1:${port}`);
const config = (changes: Config = {}): Config => ({
  prometheus: { port, scrapeInterval: '2s' },
  alertmanager: { port: port + 100 },
  uptime: { public: true },
  ...changes,
});

let checkout: Checkout;
let foreign: { container: string; network: string; volume: string };

/** Throws with the output of the command and the container logs. */
async function make(target: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, output } = await checkout.make(target, env);
  if (code !== 0) throw new Error(`make ${target}: exit ${code}\n${output}\n${logsOf(stack)}`);
  return output;
}

beforeAll(() => {
  checkout = new Checkout(stack);
  checkout.configure(config());
  // Similar objects that do not belong to the stack.
  const [network = ''] = docker('network', 'create', 'audifi-e2e-neighbour');
  const [volume = ''] = docker('volume', 'create', 'audifi-e2e-neighbour');
  const [container = ''] = docker(
    'create',
    '--name',
    'audifi-e2e-neighbour',
    '--label',
    'io.audifi.stack=e2e2',
    image(),
    '--version',
  );
  foreign = { container, network, volume };
});

afterAll(async () => {
  await checkout.make('destroy', { PURGE: '1' });
  docker('rm', '--force', '--volumes', foreign.container);
  docker('network', 'rm', foreign.network);
  docker('volume', 'rm', foreign.volume);
  checkout.remove();
});

function image(): string {
  const [ref = ''] = docker('images', '--format', '{{.Repository}}:{{.Tag}}', 'prom/node-exporter');
  return ref;
}

describe('from nothing', () => {
  it('starts every target of the stack, and reports it', async () => {
    const output = await make('up');
    for (const service of services) {
      expect(output).toMatch(new RegExp(`^${service} .* yes$`, 'm'));
    }
    const own = (await api.targets()).filter((t) =>
      ['alertmanager', 'prometheus', 'node', 'cadvisor', 'blackbox'].includes(
        t.labels['job'] ?? '',
      ),
    );
    expect(own.map((t) => [t.labels['job'], t.health]).sort()).toEqual([
      ['alertmanager', 'up'],
      ['blackbox', 'up'],
      ['cadvisor', 'up'],
      ['node', 'up'],
      ['prometheus', 'up'],
    ]);
  });

  it("scrapes the spec's seven jobs at the spec's targets", async () => {
    const urls = (await api.targets()).map((t) => t.scrapeUrl);
    expect(urls).toEqual(
      expect.arrayContaining([
        'http://caddy:2019/metrics',
        'http://api-server:9090/metrics',
        'http://ws-server:9091/metrics',
        'http://worker:9092/metrics',
        'http://postgres-exporter:9187/metrics',
        'http://redis-exporter:9121/metrics',
        'http://node-exporter:9100/metrics',
      ]),
    );
  });

  // On macOS, the containers run on another machine, whose numbers cannot be read from here.
  (existsSync('/proc') ? it : it.skip)('measures the machine and not a container', async () => {
    const [, kilobytes = ''] =
      /^MemTotal:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    expect(await api.value('node_memory_MemTotal_bytes')).toBe(Number(kilobytes) * 1024);
    const cpus = readFileSync('/proc/stat', 'utf8').match(/^cpu\d+ /gm)?.length;
    expect(await api.value('count(node_cpu_seconds_total{mode="idle"})')).toBe(cpus);
    const devices = (await api.query('node_network_receive_bytes_total')).map(
      (s) => s.metric['device'],
    );
    const real = readFileSync('/proc/net/dev', 'utf8').match(/^\s*[\w-]+(?=:)/gm) ?? [];
    const counted = real.map((d) => d.trim()).filter((d) => !d.startsWith('veth'));
    expect(devices.sort()).toEqual(counted.sort());
    const [, size] = execFileSync('df', ['-B1', '--output=size', '/'], { encoding: 'utf8' }).split(
      '\n',
    );
    expect(await api.value('node_filesystem_size_bytes{mountpoint="/"}')).toBe(Number(size));
  });

  it('measures every container by name, like docker stats', async () => {
    const running = docker(
      'ps',
      '--filter',
      `label=io.audifi.stack=${stack}`,
      '--format',
      '{{.Names}}',
    );
    await eventually('all containers are counted', 30, async () => {
      const names = (await api.query('container_memory_working_set_bytes{container!=""}')).map(
        (s) => s.metric['container'],
      );
      return running.every((name) => names.includes(name)) ? true : undefined;
    });
    const id = containerIds(stack)['prometheus'] ?? '';
    const [limit] = docker('inspect', '--format', '{{.HostConfig.Memory}}', id);
    const name = `audifi-${stack}-prometheus`;
    expect(await api.value(`container_spec_memory_limit_bytes{container="${name}"}`)).toBe(
      Number(limit),
    );
    // Both values change between two readings, but differ by less than a factor of two.
    await eventually('cAdvisor and docker stats agree', 40, async () => {
      const [used = ''] = docker('stats', '--no-stream', '--format', '{{.MemUsage}}', id);
      // `45.8MiB / 1GiB`: use and limit.
      const shown = Number.parseFloat(used) * (/^[\d.]+GiB/.test(used) ? 1024 : 1);
      const counted = await api.value(`container_memory_working_set_bytes{container="${name}"}`);
      const ratio = counted / 2 ** 20 / shown;
      return ratio > 0.5 && ratio < 2 ? true : undefined;
    });
  });

  it('hardens every container', () => {
    const ids = docker('ps', '--quiet', '--filter', `label=io.audifi.stack=${stack}`);
    const inspected = JSON.parse(docker('inspect', ...ids).join('\n')) as {
      Name: string;
      Config: { User: string };
      HostConfig: {
        ReadonlyRootfs: boolean;
        CapDrop: string[];
        SecurityOpt: string[];
        Privileged: boolean;
        Memory: number;
        PortBindings: Record<string, { HostIp: string }[]>;
        RestartPolicy: { Name: string };
        LogConfig: { Config: Record<string, string> };
      };
    }[];
    expect(inspected).toHaveLength(services.length);
    for (const { Name, Config, HostConfig } of inspected) {
      expect(HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        Privileged: false,
        RestartPolicy: { Name: 'unless-stopped' },
      });
      expect(HostConfig.SecurityOpt).toContain('no-new-privileges:true');
      expect(HostConfig.Memory).toBeGreaterThan(0);
      expect(HostConfig.LogConfig.Config).toHaveProperty('max-size');
      // Only cAdvisor runs as root, as the README states.
      expect(Config.User).toBe(Name.endsWith('-cadvisor') ? '0:0' : '65534:65534');
      const addresses = Object.values(HostConfig.PortBindings ?? {}).flat();
      expect(addresses.every((binding) => binding.HostIp === '127.0.0.1')).toBe(true);
    }
  });
});

describe('a running stack', () => {
  it('does not change at a second up and the preview after it', async () => {
    const ids = containerIds(stack);
    expect(await make('up')).toMatch(/^ +\d+ unchanged$/m);
    const preview = await make('preview');
    expect(preview).toMatch(/^ +\d+ unchanged$/m);
    expect(preview).not.toMatch(/to (create|update|replace|delete)/);
    expect(containerIds(stack)).toEqual(ids);
  });

  it('is repaired by refresh and up if a container was removed by hand', async () => {
    const ids = containerIds(stack);
    docker('rm', '--force', '--volumes', ids['blackbox-exporter'] ?? '');
    expect(await make('refresh')).toMatch(/1 deleted/);
    expect(await make('up')).toMatch(/^blackbox-exporter .* yes$/m);
    const { 'blackbox-exporter': repaired, ...others } = containerIds(stack);
    expect(repaired).not.toBe(ids['blackbox-exporter']);
    expect(ids).toMatchObject(others);
  });

  it('is repaired by up alone if a container was stopped by hand', async () => {
    docker('stop', containerIds(stack)['cadvisor'] ?? '');
    expect(await make('up')).toMatch(/^cadvisor .* yes$/m);
  });

  it('is repaired by up alone if a container was paused by hand', async () => {
    const ids = containerIds(stack);
    docker('pause', ids['cadvisor'] ?? '');
    const output = await make('up');
    expect(output).toContain('container audifi-e2e-cadvisor was paused: it runs again');
    expect(output).toMatch(/^cadvisor .* yes$/m);
    expect(containerIds(stack)).toEqual(ids);
  });

  it.each(['up', 'destroy'])('is not touched by %s with another state', async (target) => {
    const ids = containerIds(stack);
    const other = { AUDIFI_STATE: `${checkout.dir}/.other-state`, NEW_STATE: '', PURGE: '1' };
    const { code, output } = await checkout.make(target, other);
    expect(code).not.toBe(0);
    expect(output).toContain(`NEW_STATE=1 make ${target} STACK=${stack}`);
    expect(containerIds(stack)).toEqual(ids);
    expect(ofStack(stack).volumes).not.toEqual([]);
  });

  it('with a changed scrape interval only updates Prometheus, and its data stays', async () => {
    const ids = containerIds(stack);
    const oldest = (await api.raw('up{job="prometheus"}', '1h'))[0];
    checkout.configure(config({ prometheus: { port, scrapeInterval: '1s' } }));
    await make('up');
    const now = containerIds(stack);
    const changed = Object.keys(ids).filter((name) => ids[name] !== now[name]);
    expect(changed.sort()).toEqual(['prometheus', 'prometheus-files']);
    expect((await api.raw('up{job="prometheus"}', '1h'))[0]).toEqual(oldest);
    const { scrape_interval: interval } = await configInUse();
    expect(interval).toBe('1s');
  });

  it('keeps every sample but the last scrape after kill -9 of Prometheus', async () => {
    const seen = await api.raw('up{job="prometheus"}', '10m');
    const id = containerIds(stack)['prometheus'] ?? '';
    const [pid = ''] = docker('inspect', '--format', '{{.State.Pid}}', id);
    process.kill(Number(pid), 'SIGKILL');
    await eventually('Prometheus answers again', 60, async () => {
      const [now] = docker('inspect', '--format', '{{.State.Pid}}', id);
      return now !== pid && (await api.query('up')).length > 0 ? true : undefined;
    });
    const kept = new Set((await api.raw('up{job="prometheus"}', '10m')).map(([time]) => time));
    const killed = Date.now() / 1000;
    const lost = seen.filter(([time]) => !kept.has(time) && killed - time < 590);
    // One scrape may be in progress when the process exits.
    expect(lost.length).toBeLessThanOrEqual(1);
    expect(seen.length).toBeGreaterThan(5);
  });
});

describe('an interrupted up', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)('by %s is completed by the next one', async (signal) => {
    await make('destroy');
    const run = checkout.start('up');
    await eventually('the first container is there', 120, () =>
      Object.keys(containerIds(stack)).length > 0 ? true : undefined,
    );
    process.kill(-run.pid, signal);
    await run.finished;
    const output = await make('up', { NEW_STATE: '' });
    expect(output).toMatch(/^prometheus .* yes$/m);
    expect((await make('preview')).includes('unchanged')).toBe(true);
    const names = docker('ps', '--all', '--filter', 'name=audifi-e2e-', '--format', '{{.Names}}');
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the end', () => {
  it('destroy keeps only data; PURGE=1 deletes that too; other objects stay', async () => {
    const [oldest] = await api.raw('up{job="prometheus"}', '1h');
    const data = [`audifi-${stack}-alertmanager-data`, `audifi-${stack}-prometheus-data`];
    const destroyed = await make('destroy');
    for (const volume of data) expect(destroyed).toContain(volume);
    expect(ofStack(stack)).toEqual({
      containers: [],
      networks: [],
      volumes: data,
    });

    await make('up');
    expect((await api.raw('up{job="prometheus"}', '1h'))[0]).toEqual(oldest);

    const mounted = docker(
      ...['inspect', '--format', '{{range .Mounts}}{{.Name}}{{"\\n"}}{{end}}'],
      ...Object.values(containerIds(stack)),
    );
    await make('destroy', { PURGE: '1' });
    expect(ofStack(stack)).toEqual({ containers: [], networks: [], volumes: [] });
    const after = everything();
    // Anonymous volumes have no label, but those of our containers are gone as well.
    expect(mounted.length).toBeGreaterThan(2);
    expect(after.volumes.filter((volume) => mounted.includes(volume))).toEqual([]);
    expect(after.containers).toEqual(expect.arrayContaining([foreign.container]));
    expect(after.networks).toEqual(expect.arrayContaining([foreign.network]));
    expect(after.volumes).toEqual(expect.arrayContaining([foreign.volume]));
    expect(() =>
      readFileSync(`${checkout.state}/.pulumi/stacks/audifi-observability/e2e.json`),
    ).toThrow();
  });
});

async function configInUse(): Promise<{ scrape_interval?: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/status/config`);
  const { data } = (await response.json()) as { data: { yaml: string } };
  return { scrape_interval: /scrape_interval: (\S+)/.exec(data.yaml)?.[1] };
}
