import { describe, expect, it } from '@jest/globals';
import type { PolicyResource } from '../../../policy/resource';
import { broken } from '../../lib/policy';
import { docker, kubernetes } from '../../lib/policy-resources';

const bind = (source: string, readOnly = true): object => ({
  ...{ type: 'bind', source, target: source, readOnly },
});
const positions = '/var/lib/audifi-observability/promtail-positions';
const onNode = (path: string, readOnly: boolean, more: object = {}): PolicyResource =>
  kubernetes({
    name: 'promtail',
    podSecurity: { runAsUser: 0, runAsNonRoot: false },
    container: { name: 'promtail', volumeMounts: [{ name: 'v', readOnly }] },
    pod: { volumes: [{ name: 'v', hostPath: { path } }], ...more },
  });

describe('a host agent has access to no more than it needs', () => {
  const refused: readonly (readonly [what: string, PolicyResource, RegExp])[] = [
    ['the network of the node', onNode('/var/log/pods', true, { hostNetwork: true }), /network/],
    ['the processes of the node', onNode('/var/log/pods', true, { hostPID: true }), /pid/],
    [
      'a port of the node',
      kubernetes({ name: 'promtail', container: { ports: [{ hostPort: 80 }] } }),
      /port 80/,
    ],
    ['another directory', onNode('/etc', true), /directory \/etc/],
    ['all of the machine', docker({ mounts: [bind('/')] }, 'promtail'), /directory \//],
    ['writing log files', onNode('/var/log/pods', false), /writable/],
    [
      "another's positions",
      onNode('/var/lib/audifi-observability/loki-data', false),
      /loki-data of the host, writable/,
    ],
    ['a path around it', onNode(`${positions}/../../..`, false), /writable/],
    ['network for cAdvisor', docker({ networkMode: 'host' }, 'cadvisor'), /network/],
  ];
  it.each(refused)('%s', (_, given, words) => {
    expect(broken('no-host-access', [given])).toEqual([expect.stringMatching(words)]);
  });

  it('what it needs is allowed', () => {
    const given = [
      onNode('/var/log/pods', true),
      onNode(positions, false),
      onNode(positions.replace('y/', 'y/team-a/'), false),
      docker({ user: '0:0', mounts: [bind('/home/u/docker/containers')] }, 'promtail'),
      docker({ user: '0:0', mounts: [bind('/'), bind('/home/u/docker')] }, 'cadvisor'),
    ];
    expect(broken('no-host-access', given)).toEqual([]);
    expect(broken('non-root', given)).toEqual([]);
  });

  it('another container in its pod does not run as root', () => {
    const init = { name: 'init', securityContext: { runAsUser: 0 } };
    const given = onNode('/var/log/pods', true, { initContainers: [init] });
    expect(broken('non-root', [given])).toEqual([
      expect.stringMatching(/container init runs as root/),
    ]);
  });
});
