import { describe, expect, it } from '@jest/globals';
import { servers } from '../../../components/metrics/settings-schema-servers';
import main from '../../../index';
import { secretKeysOf } from '../../../components/settings/kinds';
import { settingsSchema } from '../../../components/settings/schema';
import { run, type Run } from '../../lib/mocks';
import { fullGrafana, openSearchJaeger, texts } from '../../lib/pulumi-config';

/**
 * The Secrets that contain each secret setting, as `<workload>` or `<workload>-<companion>`. A
 * changed Secret has a new name, so the pods of these workloads are replaced, and no others; the
 * old Secret is deleted.
 */
const usedBy: Readonly<Record<string, readonly string[]>> = {
  metricsToken: ['prometheus'],
  slackWebhookUrl: ['alertmanager'],
  slackMonitoringWebhookUrl: ['alertmanager'],
  pagerdutyRoutingKey: ['alertmanager'],
  heartbeatUrl: ['alertmanager'],
  grafanaAdminPassword: ['grafana'],
  grafanaOauthClientSecret: ['grafana'],
  grafanaDatabasePassword: ['grafana'],
  grafanaSecretKey: ['grafana'],
  longTermS3AccessKey: ['prometheus-sidecar', 'thanos-compactor', 'thanos-store'],
  longTermS3SecretKey: ['prometheus-sidecar', 'thanos-compactor', 'thanos-store'],
  lokiS3AccessKey: ['loki'],
  lokiS3SecretKey: ['loki'],
  jaegerStoragePassword: ['jaeger'],
  newRelicLicenseKey: ['otel-agent', 'otel-collector', 'prometheus'],
  sentryPublicKey: ['otel-collector'],
  ...Object.fromEntries(servers.map((name) => [`${name}Password`, [`${name}-exporter`]])),
};

/** Not in this stack, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  pagerdutyToken: 'only the provider of PagerDuty uses it',
  betterStackToken: 'only the provider of the monitors uses it',
  longTermGcsCredentials: 'another bucket, in the same file as the keys for S3',
  longTermAzureKey: 'another bucket, in the same file as the keys for S3',
  grafanaCloudToken: 'another forwarding target, in a file like that of New Relic',
  datadogApiKey: 'another forwarding target, in a file like that of New Relic',
};

const valueOf = (key: string): string => {
  if (key === 'pagerdutyRoutingKey') return '5ec7e7000000000000000000000000ff';
  return key.endsWith('Url') ? `https://hooks.test/s3cr3t-${key}` : `s3cr3t-${key}`;
};

const tree = {
  platform: 'kubernetes',
  alerts: { acceptGaps: true },
  targets: { worker: { bearerToken: true } },
  ...Object.fromEntries(servers.map((name) => [name, { host: 'db.audifi.io' }])),
  grafana: fullGrafana,
  loki: { s3: { bucket: 'audifi-logs', region: 'eu-central-1' } },
  longTerm: { store: 's3', s3: { bucket: 'audifi-metrics', region: 'eu-central-1' } },
  jaeger: openSearchJaeger,
  logs: { agent: 'otel' },
  forwarding: {
    cidrs: ['34.0.0.0/8'],
    newRelic: { metrics: true, logs: true, traces: true },
    sentry: { traces: true, otlpUrl: 'https://sentry.audifi.io/api/2/integration/otlp' },
  },
};

describe('a secret setting on Kubernetes', () => {
  const secretKeys = Object.keys(usedBy);
  let program: Promise<Run<unknown>> | undefined;
  const stack = (): Promise<Run<unknown>> =>
    (program ??= run(main, {
      stack: 'prod',
      secretKeys,
      config: {
        ...texts(tree),
        ...Object.fromEntries(secretKeys.map((key) => [key, valueOf(key)])),
      },
    }));

  it('is in one of these lists', () => {
    expect([...secretKeys, ...Object.keys(elsewhere)].sort()).toEqual(
      [...secretKeysOf(settingsSchema)].sort(),
    );
  });

  it.each(Object.entries(usedBy))(
    '%s: only pods that use it change with it',
    async (key, names) => {
      const { resources } = await stack();
      const holders = resources.filter(({ type, inputs }) => {
        // People need the provider of Grafana's contents, which runs nothing.
        if (type.startsWith('pulumi:providers:')) return false;
        return JSON.stringify(inputs).includes(valueOf(key));
      });
      expect(holders.map(({ name }) => name).sort()).toEqual(names.map((name) => `${name}-secret`));
      for (const { type, inputs } of holders) {
        expect(type).toBe('kubernetes:core/v1:Secret');
        // Without a fixed name, a changed one is another object, and the old one is deleted.
        expect(inputs).toMatchObject({ immutable: true });
        expect(inputs['metadata']).not.toHaveProperty('name');
      }
    },
  );

  it('reaches pods only as a file of such a Secret', async () => {
    const { resources } = await stack();
    for (const { name, inputs } of resources.filter(({ type }) => /apps\/v1/.test(type))) {
      expect([name, JSON.stringify(inputs)]).toEqual([
        name,
        expect.not.stringMatching(/secretKeyRef|secretRef/),
      ]);
    }
  });
});
