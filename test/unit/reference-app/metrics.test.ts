import { describe, expect, it } from '@jest/globals';
import { appMetrics, appServices, labelledSessions, type Metric } from '../../../telemetry';
import { createMetrics } from '../../../reference-app/src/lib/metrics';
import { measureProcess } from '../../../reference-app/src/lib/process-metrics';
import { Hub, isSessionId, type Member } from '../../../reference-app/src/ws/hub';
import { samples, valueOf } from './kit';
import fc, { runs } from '../../lib/fast-check';

const declared: [string, Metric][] = Object.entries(appMetrics);

describe('the instruments of a service', () => {
  it.each(appServices)('%s declares exactly those in the contract', async (service) => {
    const text = await createMetrics(service).text();
    const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) =>
      type === 'counter' ? `${name}_total` : name,
    );
    const promised = declared.filter(([, { by }]) => by?.includes(service)).map(([name]) => name);
    expect(types.sort()).toEqual(promised.sort());
  });

  it('throw for metrics of another service', () => {
    expect(() => createMetrics('worker').of('http_requests_total')).toThrow(
      /not a metric of worker/,
    );
  });

  // The compiler checks this: without `@ts-expect-error` each line would be an error.
  it('do not compile with a wrong metric, label or value', () => {
    const metrics = createMetrics('ws-server');
    const errors = metrics.of('ws_errors_total');
    // @ts-expect-error: no such metric
    expect(() => metrics.of('ws_error_total')).toThrow();
    // @ts-expect-error: no such value
    errors.add({ type: 'nothing' });
    // @ts-expect-error: no such label
    errors.add({ kind: 'timeout' });
    // @ts-expect-error: no labels
    errors.add();
    // @ts-expect-error: a counter is not set
    expect(errors.set).toBeUndefined();
  });

  // A counter whose first sample is 1 has no increase for Prometheus, so the first error would be
  // lost.
  it.each(appServices)('%s starts all counters with closed labels at 0', async (service) => {
    const started = await samples(createMetrics(service));
    const closed = declared.filter(
      ([, { by, type, labels }]) =>
        type === 'counter' && by?.includes(service) && Object.values(labels).every(Array.isArray),
    );
    for (const [name, { labels }] of closed) {
      const combinations = Object.values(labels).reduce(
        (product, label) => product * ('max' in label ? 0 : label.length),
        1,
      );
      const own = started.filter((sample) => sample.name === name);
      expect(own).toHaveLength(combinations);
      expect(own.every(({ value }) => value === 0)).toBe(true);
    }
  });

  it('never exceed the budget or contain unlisted values, for any input', async () => {
    const metrics = createMetrics('api-server');
    const total = metrics.of('http_requests_total');
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (method, path, status) => {
        // As from a caller that passes external values.
        total.add({ method, path, status } as never);
      }),
      { numRuns: runs(2_000) },
    );
    const own = (await samples(metrics)).filter(({ name }) => name === 'http_requests_total');
    const { labels } = appMetrics.http_requests_total;
    const paths = new Set(own.map((sample) => sample.labels['path']));
    expect(paths.size).toBeLessThanOrEqual(labels.path.max);
    expect(paths).toContain('other');
    for (const sample of own) {
      expect(labels.method).toContain(sample.labels['method']);
      expect(labels.status).toContain(sample.labels['status']);
    }
    expect(own.reduce((sum, { value }) => sum + value, 0)).toBe(runs(2_000));
  });

  it('are valid OpenMetrics text with its content type', async () => {
    const metrics = createMetrics('worker');
    expect(await metrics.text()).toMatch(/\n# EOF\n$/);
    // A second scrape has the same names.
    expect(await metrics.text()).toContain('process_cpu_seconds_total');
    expect(metrics.contentType).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
  });

  it('include the process metrics', async () => {
    const metrics = createMetrics('worker');
    measureProcess(metrics, '1.4.2');
    expect(await valueOf(metrics, 'app_info', { version: '1.4.2' })).toBe(1);
    expect(await valueOf(metrics, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    const first = await valueOf(metrics, 'process_cpu_seconds_total');
    for (let spent = 0; spent < 3e7; spent += 1);
    expect(await valueOf(metrics, 'process_cpu_seconds_total')).toBeGreaterThan(first ?? NaN);
    expect(await valueOf(metrics, 'process_open_fds')).toBeGreaterThan(2);
    expect(await valueOf(metrics, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
  });
});

describe('the budget of session_id', () => {
  const member = (session: string, role: Member['role'] = 'viewer'): Member => ({
    ...{ session, role },
    send: () => undefined,
  });

  async function series(hub: Hub<Member>) {
    const metrics = createMetrics('ws-server');
    hub.measure(metrics);
    const all = (await samples(metrics)).filter(({ name }) => name === 'ws_connections_active');
    return { all, sessions: await valueOf(metrics, 'ws_sessions_active') };
  }

  it('labels the largest of 1,000 sessions, and sums up the rest', async () => {
    const hub = new Hub<Member>();
    for (let session = 0; session < 1_000; session += 1) {
      const size = session < labelledSessions ? 3 : 1;
      for (let index = 0; index < size; index += 1) hub.join(member(`s${session}`));
    }
    const { all, sessions } = await series(hub);
    expect(all.length).toBeLessThanOrEqual(appMetrics.ws_connections_active.budget);
    expect(new Set(all.map(({ labels }) => labels['session_id'])).size).toBe(labelledSessions + 1);
    expect(all.reduce((sum, { value }) => sum + value, 0)).toBe(hub.size);
    const other = all.find(
      ({ labels }) => labels['session_id'] === 'other' && labels['role'] === 'viewer',
    );
    expect(other?.value).toBe(1_000 - labelledSessions);
    expect(sessions).toBe(1_000);
  });

  it('removes the series of an ended session, which makes room for the next', async () => {
    const hub = new Hub<Member>();
    const metrics = createMetrics('ws-server');
    hub.measure(metrics);
    for (let round = 0; round < 3; round += 1) {
      const members = Array.from({ length: labelledSessions }, (_, n) => member(`r${round}-${n}`));
      for (const one of members) hub.join(one);
      const all = (await samples(metrics)).filter(({ name }) => name === 'ws_connections_active');
      expect(
        all.filter(({ labels }) => labels['session_id']?.startsWith(`r${round}-`)),
      ).toHaveLength(3 * labelledSessions);
      expect(all).toHaveLength(3 * (labelledSessions + 1));
      for (const one of members) hub.leave(one);
    }
  });

  it('rejects a session with the reserved name', () => {
    expect(isSessionId('other')).toBe(false);
    expect(isSessionId('abc123')).toBe(true);
    for (const id of ['', 'a b', 'a"b', '../x', 'x'.repeat(65)])
      expect(isSessionId(id)).toBe(false);
  });
});
