import { describe, expect, it } from '@jest/globals';
import { appMetrics, describeSeries, type Metric, metrics, recorded } from '../../../telemetry';

const all: [string, Metric][] = Object.entries(metrics);
const app: [string, Metric][] = Object.entries(appMetrics);
/** Prometheus's own alert series have names in capitals. */
const nameOf = /^([a-z][A-Za-z0-9_]*|ALERTS(_FOR_STATE)?)$/;

describe('the contract of metrics', () => {
  it('has every metric of the spec', () => {
    const spec = [
      ...['http_requests_total', 'http_request_duration_seconds', 'http_requests_in_flight'],
      ...['http_request_size_bytes', 'ws_connections_active', 'ws_connections_total'],
      ...['ws_messages_sent_total', 'ws_messages_received_total', 'ws_connection_duration_seconds'],
      ...['ws_errors_total', 'db_connections_active', 'db_connections_idle'],
      ...['db_connections_waiting', 'db_query_duration_seconds', 'db_errors_total'],
      ...['stripe_api_requests_total', 'stripe_api_latency_seconds', 'rpc_requests_total'],
      ...['rpc_latency_seconds', 'rpc_errors_total', 'email_sent_total'],
      ...['stripe_webhook_errors_total', 'process_start_time_seconds', 'pg_up', 'up'],
    ];
    for (const name of spec) expect(Object.keys(metrics)).toContain(name);
  });

  it.each(all)('%s has a valid name and description', (name, metric) => {
    expect(name).toMatch(nameOf);
    expect(metric.help).toMatch(/^\S.*\.$/);
    // The PostgreSQL exporter names many counters like columns of PostgreSQL.
    if (!/^pg_stat(io)?_(database|user_tables)_/.test(name)) {
      expect(name.endsWith('_total')).toBe(metric.type === 'counter');
    }
    if (metric.unit === 'seconds' && metric.type === 'histogram') expect(name).toMatch(/_seconds$/);
    // Labels of the object, which the jobs of kube-state-metrics put in place of the target's.
    const isObject = name.startsWith('kube_');
    for (const label of Object.keys(metric.labels)) {
      expect(label).toMatch(/^[a-z_]+$/);
      const ofTargets = ['job', 'instance', 'le', 'env', 'stack', ...(isObject ? [] : ['node'])];
      expect(ofTargets).not.toContain(label);
      // Only targets of kubelets lack these labels, so that their series can have them. Otherwise
      // they would become `exported_…`.
      const ofPods = ['namespace', 'pod', 'container'].includes(label);
      expect([name, ofPods && !isObject && !/^(container|kubelet)_/.test(name)]).toEqual([
        name,
        false,
      ]);
    }
  });

  it.each(all)('%s has exactly the budget that its labels can reach', (_, metric) => {
    const combinations = Object.values(metric.labels).reduce(
      (product, label) => product * ('max' in label ? label.max : label.length),
      1,
    );
    const each = metric.buckets === undefined ? 1 : metric.buckets.length + 3;
    expect(metric.budget).toBeGreaterThanOrEqual(each);
    expect(metric.budget).toBeLessThanOrEqual(combinations * each);
  });

  it.each(all.filter(([, { type }]) => type === 'histogram'))(
    '%s has increasing buckets',
    (_, m) => {
      const buckets = m.buckets ?? [];
      expect(buckets.length).toBeGreaterThan(3);
      expect([...new Set(buckets)].sort((a, b) => a - b)).toEqual(buckets);
    },
  );

  it('keeps a service with all series far below the sample limit', () => {
    const total = app.reduce((sum, [, { budget }]) => sum + budget, 0);
    expect(total).toBeLessThan(50_000 / 5);
  });

  it('names series as in PromQL', () => {
    expect(describeSeries('http_request_duration_seconds_bucket')?.labels).toEqual([
      ...['method', 'path', 'le'],
      ...['job', 'instance', 'node', 'namespace', 'pod', 'container'],
    ]);
    expect(describeSeries('http_request_duration_seconds')).toBeUndefined();
    expect(describeSeries('http_requests_total_sum')).toBeUndefined();
    expect(describeSeries('toString')).toBeUndefined();
  });

  it.each(Object.keys(recorded))('%s is named level:metric:operations', (name) => {
    expect(name).toMatch(/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/);
  });
});
