import { describe, expect, it } from '@jest/globals';
import type { PolicyResource } from '../../../policy/resource';
import { notKnown } from '../../../policy/values';
import { broken } from '../../lib/policy';
import { docker, image, kubernetes, resource } from '../../lib/policy-resources';

const volume = (driverOpts: object): PolicyResource =>
  resource('docker:index/volume:Volume', 'web-data', { driverOpts });
const persistentVolume = (spec: object): PolicyResource =>
  resource('kubernetes:core/v1:PersistentVolume', 'pv', { spec });

describe('what a container can have without saying so plainly', () => {
  const cases: readonly (readonly [rule: string, what: string, PolicyResource, RegExp])[] = [
    ['pinned-images', 'an image by name', docker({ image: 'nginx:latest' }), /"nginx:latest"/],
    [
      'pinned-images',
      'one of a container that is never started',
      docker({ image: 'nginx:latest', start: false }),
      /"nginx:latest"/,
    ],
    [
      'no-host-access',
      "another container's network",
      docker({ networkMode: 'container:node-exporter' }),
      /network namespace of another container/,
    ],
    [
      'no-host-access',
      "another container's processes",
      docker({ pidMode: 'container:x' }),
      /pid namespace of another container/,
    ],
    [
      'no-host-access',
      "another container's memory",
      docker({ ipcMode: 'container:x' }),
      /ipc namespace of another container/,
    ],
    [
      'no-host-access',
      'a volume that is a directory',
      volume({ type: 'none', o: 'bind', device: '/' }),
      /is the directory \/ of the host/,
    ],
    [
      'no-host-access',
      'a mounted volume that is a directory',
      docker({
        mounts: [
          { type: 'volume', volumeOptions: { driverOptions: { o: 'bind', device: '/etc' } } },
        ],
      }),
      /access to the directory \/etc/,
    ],
    [
      'no-host-access',
      'a volume on a node',
      persistentVolume({ hostPath: { path: '/' } }),
      /is the directory \//,
    ],
    [
      'no-host-access',
      'a local volume',
      persistentVolume({ local: { path: '/mnt' } }),
      /is the directory \/mnt/,
    ],
    ['no-host-access', 'GPUs', docker({ gpus: 'all' }), /the GPUs/],
    [
      'no-privileges',
      'no seccomp on Docker',
      docker({ securityOpts: ['no-new-privileges:true', 'seccomp=unconfined'] }),
      /seccomp=unconfined/,
    ],
    [
      'no-privileges',
      'no seccomp on Kubernetes',
      kubernetes({ podSecurity: { seccompProfile: { type: 'Unconfined' } } }),
      /seccompProfile Unconfined/,
    ],
    [
      'no-privileges',
      'all of /proc',
      kubernetes({ security: { procMount: 'Unmasked' } }),
      /procMount Unmasked/,
    ],
    ['resource-limits', 'memory without end', docker({ memory: -1 }), /no memory limit/],
    ['resource-limits', 'all cores', docker({ cpus: undefined, cpuSet: '0-63' }), /no CPU limit/],
    ['resource-limits', 'a quota of nothing', docker({ cpus: '0' }), /no CPU limit/],
    [
      'no-privileges',
      'an old controller',
      kubernetes({ kind: 'ReplicationController', security: { privileged: true } }),
      /is privileged/,
    ],
  ];
  it.each(cases)('%s: %s', (rule, _, given, words) => {
    expect(broken(rule, [given])).toEqual([expect.stringMatching(words)]);
  });

  it('volumes of a driver or of memory are no directory of the host', () => {
    const given = [
      volume({ type: 'nfs', o: 'addr=10.0.0.1', device: ':/share' }),
      volume({ type: 'tmpfs', device: 'tmpfs' }),
      persistentVolume({ csi: { driver: 'ebs.csi.aws.com' } }),
    ];
    expect(broken('no-host-access', given)).toEqual([]);
  });

  it('the ID of an image is pinned, and so may be what is not known yet', () => {
    const given = [docker({ image: 'sha256:abc' }), docker({ image: notKnown }), image(notKnown)];
    expect(broken('pinned-images', given)).toEqual([]);
    expect(broken('resource-limits', [docker({ memory: notKnown, cpus: notKnown })])).toEqual([]);
  });
});

describe('types', () => {
  it.each([
    'kubernetes:helm.sh/v3:Release',
    'kubernetes:apps/v1:DeploymentPatch',
    'docker:index/service:Service',
    'aws:ec2/instance:Instance',
  ])('%s is not known', (type) => {
    expect(broken('known-types', [resource(type, 'x', {})])).toEqual([
      expect.stringMatching(/policy\/rules\/types\.ts/),
    ]);
  });

  // Those of the other stacks are in stacks.test.ts.
  it.each([
    'audifi:metrics:Prometheus',
    'pulumi:pulumi:Stack',
    'pulumi:providers:docker',
    'pagerduty:index/serviceIntegration:ServiceIntegration',
    'pulumi-nodejs:dynamic/betterStack:Monitor',
    'kubernetes:gateway.networking.k8s.io/v1:HTTPRoute',
  ])('%s is known', (type) => {
    expect(broken('known-types', [resource(type, 'x', {})])).toEqual([]);
  });
});
