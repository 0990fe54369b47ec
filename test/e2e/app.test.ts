import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppService, appMetrics, appServices, type Metric, metrics } from '../../telemetry';
import { containerIds, docker, eventually, logsOf } from './lib/engine';
import { AppStack, type Count, specJobs } from './lib/reference-app';

/** A development stack with the reference application, as the first `make up` creates it. */
const app = new AppStack('e2e-reference', 19200, (ports) => ({
  prometheus: { port: ports.prometheus, scrapeInterval: '1s' },
  alertmanager: { port: ports.alertmanager },
  referenceApp: true,
  referenceAppPorts: { web: ports.web, control: ports.control },
  inbox: { port: ports.inbox },
  // A URL that the traffic does not use, because its requests are counted.
  uptime: { checks: [{ name: 'web', url: 'http://caddy:2019/metrics', interval: '5s' }] },
}));

beforeAll(async () => {
  await app.make('up');
  await app.settled(specJobs);
});

afterAll(() => app.remove());

/** All series of a target in its last scrape. */
const seriesOf = async (job: string) => {
  const all = await app.prometheus.query(`{job="${job}"}`);
  // Series that Prometheus adds for the target.
  return all.filter(
    ({ metric }) => !/^(up|scrape_.*|ALERTS.*|.*:.*)$/.test(metric['__name__'] ?? ''),
  );
};

const baseOf = (name: string): string => {
  const base = name.replace(/_(bucket|sum|count)$/, '');
  return Object.hasOwn(appMetrics, base) ? base : name;
};

describe('the telemetry contract', () => {
  it.each(appServices)('%s emits exactly the metrics of the contract', async (service) => {
    const promised = Object.entries(appMetrics as Record<string, Metric>)
      .filter(([, { by }]) => by?.includes(service))
      .map(([name]) => name);
    await eventually(`everything of ${service} was emitted`, 60, async () => {
      const names = new Set(
        (await seriesOf(service)).map((s) => baseOf(s.metric['__name__'] ?? '')),
      );
      const missing = promised.filter((name) => !names.has(name));
      if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
      return true;
    });
    const emitted = new Set(
      (await seriesOf(service)).map((s) => baseOf(s.metric['__name__'] ?? '')),
    );
    expect([...emitted].sort()).toEqual(promised.sort());
  });

  it.each(appServices)('%s only uses allowed labels and values', async (service) => {
    const strange: string[] = [];
    const values = new Map<string, Set<string>>();
    for (const { metric } of await seriesOf(service)) {
      const { __name__: name = '', job: _j, instance: _i, env: _e, stack: _s, ...own } = metric;
      const contract = (appMetrics as Record<string, Metric>)[baseOf(name)];
      for (const [label, value] of Object.entries(own)) {
        if (label === 'le' && contract?.buckets !== undefined) continue;
        const allowed = contract?.labels[label];
        const key = `${baseOf(name)}{${label}}`;
        values.set(key, (values.get(key) ?? new Set()).add(value));
        if (allowed === undefined) strange.push(`${name}: label ${label}`);
        else if ('max' in allowed) {
          if ((values.get(key)?.size ?? 0) > allowed.max) strange.push(`${key}: too many values`);
        } else if (!allowed.includes(value)) strange.push(`${key}: "${value}"`);
      }
    }
    expect(values.size).toBeGreaterThan(0);
    expect(strange).toEqual([]);
  });

  it("includes all used metrics of the databases' and the proxy's exporters", async () => {
    const of = (prefix: RegExp) => Object.keys(metrics).filter((name) => prefix.test(name));
    for (const [job, prefix] of [
      ['postgres', /^pg_/],
      ['redis', /^redis_/],
      ['caddy', /^caddy_/],
    ] as const) {
      const emitted = new Set((await seriesOf(job)).map(({ metric }) => metric['__name__'] ?? ''));
      const named = (name: string): boolean =>
        emitted.has(name) || emitted.has(`${name}_bucket`) || emitted.has(`${name}_count`);
      const missing = of(prefix).filter((name) => !named(name));
      // Series that only exist with a replica, after an error, or since Redis 7.4.
      const conditional = /replica|replication|slave|lag|^caddy_.*errors|^redis_pubsub_clients$/;
      expect({ job, missing: missing.filter((name) => !conditional.test(name)) }).toEqual({
        job,
        missing: [],
      });
    }
  });
});

describe("Prometheus's counters match the generator's", () => {
  const byService = (service: AppService): string => `job="${service}"`;

  /** Sum of a counter's series with these labels. */
  const counted = async ({ metric, labels }: Count): Promise<number> => {
    const service = (appMetrics as Record<string, Metric>)[metric]?.by?.[0] ?? 'api-server';
    const matchers = [
      byService(service),
      ...Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
    ];
    return app.prometheus.value(`sum(${metric}{${matchers.join(',')}})`);
  };

  it('exactly, for each counter', async () => {
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    await app.pause();
    const { counted: told, unsure } = await app.sent();
    // A login that failed while the databases were starting may or may not be counted.
    expect(unsure.filter(({ metric }) => metric !== 'oauth_logins_total')).toEqual([]);
    const doubts = unsure.reduce((sum, { value }) => sum + value, 0);
    expect(doubts).toBeLessThan(5);
    const names = new Set(told.map(({ metric }) => metric));
    for (const name of [
      ...['http_requests_total', 'ws_connections_total', 'ws_messages_sent_total'],
      ...['ws_messages_received_total', 'studio_chat_messages_total', 'studio_poll_votes_total'],
      'oauth_logins_total',
    ]) {
      expect(names).toContain(name);
    }
    await eventually('all are equal', 20, async () => {
      const different = await Promise.all(
        told.map(async (count) => {
          const value = await counted(count);
          const more = count.metric === 'oauth_logins_total' ? doubts : 0;
          return value >= count.value && value <= count.value + more
            ? []
            : [`${JSON.stringify(count)} but ${value}`];
        }),
      );
      if (different.flat().length > 0) throw new Error(different.flat().join('\n'));
      return true;
    });
    // The number of errors is the sum of the expected ones.
    const failed = told.filter((c) => c.labels['status']?.startsWith('5')).map((c) => c.value);
    const errors = await app.prometheus.value(
      'sum(http_requests_total{job="api-server",status=~"5..",path!="/health"}) or vector(0)',
    );
    expect(errors).toBe(failed.reduce((sum, value) => sum + value, 0));
  });

  it('and so do open connections', async () => {
    const { connections } = await app.sent();
    const open = connections.reduce((sum, { value }) => sum + value, 0);
    expect(open).toBeGreaterThan(5);
    await eventually('the gauge says so', 10, async () =>
      (await app.prometheus.value('sum(ws_connections_active)')) === open ? true : undefined,
    );
    await app.resume();
  });
});

interface Health {
  readonly status: string;
  readonly timestamp: string;
  readonly version: string;
  readonly checks: Record<string, { status: string; latency_ms: number }>;
}

describe('/health', () => {
  it('matches the spec', async () => {
    const { status, body } = await app.web<Health>('/health');
    expect(status).toBe(200);
    expect(body.status).toBe('healthy');
    expect(new Date(body.timestamp).getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(body.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(Object.keys(body.checks).sort()).toEqual(['database', 'redis', 'rpc']);
    for (const check of Object.values(body.checks)) {
      expect(check.status).toBe('healthy');
      expect(check.latency_ms).toBeGreaterThanOrEqual(0);
    }
  });

  it.each([
    ['database', 'postgres'],
    ['redis', 'redis'],
    ['rpc', 'outside'],
  ])('is 503 with the name of %s while it is down, and recovers', async (check, container) => {
    const id = containerIds('e2e-reference')[container] ?? '';
    docker('stop', id);
    try {
      await eventually('503', 20, async () => {
        const { status, body } = await app.web<Health>('/health');
        return status === 503 && body.checks[check]?.status === 'unhealthy' ? true : undefined;
      });
    } finally {
      docker('start', id);
    }
    await eventually('healthy again', 60, async () =>
      (await app.web<Health>('/health')).status === 200 ? true : undefined,
    );
  });
});

describe('a graceful restart', () => {
  it('of the API loses no accepted request', async () => {
    await app.make('incident', { KIND: 'latency' });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const slow = Array.from({ length: 20 }, () => app.web<unknown>('/v1/tracks'));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    docker('restart', containerIds('e2e-reference')['api-server'] ?? '');
    const statuses = (await Promise.all(slow)).map(({ status }) => status);
    await app.make('incident', { KIND: 'none' });
    expect(statuses).toEqual(Array.from({ length: 20 }, () => 200));
  });

  it('of the WebSocket server notifies its clients, and of the worker loses no job', async () => {
    const ids = containerIds('e2e-reference');
    const both = [ids['ws-server'] ?? '', ids['worker'] ?? ''];
    docker('stop', '--time', '30', ...both);
    expect(docker('inspect', '--format', '{{.State.ExitCode}}', ...both)).toEqual(['0', '0']);
    docker('start', ...both);
    await eventually('everybody is back', 60, async () => {
      const { connections } = await app.sent();
      return connections.reduce((sum, { value }) => sum + value, 0) > 5 ? true : undefined;
    });
    await eventually('clients were told', 10, async () => {
      const { counted } = await app.sent();
      return counted.some((c) => c.labels['reason'] === 'server_shutdown') ? true : undefined;
    });
    await app.settled(specJobs);
    await eventually('no job waits', 60, async () =>
      (await app.prometheus.value('sum(worker_queue_depth)')) === 0 ? true : undefined,
    );
  });
});

/** All secrets of the stack, from the files in its containers. */
function secrets(): string[] {
  const where = '{{range .Mounts}}{{if eq .Destination "/run/audifi"}}{{.Source}}{{end}}{{end}}';
  const folders = Object.values(containerIds('e2e-reference')).flatMap((id) =>
    docker('inspect', '--format', where, id),
  );
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return files
    .filter((path) => !path.endsWith('.sql') && statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .filter((text) => /^[A-Za-z0-9]{20,}$/.test(text));
}

describe('the stack', () => {
  it('has its passwords only in files', async () => {
    const planted = [...new Set(secrets())];
    expect(planted.length).toBeGreaterThanOrEqual(4);
    const ids = Object.values(containerIds('e2e-reference'));
    const places = {
      state: await app.make('pulumi', { ARGS: 'stack export' }),
      outputs: await app.make('pulumi', { ARGS: 'stack output --json' }),
      containers: docker('inspect', ...ids).join('\n'),
      logs: logsOf('e2e-reference', 100_000),
    };
    for (const [place, text] of Object.entries(places)) {
      expect(text).not.toBe('');
      expect({ place, found: planted.filter((secret) => text.includes(secret)).length }).toEqual({
        place,
        found: 0,
      });
    }
  });

  it('does not change at a second up', async () => {
    const ids = containerIds('e2e-reference');
    const preview = await app.make('preview');
    expect(preview).not.toMatch(/to (create|update|replace|delete)/);
    expect(containerIds('e2e-reference')).toEqual(ids);
  });

  it('finds its data again with new passwords after a destroy', async () => {
    interface Track {
      readonly id: string | number;
      readonly title: string;
      readonly status: string;
    }
    const { body: list } = await app.web<{ tracks: Track[] }>('/v1/tracks');
    // The worker may still change the others.
    const track = list.tracks.find(({ status }) => status === 'ready');
    expect(track?.title).toMatch(/./);
    await app.make('destroy');
    await app.make('up');
    await app.settled(specJobs);
    const { body: again } = await app.web<Track>(`/v1/tracks/${track?.id}`);
    expect(again).toEqual(track);
    const { body } = await app.web<Health>('/health');
    expect(body.status).toBe('healthy');
  });
});
