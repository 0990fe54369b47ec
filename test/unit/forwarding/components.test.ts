import { describe, expect, it } from '@jest/globals';
import { DockerPlatform } from '../../../components/platform/docker';
import { Logs } from '../../../components/logs/logs';
import { otelAgentWorkload } from '../../../components/logs/otel-agent';
import { prometheusWorkload } from '../../../components/metrics/prometheus';
import { otelCollectorWorkload } from '../../../components/traces/otel-collector';
import { Traces } from '../../../components/traces/traces';
import type { Workload } from '../../../components/workload';
import { run, value } from '../../lib/mocks';
import { parse } from '../../lib/pulumi-config';
import { endpoint } from '../../lib/workloads';

const secretKeys = ['newRelicLicenseKey', 'sentryPublicKey'];
const tree = {
  platform: 'kubernetes',
  logs: { agent: 'otel' },
  forwarding: {
    cidrs: ['34.0.0.0/8'],
    newRelic: { metrics: true, logs: true, traces: true },
    sentry: { traces: true, otlpUrl: 'https://sentry.audifi.io:9443/api/2/integration/otlp' },
  },
  newRelicLicenseKey: 'nr-key',
  sentryPublicKey: 'sentry-key',
};
const settings = parse(tree, { secretKeys });
const loki = endpoint('loki', { ports: [{ name: 'http', number: 3100 }] });
const jaeger = endpoint('jaeger', { ports: [{ name: 'grpc', number: 4317 }] });
const containerLogs = { files: '/var/log/pods/*/*/*.log', format: 'cri' } as const;
const workloads: Readonly<Record<string, Workload>> = {
  collector: otelCollectorWorkload('otel-collector', {
    ...{ settings, jaeger, loki },
    platform: { instanceHosts: ({ name }) => [name] },
  }),
  agent: otelAgentWorkload('otel-agent', {
    settings,
    loki,
    platform: { containerLogs, nodeName: 'n' },
  }),
  prometheus: prometheusWorkload('prometheus', {
    settings,
    jobs: [],
    platform: {
      discover: () => ({ by: 'addresses', targets: [] }),
      instanceHosts: ({ name }) => [name],
    },
  }),
};
const workload = (name: string): Workload => {
  const found = workloads[name];
  if (found === undefined) throw new Error(name);
  return found;
};

const at = (name: string, port: number): object => ({
  ...{ external: name, ports: [port], peers: [{ cidr: '34.0.0.0/8' }] },
});

describe('a workload with forwarding targets', () => {
  it.each([
    ['collector', ['/etc/otelcol/secrets/new-relic', '/etc/otelcol/secrets/sentry']],
    ['agent', ['/etc/otelcol/secrets/new-relic']],
    ['prometheus', ['/etc/prometheus/secrets/new-relic']],
  ])('%s: has the keys in secret files only', async (name, paths) => {
    const { files = [], ...rest } = workload(name);
    expect(files.filter(({ secret }) => secret === true).map(({ path }) => path)).toEqual(paths);
    const [first] = files.filter(({ secret }) => secret === true);
    expect(await value(first?.content)).toBe('nr-key');
    const plain = files.filter(({ secret }) => secret !== true);
    const texts = await Promise.all(plain.map(({ content }) => value(content)));
    expect(JSON.stringify([rest.args, rest.env, texts])).not.toMatch(/nr-key|sentry-key/);
  });

  it.each([
    ['collector', [at('new-relic', 443), at('sentry', 9443)]],
    ['agent', [at('new-relic', 443)]],
    ['prometheus', [at('new-relic', 443)]],
  ])('%s: may connect to its targets, within the configured ranges', (name, externals) => {
    const { connectsTo = [] } = workload(name);
    expect(connectsTo).toEqual(expect.arrayContaining(externals));
    const others = connectsTo.filter((one) => 'external' in one && one.external !== 'audifi');
    expect(others).toHaveLength(externals.length);
  });

  it('has space on its volume for each queue', () => {
    const size = (name: string): number | undefined => workload(name).volumes?.[0]?.sizeMiB;
    expect([size('collector'), size('agent')]).toEqual([1_024 + 3 * 256, 64 + 256]);
  });
});

describe('without Loki and Jaeger', () => {
  const only = parse(
    {
      ...{ logs: { agent: 'otel' }, jaeger: { enabled: false }, loki: { enabled: false } },
      forwarding: { newRelic: { logs: true, traces: true } },
      newRelicLicenseKey: 'nr-key',
    },
    { secretKeys },
  );

  it('a stack runs only the collector and the agent', async () => {
    const { ofType } = await run(() => {
      const platform = new DockerPlatform('docker', {
        stack: 'dev',
        waitUntilReady: () => Promise.resolve(true),
      });
      const args = { platform, settings: only };
      new Logs('logs', { ...args, rules: {}, alertmanager: endpoint('alertmanager') });
      new Traces('traces', args);
    });
    const containers = ofType('Container').map(({ name }) => name);
    expect(containers).toEqual(expect.arrayContaining(['otel-agent', 'otel-collector']));
    expect(containers).not.toContain('loki');
    expect(containers).not.toContain('jaeger');
  });
});
