import { describe, expect, it, jest } from '@jest/globals';
import main from '../../../index';
import { rules } from '../../../policy/rules';
import { containersOf } from '../../../policy/containers';
import { run } from '../../lib/mocks';
import { broken, policyResources } from '../../lib/policy';

/** Each test runs a whole program. */
jest.setTimeout(30_000);

const accepted = { alerts: { acceptGaps: true } };
const server = { host: 'db.audifi.example' };
const watching = {
  ...{ postgres: server, redis: server, pgbouncer: server },
  ...{ postgresPassword: 'p', redisPassword: 'p', pgbouncerPassword: 'p', metricsToken: 't' },
};

/** Together these stacks contain all components. */
const stacks: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  dev: {},
  'dev with the OpenTelemetry agent': { logs: { agent: 'otel' }, metricsToken: 't' },
  'dev that watches servers': { referenceApp: false, inbox: { enabled: false }, ...watching },
  prod: { platform: 'kubernetes' },
  'prod with the OpenTelemetry agent': { platform: 'kubernetes', logs: { agent: 'otel' } },
  'prod that watches servers': { platform: 'kubernetes', ...watching },
  'dev with metrics for a year': { referenceApp: false, longTerm: { store: 'filesystem' } },
  'prod with metrics for a year': {
    platform: 'kubernetes',
    longTerm: { store: 's3', s3: { bucket: 'audifi-metrics' } },
  },
  'prod with a pair of Prometheus': {
    platform: 'kubernetes',
    slackWebhookUrl: 'https://hooks.slack.com/services/T0/B0/x',
  },
};

describe('the stacks keep to every rule, without an exception', () => {
  it.each(Object.entries(stacks))('%s', async (_, settings) => {
    const values = Object.entries({ ...accepted, ...settings }).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const secretKeys = Object.keys(settings).filter((key) => /(Password|Token|Url)$/.test(key));
    const config = Object.fromEntries(values) as Record<string, string>;
    const resources = policyResources(await run(main, { config, secretKeys }));
    // Otherwise a rule that checks nothing would pass.
    expect(resources.flatMap(containersOf).length).toBeGreaterThan(8);
    expect(rules.flatMap(({ name }) => broken(name, resources))).toEqual([]);
  });
});
