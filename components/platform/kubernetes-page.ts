import { CustomResource } from '@pulumi/kubernetes/apiextensions';
import { Ingress } from '@pulumi/kubernetes/networking/v1';
import type { networking } from '@pulumi/kubernetes/types/input';
import type * as pulumi from '@pulumi/pulumi';
import { type IngressPage, type Page, portNumber, type Workload } from '../workload';
import { metadata } from './kubernetes-objects';
import type { Placed } from './kubernetes-policy';

/**
 * Access to a workload's page from outside: an Ingress, or a route of an existing Gateway. None if
 * it has no page.
 *
 * - https://kubernetes.io/docs/concepts/services-networking/ingress/
 * - https://gateway-api.sigs.k8s.io/api-types/httproute/
 */
export function pageObjects(
  workload: Workload,
  placed: Placed,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { name, page, ports = [] } = workload;
  if (page === undefined) return [];
  const { by } = page;
  const meta = metadata(placed, name);
  if (by.kind === 'ingress') {
    // Many controllers never publish an address, for which Pulumi would wait ten minutes.
    const notes = { 'pulumi.com/skipAwait': 'true', ...by.annotations };
    const withNotes = { ...meta, annotations: notes };
    const spec = ingressSpec(name, page, by);
    return [new Ingress(`${name}-ingress`, { metadata: withNotes, spec }, opts)];
  }
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: meta,
    spec: {
      parentRefs: [
        {
          name: by.name,
          namespace: by.namespace,
          ...(by.listener === undefined ? {} : { sectionName: by.listener }),
        },
      ],
      hostnames: [page.host],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: page.path } }],
          backendRefs: [{ name, port: portNumber({ name, ports }, page.port) }],
        },
      ],
    },
  };
  return [new CustomResource(`${name}-route`, route, opts)];
}

function ingressSpec(
  name: string,
  { port, host, path }: Page,
  { className, tlsSecret }: IngressPage,
): networking.v1.IngressSpec {
  return {
    ...(className === undefined ? {} : { ingressClassName: className }),
    ...(tlsSecret === undefined ? {} : { tls: [{ hosts: [host], secretName: tlsSecret }] }),
    rules: [
      {
        host,
        http: {
          paths: [
            {
              path,
              pathType: 'Prefix',
              backend: { service: { name, port: { name: port } } },
            },
          ],
        },
      },
    ],
  };
}
