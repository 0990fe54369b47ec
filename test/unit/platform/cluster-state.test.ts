import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { checkCluster } from '../../../components/platform/cluster-check';
import { readCluster } from '../../../components/platform/cluster-state';
import { fakeCommands } from '../../lib/fake-commands';
import { parse } from '../../lib/pulumi-config';

const commands = fakeCommands();

/** A kubectl that also writes its arguments to a file. */
const kubectl = (script: string): void => {
  commands.add('kubectl', `echo "$@" > ${commands.folder}/asked\n${script}`);
};

it('asks once for all that decides, in the context and namespace of the stack', async () => {
  const items = [
    { kind: 'Namespace', metadata: { name: 'monitoring', labels: { team: 'sre' } } },
    {
      kind: 'StorageClass',
      metadata: { name: 'gp3' },
      provisioner: 'ebs',
      allowVolumeExpansion: true,
    },
    { kind: 'StorageClass', metadata: { name: 'local' } },
    {
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-loki-0' },
      spec: { storageClassName: 'gp3', resources: { requests: { storage: '40Gi' } } },
      status: { phase: 'Bound', capacity: { storage: '41Gi' } },
    },
  ];
  kubectl(`echo '${JSON.stringify({ kind: 'List', items })}'`);
  const state = await readCluster({ context: 'eu', namespace: 'monitoring' }, commands.env);
  expect(readFileSync(join(commands.folder, 'asked'), 'utf8').trim()).toBe(
    '--context eu --namespace monitoring get --output json ' +
      'namespaces,storageclasses.storage.k8s.io,persistentvolumeclaims',
  );
  expect(state).toEqual({
    namespaces: new Map([['monitoring', { labels: { team: 'sre' }, isBeingDeleted: false }]]),
    claims: new Map([
      ['data-loki-0', { request: '40Gi', capacity: 41 * 2 ** 30, storageClass: 'gp3' }],
    ]),
    classes: new Map([
      ['gp3', 'ebs'],
      ['local', ''],
    ]),
    growing: new Set(['gp3']),
    hasDefaultClass: false,
  });
});

it('says what kubectl said', async () => {
  kubectl(
    'echo "E1126 memcache.go: noise" >&2; echo "error: context \\"eu\\" is gone" >&2; exit 1',
  );
  await expect(readCluster({ namespace: 'monitoring' }, commands.env)).rejects.toThrow(
    /^context "eu" is gone$/,
  );
});

it('says that kubectl is missing', async () => {
  const nothing = { PATH: commands.folder };
  await expect(readCluster({ namespace: 'x' }, nothing)).rejects.toThrow(
    /^kubectl is not installed$/,
  );
});

it('no cluster is asked without an engine: rendering and tests have none', async () => {
  expect(await checkCluster(parse({ platform: 'kubernetes' }))).toBeUndefined();
});
