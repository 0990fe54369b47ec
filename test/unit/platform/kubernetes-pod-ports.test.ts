import { describe, expect, it } from '@jest/globals';
import main from '../../../index';
import { run } from '../../lib/mocks';
import { texts } from '../../lib/pulumi-config';
import { onKubernetes, plain } from './kubernetes-fixtures';

interface Policy {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly egress?: readonly { readonly ports?: readonly { port: number }[] }[] };
}

/** Names of the policies that let a pod connect to this port. */
const toPort = (policies: readonly Policy[], port: number): string[] =>
  policies
    .filter(({ spec }) => spec.egress?.some(({ ports }) => ports?.some((p) => p.port === port)))
    .map(({ metadata }) => metadata.name)
    .sort();

/** A stack whose peers are all Services of the cluster, as far as their addresses can be set. */
const peers = {
  platform: 'kubernetes',
  alerts: { acceptGaps: true },
  pagerdutyRoutingKey: 'a1'.repeat(16),
  pagerduty: { eventsUrl: 'http://relay.proxies.svc/v2/enqueue' },
  loki: { s3: { bucket: 'audifi-logs', endpoint: 'http://rgw.rook-ceph.svc' } },
  longTerm: { store: 's3', s3: { bucket: 'audifi-metrics', endpoint: 'https://minio.minio.svc' } },
  grafana: {
    externalUrl: 'https://grafana.audifi.io',
    oauth: {
      clientId: 'grafana',
      authUrl: 'https://sso.audifi.io/authorize',
      tokenUrl: 'https://keycloak.sso.svc/token',
      apiUrl: 'https://keycloak.sso.svc/userinfo',
    },
    database: { host: 'pooler.databases.svc' },
  },
  grafanaOauthClientSecret: 'made-up',
  grafanaDatabasePassword: 'made-up',
  grafanaSecretKey: 'made-up-and-long-enough',
  grafanaAdminPassword: 'made-up-and-long-enough',
  jaeger: { storageBackend: 'opensearch', opensearch: { urls: ['https://search.search.svc'] } },
  postgres: { host: 'primary.databases.svc' },
  postgresPassword: 'made-up',
  redis: { host: 'redis.databases.svc' },
  redisPassword: 'made-up',
  targets: { worker: { addresses: ['worker.audifi.svc:80'] } },
  forwarding: {
    newRelic: { traces: true, metrics: true, otlpUrl: 'https://otlp.proxies.svc' },
  },
  newRelicLicenseKey: 'made-up',
};

describe('ports of pods behind Services', () => {
  it('are open to every connection to an address from the settings, and to no other', async () => {
    const kubernetes = { podPorts: [18_443] };
    const secretKeys = Object.keys(peers).filter((key) => /Key$|Password$|Secret$/.test(key));
    const config = texts({ ...peers, kubernetes });
    const { ofType } = await run(main, { stack: 'prod', config, secretKeys });
    const policies = ofType('NetworkPolicy').map(({ inputs }) => inputs as unknown as Policy);
    expect(toPort(policies, 18_443)).toEqual([
      'alertmanager-to-internet',
      'blackbox-exporter-to-internet',
      'grafana-to-database',
      'grafana-to-internet',
      'jaeger-to-opensearch',
      'loki-to-internet',
      'otel-collector-to-new-relic',
      'postgres-exporter-to-postgres',
      'prometheus-to-audifi',
      'prometheus-to-bucket',
      'prometheus-to-new-relic',
      'redis-exporter-to-redis',
      'thanos-compactor-to-bucket',
      'thanos-store-to-bucket',
    ]);
  });

  it('are added to the ports of a connection, unless it has them or all ports', async () => {
    const deployed = await onKubernetes(
      (deploy) =>
        deploy({
          ...plain,
          connectsTo: [
            { external: 'bucket', ports: [80, 8080] },
            { external: 'metadata', ports: [80], fixedPorts: true },
            { external: 'pods', ports: 'all', peers: [{ pods: 'all' }] },
          ],
        }),
      { podPorts: [8080, 9000] },
    );
    const rules = deployed
      .ofKind<Policy>('NetworkPolicy')
      .filter(({ metadata }) => metadata.name.startsWith('web-to-'))
      .map(({ spec }) => spec.egress);
    const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP', port }));
    expect(rules).toEqual([
      [{ ports: tcp(80, 8080, 9000) }],
      [{ ports: tcp(80) }],
      [{ to: [{ namespaceSelector: {} }] }],
    ]);
  });
});
