import { BlockList, isIPv6 } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { addressesOf, clusterFamily, type Family } from '../../../offline/cluster/addresses';

/** Whether an address, or the first address of a range, is within a range. */
function within(address: string, range: string, family: Family): boolean {
  const [net = '', prefix = ''] = range.split('/');
  const list = new BlockList();
  list.addSubnet(net, Number(prefix), family);
  return list.check(address.replace(/\/.*/, ''), family);
}

describe.each<Family>(['ipv4', 'ipv6'])('addresses of an %s cluster', (family) => {
  const addresses = addressesOf('a-cluster', family);
  const { node, pods, allPods, services, apiServer, dns, network } = addresses;

  it('nodes are in the Docker network', () => {
    const range = network[network.lastIndexOf('--subnet') + 1] ?? '';
    for (const index of [0, 1, 8]) expect(within(node(index), range, family)).toBe(true);
  });

  it('every node has pods of its own, among all pods', () => {
    for (const index of [0, 1, 8]) {
      expect(within(pods(index), allPods, family)).toBe(true);
      expect(within(pods(index), pods(index + 1), family)).toBe(false);
    }
  });

  it('the two fixed Services are in their range, apart from pods and nodes', () => {
    for (const address of [apiServer, dns]) {
      expect(within(address, services, family)).toBe(true);
      expect(within(address, allPods, family)).toBe(false);
    }
    expect(within(node(0), services, family)).toBe(false);
  });

  it('are of this family', () => {
    for (const address of [node(0), apiServer, dns]) {
      expect(isIPv6(address)).toBe(family === 'ipv6');
    }
  });

  it('differ between clusters of other names', () => {
    expect(addressesOf('another', family).node(0)).not.toBe(node(0));
  });
});

describe('AUDIFI_CLUSTER_FAMILY', () => {
  const before = process.env['AUDIFI_CLUSTER_FAMILY'];
  afterEach(() => {
    if (before === undefined) delete process.env['AUDIFI_CLUSTER_FAMILY'];
    else process.env['AUDIFI_CLUSTER_FAMILY'] = before;
  });

  it('chooses the family; IPv4 without it', () => {
    delete process.env['AUDIFI_CLUSTER_FAMILY'];
    expect(clusterFamily()).toBe('ipv4');
    process.env['AUDIFI_CLUSTER_FAMILY'] = 'ipv6';
    expect(clusterFamily()).toBe('ipv6');
  });

  it('any other value is an error with an example', () => {
    process.env['AUDIFI_CLUSTER_FAMILY'] = '6';
    expect(() => clusterFamily()).toThrow(
      'AUDIFI_CLUSTER_FAMILY is "6": it must be ipv4 or ipv6. Example: AUDIFI_CLUSTER_FAMILY=ipv6 make cluster',
    );
  });
});
