import { describe, expect, test } from '@jest/globals';
import type { Page } from '../../../components/workload';
import { onKubernetes, plain } from './kubernetes-fixtures';

const page: Omit<Page, 'by'> = { port: 'http', host: 'grafana.audifi.io', path: '/' };

describe('a page for people', () => {
  test('is an Ingress to the Service, with its class, certificate and annotations', async () => {
    const by = {
      kind: 'ingress',
      className: 'nginx',
      tlsSecret: 'grafana-tls',
      annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' },
    } as const;
    const deployed = await onKubernetes((deploy) => deploy({ ...plain, page: { ...page, by } }));
    const [ingress] = deployed.ofKind('Ingress');
    expect(ingress?.metadata).toMatchObject({
      name: 'web',
      annotations: { ...by.annotations, 'pulumi.com/skipAwait': 'true' },
    });
    expect(ingress?.spec).toEqual({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['grafana.audifi.io'], secretName: 'grafana-tls' }],
      rules: [
        {
          host: 'grafana.audifi.io',
          http: {
            paths: [
              {
                ...{ path: '/', pathType: 'Prefix' },
                backend: { service: { name: 'web', port: { name: 'http' } } },
              },
            ],
          },
        },
      ],
    });
  });

  test('is a route of a Gateway, at the number of the port', async () => {
    const by = { kind: 'gateway', name: 'public', namespace: 'gateways' } as const;
    const deployed = await onKubernetes((deploy) => deploy({ ...plain, page: { ...page, by } }));
    expect(deployed.ofKind('HTTPRoute')[0]?.spec).toEqual({
      parentRefs: [{ name: 'public', namespace: 'gateways' }],
      hostnames: ['grafana.audifi.io'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ name: 'web', port: 8080 }],
        },
      ],
    });
  });

  test('is none by default', async () => {
    const deployed = await onKubernetes((deploy) => deploy(plain));
    expect([...deployed.ofKind('Ingress'), ...deployed.ofKind('HTTPRoute')]).toEqual([]);
  });
});
