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
