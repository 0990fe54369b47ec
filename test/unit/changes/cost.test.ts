import { describe, expect, it } from '@jest/globals';
import type { Change, Inputs } from '../../../scripts/changes/change';
import { costLines } from '../../../scripts/changes/cost';
import { summarise } from '../../../scripts/changes/summary';
import type { Prices } from '../../../scripts/estimate/prices';

const prices: Prices = {
  ...{ date: '2026-01-01', source: 'test', currency: 'EUR' },
  ...{ core: 30, memory: 4, disk: 0.1, bucket: 0, writes: 0, reads: 0 },
};

interface Pod {
  readonly cpu?: string;
  readonly memory?: string;
  readonly replicas?: number;
}
const controller = (kind: string, was?: Pod, now?: Pod): Change => {
  const side = ({ cpu, memory, replicas }: Pod): Inputs => ({
    spec: {
      replicas,
      template: { spec: { containers: [{ name: 'x', resources: { requests: { cpu, memory } } }] } },
    },
  });
  return {
    ...{ type: `kubernetes:apps/v1:${kind}`, name: 'x' },
    op: was === undefined ? 'create' : now === undefined ? 'delete' : 'update',
    old: was && side(was),
    new: now && side(now),
  };
};
const claim = (op: Change['op'], was?: string, now?: string): Change => {
  const side = (storage: string): Inputs => ({ spec: { resources: { requests: { storage } } } });
  return {
    ...{ type: 'kubernetes:core/v1:PersistentVolumeClaim', name: 'x-data-0', op },
    old: was === undefined ? undefined : side(was),
    new: now === undefined ? undefined : side(now),
  };
};
const pod = { cpu: '250m', memory: '1Gi' };

describe('the cost of a change', () => {
  it.each<[string, Change[], string[]]>([
    [
      'more memory for both instances',
      [controller('StatefulSet', { ...pod, replicas: 2 }, { ...pod, memory: '2Gi', replicas: 2 })],
      ['~ +8.00 EUR a month at list prices: memory +2 GiB'],
    ],
    [
      'another instance and its volume',
      [
        controller('StatefulSet', { ...pod, replicas: 1 }, { ...pod, replicas: 2 }),
        claim('create', undefined, '50Gi'),
      ],
      ['~ +16.87 EUR a month at list prices: cores +0.25, memory +1 GiB, volumes +53.69 GB'],
    ],
    [
      'a service that is removed, while its claim stays',
      [controller('Deployment', pod), claim('delete', '50Gi')],
      ['~ -11.50 EUR a month at list prices: cores -0.25, memory -1 GiB'],
    ],
    [
      'less of one and more of another',
      [controller('Deployment', pod, { cpu: '0.5', memory: '512Mi' })],
      ['~ +5.50 EUR a month at list prices: cores +0.25, memory -0.5 GiB'],
    ],
    [
      'a service on every node',
      [controller('DaemonSet', undefined, pod)],
      ['~ +11.50 EUR a month and node at list prices: cores +0.25, memory +1 GiB'],
    ],
    ['an update that needs the same', [controller('StatefulSet', pod, pod)], []],
    [
      'values that the preview does not know',
      [controller('StatefulSet', pod, { ...pod, memory: '04da6b54-80e4-46f7-96ec-b56ff0331ba9' })],
      [],
    ],
  ])('of %s', (_, changes, lines) => {
    expect(costLines(changes, prices)).toEqual(lines);
  });

  it('of a container without requests is that of its limits', () => {
    const change = controller('Deployment', undefined, {});
    const limits = { cpu: '1', memory: '1Gi' };
    const spec = { template: { spec: { containers: [{ name: 'x', resources: { limits } }] } } };
    expect(costLines([{ ...change, new: { spec } }], prices)).toEqual([
      '~ +34.00 EUR a month at list prices: cores +1, memory +1 GiB',
    ]);
  });

  it('is shown in full for a new stack, and not at all on Docker', () => {
    const title = 'Cost';
    const sections = summarise([controller('StatefulSet', undefined, pod)]);
    expect(sections.find((section) => section.title === title)?.lines).toEqual([
      expect.stringMatching(
        /^~ \+10\.\d\d USD a month at list prices: cores \+0\.25, memory \+1 GiB$/,
      ),
    ]);
    const docker: Change = {
      ...{ type: 'docker:index/container:Container', name: 'x', op: 'create' },
      new: { memory: 1024, cpus: '1.0' },
    };
    expect(summarise([docker]).map((section) => section.title)).not.toContain(title);
  });
});
