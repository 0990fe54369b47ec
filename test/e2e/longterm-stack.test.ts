import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deploymentOf } from '../../components/deployment';
import { parse } from '../lib/pulumi-config';
import { Checkout } from './lib/checkout';
import { docker, eventually, logsOf } from './lib/engine';
import { PrometheusApi } from './lib/prometheus';

/** A stack on the real engine that keeps metrics for a year in a volume. */
const stack = 'e2e-longterm';
const ports = { prometheus: 19_340, alertmanager: 19_341, frontend: 19_342 };
const prometheus = new PrometheusApi(`http://127.0.0.1:${ports.prometheus}`);
const frontend = new PrometheusApi(`http://127.0.0.1:${ports.frontend}`);
const off = { enabled: false };
const settings = {
  ...{ referenceApp: false, inbox: off, logs: off, traces: off, grafana: off, uptime: off },
  ...{ nodeExporter: off, cadvisor: off },
  prometheus: { port: ports.prometheus, scrapeInterval: '1s' },
  alertmanager: { port: ports.alertmanager },
  longTerm: { store: 'filesystem', port: ports.frontend },
  // Budgets are recorded every four minutes otherwise.
  alerts: { speedUp: 20 },
};
const checkout = new Checkout(stack);

beforeAll(async () => {
  checkout.configure(settings);
  const up = await checkout.make('up');
  if (up.code !== 0) throw new Error(`${up.output}\n${logsOf(stack)}`);
});

afterAll(async () => {
  await checkout.make('destroy', { PURGE: '1' });
  checkout.remove();
});

describe('a stack that keeps metrics for a year', () => {
  it('has every part of Thanos up, each with its own job', async () => {
    const jobs = deploymentOf(parse(settings))
      .jobs.map(({ name }) => name)
      .filter((name) => name.startsWith('thanos-'));
    expect(jobs).toHaveLength(5);
    await eventually('all parts are up', 60, async () => {
      const up = await prometheus.query('up{job=~"thanos-.*"} == 1');
      const found = up.map(({ metric }) => metric['job']).sort();
      return JSON.stringify(found) === JSON.stringify([...jobs].sort()) ? true : undefined;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${logsOf(stack)}`, { cause: error });
    });
  });

  it('answers through the query frontend what Prometheus has, without the replica', async () => {
    const found = await eventually('an answer', 60, async () => {
      const samples = await frontend.query('up{job="prometheus"}');
      return samples.length > 0 ? samples : undefined;
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ value: 1, metric: { env: stack, stack } });
    expect(found[0]?.metric).not.toHaveProperty('replica');
  });

  it('has one bucket for all parts, and no part fails at it', async () => {
    const failures = 'sum(thanos_objstore_bucket_operation_failures_total)';
    expect(await prometheus.value(failures)).toBe(0);
    expect(await prometheus.value('thanos_compact_halted')).toBe(0);
    const [mounted = ''] = docker(
      ...['inspect', '--format', '{{range .Mounts}}{{.Name}}:{{.Destination}} {{end}}'],
      `audifi-${stack}-prometheus-sidecar`,
    );
    expect(mounted).toContain(`audifi-${stack}-thanos-compactor-bucket:/bucket`);
  });

  it('shows the size of each kind of data in make status, and real figures in make estimate', async () => {
    const status = await checkout.make('status');
    expect(status.output).toMatch(/^metrics, as scraped +8 GiB +[\d.]+ MiB/m);
    expect(status.output).toMatch(/^metrics in the bucket +5 GiB +[\d.]+ MiB/m);
    await eventually('the recorded series', 60, async () => {
      const found = await prometheus.query('data:expected_bytes:rate3d{data="longTerm"} > 0');
      return found.length === 1 ? true : undefined;
    });
    const { code, output } = await checkout.make('estimate', { AGAINST: stack });
    expect(code).toBe(0);
    expect(output).toMatch(/SERIES +[\d,]+ +active series +measured/);
    expect(output).toMatch(/^samples per second +[\d,.]+ \/s +[\d,.]+ \/s +[\d.]+ ×$/m);
    expect(output).toMatch(/^prometheus, disk at this age +[\d.]+ [MG]B +[\d.]+ [MG]B/m);
  });

  it('restores silences and the state from a backup, adds nothing twice, and then up changes nothing', async () => {
    const api = `http://127.0.0.1:${ports.alertmanager}/api/v2`;
    const silence = {
      matchers: [{ name: 'alertname', value: 'Low.*', isRegex: true, isEqual: true }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      ...{ createdBy: 'anna', comment: 'a test' },
    };
    const headers = { 'content-type': 'application/json' };
    const posted = await fetch(`${api}/silences`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify(silence),
    });
    const { silenceID } = (await posted.json()) as { silenceID: string };
    const active = async (): Promise<string[]> => {
      const all = (await (await fetch(`${api}/silences`)).json()) as {
        comment: string;
        status: { state: string };
      }[];
      return all.flatMap(({ comment, status }) => (status.state === 'active' ? [comment] : []));
    };
    const to = join(checkout.dir, 'backups');
    const made = await checkout.make('backup', { TO: to });
    expect(made.output).toContain('1 silences');
    const [name = ''] = readdirSync(to);
    const from = join(to, name);
    for (const file of readdirSync(from)) {
      expect([file, statSync(join(from, file)).mode & 0o777]).toEqual([file, 0o600]);
    }
    await fetch(`${api}/silence/${silenceID}`, { method: 'DELETE' });
    expect(await active()).toEqual([]);
    const restored = await checkout.make('restore', { FROM: from });
    expect(restored.output).toContain('silences: 1 added');
    expect(restored.output).toContain('state: kept');
    expect(await active()).toEqual(['a test']);
    expect((await checkout.make('restore', { FROM: from })).output).toContain('silences: 0 added');
    expect(await active()).toEqual(['a test']);
    // Another machine, or a lost home directory.
    rmSync(checkout.state, { recursive: true });
    expect((await checkout.make('restore', { FROM: from })).output).toContain('state: imported');
    const before = docker('ps', '--quiet', '--filter', `label=io.audifi.stack=${stack}`).sort();
    expect((await checkout.make('up')).code).toBe(0);
    const after = docker('ps', '--quiet', '--filter', `label=io.audifi.stack=${stack}`).sort();
    expect(after).toEqual(before);
  });

  it('changes nothing in a second up, and keeps the bucket through destroy', async () => {
    const ids = (): string[] =>
      docker('ps', '--quiet', '--filter', `label=io.audifi.stack=${stack}`);
    const before = ids().sort();
    const again = await checkout.make('up');
    expect(again.code).toBe(0);
    expect(ids().sort()).toEqual(before);
    await checkout.make('destroy');
    const volumes = docker('volume', 'ls', '--quiet', '--filter', `label=io.audifi.stack=${stack}`);
    expect(volumes).toContain(`audifi-${stack}-thanos-compactor-bucket`);
  });
});
