import { describe, expect, it } from '@jest/globals';
import { servers } from '../../../components/metrics/settings-schema-servers';
import main from '../../../index';
import { rules } from '../../../policy/rules';
import { containersOf } from '../../../policy/containers';
import { run } from '../../lib/mocks';
import { texts } from '../../lib/pulumi-config';
import { broken, policyResources } from '../../lib/policy';

const accepted = { alerts: { acceptGaps: true } };
const watching = {
  ...Object.fromEntries(servers.map((name) => [name, { host: 'db.audifi.example' }])),
  ...Object.fromEntries(servers.map((name) => [`${name}Password`, 'p'])),
  metricsToken: 't',
};

/** Together they have every component; few, since each is a whole program. */
const stacks: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  dev: {},
  'dev with the OpenTelemetry agent and metrics for a year': {
    ...{ logs: { agent: 'otel' }, longTerm: { store: 'filesystem' }, metricsToken: 't' },
    ...{ referenceApp: false, inbox: { enabled: false } },
  },
  prod: { platform: 'kubernetes' },
  'prod with replicas, an ingress, servers to watch and metrics for a year': {
    ...{ platform: 'kubernetes', ...watching, logs: { agent: 'otel' } },
    longTerm: { store: 's3', s3: { bucket: 'audifi-metrics' } },
    grafana: { externalUrl: 'https://grafana.audifi.io', ingress: {} },
    loki: { replicas: 3, s3: { bucket: 'audifi-logs' } },
  },
};

describe('the stacks keep to every rule, without an exception', () => {
  it.each(Object.entries(stacks))('%s', async (_, settings) => {
    const config = texts({ ...accepted, ...settings });
    const secretKeys = Object.keys(settings).filter((key) => /(Password|Token|Url)$/.test(key));
    const resources = policyResources(await run(main, { config, secretKeys }));
    // Otherwise a rule that checks nothing would pass.
    expect(resources.flatMap(containersOf).length).toBeGreaterThan(8);
    expect(rules.flatMap(({ name }) => broken(name, resources))).toEqual([]);
  });
});
