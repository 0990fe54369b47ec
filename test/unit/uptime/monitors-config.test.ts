import { describe, expect, it } from '@jest/globals';
import { heartbeat, monitors } from '../../../components/uptime/monitors-config';
import { parse, type Tree } from '../../lib/pulumi-config';

const settings = (tree: Tree = {}) => parse(tree, { stack: 'prod' });
const withChecks = (...checks: readonly object[]) => monitors(settings({ uptime: { checks } }));
const certificate = { name: 'tls', url: 'https://api.audifi.io', kind: 'certificate' };

describe("the spec's four checks", () => {
  const all = monitors(settings());

  it('are three monitors, and the certificate belongs to that of the API', () => {
    const rows = all.map(({ check, attributes: a }) => [
      ...[check, a.url, a.monitor_type, a.check_frequency, a.confirmation_period],
      a.ssl_expiration,
    ]);
    expect(rows).toEqual([
      ['landing-page', 'https://audifi.io', 'status', 60, 60, 14],
      ['app', 'https://app.audifi.io', 'status', 60, 60, 14],
      ['api-health', 'https://api.audifi.io/health', 'status', 30, 30, 14],
    ]);
  });

  it('run, verify certificates, and have names that tell stacks apart', () => {
    for (const { check, attributes } of all) {
      expect(attributes).toMatchObject({ paused: false, verify_ssl: true });
      expect(attributes.pronounceable_name).toBe(`AudiFi prod ${check}`);
    }
  });
});

describe('other checks', () => {
  it.each([
    ['5s', 30],
    ['30s', 30],
    ['31s', 45],
    ['1m', 60],
    ['90s', 120],
    ['2m', 120],
  ])('every %s become every %d s, the next interval of Better Stack', (interval, seconds) => {
    const [monitor] = withChecks({ name: 'x', url: 'https://x.io', interval });
    expect(monitor?.attributes).toMatchObject({
      check_frequency: seconds,
      confirmation_period: seconds,
    });
  });

  it.each([
    [4, 7],
    [14, 14],
    [20, 30],
    [60, 60],
  ])('report certificates at least as early as the alert: %d days, %d', (days, expected) => {
    const thresholds = { certificateDays: days };
    const [monitor] = monitors(settings({ alerts: { thresholds } }));
    expect(monitor?.attributes.ssl_expiration).toBe(expected);
  });

  it('of a certificate alone accept every answer of a working server', () => {
    const [first, second, ...none] = withChecks(
      { name: 'x', url: 'https://x.io' },
      ...[certificate, { ...certificate, name: 'tls-2' }],
    );
    expect(first?.attributes).not.toHaveProperty('expected_status_codes');
    expect(second).toMatchObject({
      check: 'tls',
      attributes: { monitor_type: 'expected_status_code', ssl_expiration: 14 },
    });
    const codes = second?.attributes.expected_status_codes ?? [];
    expect(codes).toEqual(expect.arrayContaining([200, 301, 401, 404]));
    expect(codes.filter((code) => code >= 500)).toEqual([]);
    expect(none).toEqual([]);
  });

  it('of one host report its certificate once, of another port separately, of http never', () => {
    const reads = withChecks(
      { name: 'a', url: 'https://x.io/1' },
      { name: 'b', url: 'https://x.io/2' },
      { name: 'c', url: 'https://x.io:8443' },
      { name: 'd', url: 'http://y.io' },
    ).map(({ attributes }) => attributes.ssl_expiration);
    expect(reads).toEqual([14, undefined, 14, undefined]);
  });

  it('of private addresses have none, because Better Stack cannot reach them', () => {
    const hosts = [
      ...['caddy', 'localhost', 'admin.audifi.svc', 'admin.audifi.svc.cluster.local.'],
      ...['db.INTERNAL', 'nas.local', '127.0.0.1', '10.1.2.3', '172.20.0.1', '192.168.1.1'],
      ...['169.254.169.254', '[::1]', '[fd00::1]', '[fe80::1]'],
    ];
    const checks = hosts.map((host, i) => ({ name: `n${i}`, url: `http://${host}:8080/health` }));
    expect(withChecks(...checks)).toEqual([]);
    const reachable = ['http://8.8.8.8', 'https://svc.io', 'https://internal.audifi.io'];
    const all = withChecks(...checks, ...reachable.map((url, i) => ({ name: `p${i}`, url })));
    expect(all.map(({ attributes: { url } }) => url)).toEqual(reachable);
  });

  it('do not depend on the checks from inside', () => {
    const disabled = settings({ uptime: { enabled: false } });
    expect(monitors(disabled)).toEqual(monitors(settings()));
  });
});

describe('the heartbeat', () => {
  const of = (tree: Tree = {}) => heartbeat(settings(tree));

  it('is expected at the interval of Alertmanager, and may be as late as a restart makes it', () => {
    expect(of()).toEqual({
      ...{ name: 'AudiFi prod Watchdog', period: 60, grace: 150, paused: false },
      ...{ call: true, push: true, email: true },
    });
    const slow = { heartbeatInterval: '10m', startDelay: '5m' };
    expect(of({ alertmanager: slow })).toMatchObject({ period: 600, grace: 900 });
  });

  it('is expected every 30 s at most, the minimum of Better Stack', () => {
    expect(of({ alertmanager: { heartbeatInterval: '1s' } })).toMatchObject({ period: 30 });
  });
});

it.each<[string, Tree, object]>([
  ['the person on call is called', {}, { call: true, push: true, email: true }],
  ['an escalation policy decides', { policyId: 4321 }, { policy_id: '4321' }],
])('%s, for all monitors and the heartbeat', (_, betterStack, expected) => {
  const tree = { betterStack, betterStackToken: 'a-token' };
  const with_ = parse(tree, { secretKeys: ['betterStackToken'] });
  const all = [...monitors(with_).map(({ attributes }) => attributes), heartbeat(with_)];
  const ways = all.map(({ policy_id, call, push, email }) => ({ policy_id, call, push, email }));
  expect(ways).toEqual(Array(4).fill(expected));
});
