import { describe, expect, it } from '@jest/globals';
import type { Output } from '@pulumi/pulumi';
import { stateOf } from '../../../components/platform/cluster-state';
import type { KubernetesPlatformArgs } from '../../../components/platform/kubernetes-args';
import type { Workload } from '../../../components/workload';
import { type Deployed, onKubernetes, perNode, plain } from './kubernetes-fixtures';

const data = { name: 'data', path: '/data', sizeMiB: 2048 };
const stored: Workload = { ...plain, volumes: [data] };

const deployed = (
  workload: Workload,
  args: Partial<KubernetesPlatformArgs> = {},
): Promise<Deployed> => onKubernetes((deploy) => deploy(workload), args);

/** A cluster with a claim of the first instance. */
const having = (storage: string, storageClassName: string, allowVolumeExpansion: boolean) =>
  stateOf([
    { kind: 'StorageClass', metadata: { name: storageClassName }, allowVolumeExpansion },
    {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-web-0' },
      spec: { storageClassName, resources: { requests: { storage } } },
      status: { phase: 'Bound', capacity: { storage } },
    },
  ]);

const claimsOf = (result: Deployed): unknown[] =>
  result
    .ofKind<{ metadata: { name: string }; spec: unknown }>('PersistentVolumeClaim')
    .map(({ metadata: { name }, spec }) => ({ name, spec }));

const spec = (storage: string, more: object = {}) => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage } },
  ...more,
});

describe('claims', () => {
  it('have the names that the StatefulSet controller looks for, one per volume and instance', async () => {
    const cache = { name: 'cache', path: '/cache', sizeMiB: 512 };
    const result = await deployed({ ...stored, volumes: [data, cache], replicas: 2 });
    expect(claimsOf(result)).toEqual([
      { name: 'cache-web-0', spec: spec('512Mi') },
      { name: 'cache-web-1', spec: spec('512Mi') },
      { name: 'data-web-0', spec: spec('2Gi') },
      { name: 'data-web-1', spec: spec('2Gi') },
    ]);
    const [set] = result.ofKind('StatefulSet');
    expect(set).toMatchObject({
      metadata: { name: 'web' },
      spec: {
        volumeClaimTemplates: [{ metadata: { name: 'data' } }, { metadata: { name: 'cache' } }],
      },
    });
  });

  it('outlive the stack, are found again, and exist before the pods', async () => {
    const { registrations } = await deployed(stored);
    const { opts, props } = registrations['web-data-0'] ?? {};
    expect(opts?.retainOnDelete).toBe(true);
    expect(props).toMatchObject({ metadata: { annotations: { 'pulumi.com/patchForce': 'true' } } });
    const { props: provider } = registrations['kubernetes-namespaces'] ?? {};
    const upserts = provider?.['upsertExistingObjects'] as Output<string>;
    expect(await new Promise((resolve) => upserts.apply(resolve))).toBe('true');
    expect(opts?.provider).toMatchObject({ __name: 'kubernetes-namespaces' });
    const { dependsOn } = registrations['web']?.opts ?? {};
    const names = (dependsOn as { __name?: string }[]).map(({ __name }) => __name);
    expect(names).toContain('web-data-0');
  });

  it('alone change with the size: the StatefulSet keeps its template', async () => {
    const { registrations } = await deployed(stored);
    expect(registrations['web']?.opts.ignoreChanges).toContain('spec.volumeClaimTemplates[*].spec');
    expect(registrations['web-data-0']?.opts.ignoreChanges).toEqual(['spec.storageClassName']);
  });

  it('are not for one pod per node, whose data is on the node', async () => {
    expect(claimsOf(await deployed({ ...perNode, volumes: [data] }))).toEqual([]);
  });
});

describe('an existing claim', () => {
  it('grows where its storage class allows it', async () => {
    const result = await deployed(stored, { existing: having('1Gi', 'growing', true) });
    expect(claimsOf(result)).toEqual([{ name: 'data-web-0', spec: spec('2Gi') }]);
  });

  it.each([
    ['cannot grow', having('1Gi', 'fixed', false), '1Gi'],
    ['is larger', having('5000M', 'growing', true), '5000M'],
  ])(
    'keeps its size if it %s, so that a fixed size never breaks an upgrade',
    async (_, existing, size) => {
      const result = await deployed(stored, { existing });
      expect(claimsOf(result)).toEqual([{ name: 'data-web-0', spec: spec(size) }]);
    },
  );

  it('keeps its storage class, and new ones get the configured one', async () => {
    const args = { existing: having('2Gi', 'old', true), storageClass: 'new' };
    expect(claimsOf(await deployed({ ...stored, replicas: 2 }, args))).toEqual([
      { name: 'data-web-0', spec: spec('2Gi', { storageClassName: 'old' }) },
      { name: 'data-web-1', spec: spec('2Gi', { storageClassName: 'new' }) },
    ]);
  });

  it('gets the configured class only while it has neither a class nor a volume', async () => {
    const waiting = (storageClassName?: string) => ({
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-web-0' },
      spec: { storageClassName, resources: { requests: { storage: '2Gi' } } },
      status: { phase: 'Pending' },
    });
    const ignored = async (existing: KubernetesPlatformArgs['existing']) => {
      const result = await deployed(stored, { existing, storageClass: 'new' });
      return [claimsOf(result), result.registrations['web-data-0']?.opts.ignoreChanges];
    };
    const named = (storageClassName: string) => [
      { name: 'data-web-0', spec: spec('2Gi', { storageClassName }) },
    ];
    expect(await ignored(stateOf([waiting()]))).toEqual([named('new'), []]);
    const keeps = ['spec.storageClassName'];
    expect(await ignored(stateOf([waiting('old')]))).toEqual([named('old'), keeps]);
    const bound = { phase: 'Bound', capacity: { storage: '2Gi' } };
    expect(await ignored(stateOf([{ ...waiting(), status: bound }]))).toEqual([
      named('new'),
      keeps,
    ]);
  });

  it('is claimed without a storage class if none is configured, before and after it exists', async () => {
    const before = claimsOf(await deployed(stored));
    const after = claimsOf(await deployed(stored, { existing: having('2Gi', 'standard', true) }));
    expect(before).toEqual([{ name: 'data-web-0', spec: spec('2Gi') }]);
    expect(after).toEqual(before);
  });
});

it('a namespace has the name of its stack, and is only taken over by force if a setting says so', async () => {
  const namespace = async (args: Partial<KubernetesPlatformArgs>) =>
    (await deployed(plain, args)).ofKind('Namespace')[0]?.metadata;
  expect(await namespace({})).toMatchObject({
    labels: {
      'app.kubernetes.io/part-of': 'audifi-observability',
      'app.kubernetes.io/instance': 'test',
      'pod-security.kubernetes.io/enforce': 'restricted',
    },
  });
  expect(await namespace({})).not.toHaveProperty('annotations');
  expect(await namespace({ adoptNamespace: true })).toMatchObject({
    annotations: { 'pulumi.com/patchForce': 'true' },
  });
});
