import { describe, expect, it } from '@jest/globals';
import { broken } from '../../lib/policy';
import { service } from '../../lib/policy-resources';

const judged = (key: string, value: string): string[] =>
  broken('not-public', [service({ type: 'LoadBalancer' }, { [key]: value })]);

describe('a load balancer', () => {
  it.each([
    ['service.beta.kubernetes.io/aws-load-balancer-scheme', 'internal'],
    ['service.beta.kubernetes.io/aws-load-balancer-internal', 'true'],
    ['service.beta.kubernetes.io/azure-load-balancer-internal', 'true'],
    ['networking.gke.io/load-balancer-type', 'Internal'],
    ['cloud.google.com/load-balancer-type', 'Internal'],
    ['service.beta.kubernetes.io/oci-load-balancer-internal', 'true'],
    ['oci-network-load-balancer.oraclecloud.com/internal', 'true'],
    ['service.beta.kubernetes.io/openstack-internal-load-balancer', 'true'],
    ['service.beta.kubernetes.io/do-loadbalancer-network', 'INTERNAL'],
    ['service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', 'private'],
    ['service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type', 'intranet'],
    ['load-balancer.hetzner.cloud/disable-public-network', 'true'],
  ])('is internal with %s: %s', (key, value) => {
    expect(judged(key, value)).toEqual([]);
  });

  it.each([
    ['service.beta.kubernetes.io/aws-load-balancer-scheme', 'internet-facing'],
    ['service.beta.kubernetes.io/aws-load-balancer-scheme', 'true'],
    ['service.beta.kubernetes.io/azure-load-balancer-internal', 'false'],
    ['networking.gke.io/load-balancer-type', 'External'],
    ['service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', 'public'],
    // Only the way to the nodes is private.
    ['load-balancer.hetzner.cloud/use-private-ip', 'true'],
    ['example.com/private', 'true'],
  ])('is public with %s: %s', (key, value) => {
    expect(judged(key, value)).toEqual([expect.stringContaining('is a public load balancer')]);
  });
});
