import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
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
    nodePorts: [],
  });
});

describe('beside another stack', () => {
  const labels = {
    'app.kubernetes.io/part-of': 'audifi-observability',
    'app.kubernetes.io/managed-by': 'pulumi',
    'app.kubernetes.io/instance': 'prod',
  };
  const list = (...items: readonly object[]): string =>
    `echo '${JSON.stringify({ kind: 'List', items })}'`;
  const namespace = (name: string) => ({ kind: 'Namespace', metadata: { name, labels } });
  const daemonSet = (name: string, hostNetwork: boolean) => ({
    kind: 'DaemonSet',
    metadata: { name, namespace: 'monitoring-host', labels },
    spec: {
      template: { spec: { hostNetwork, containers: [{ ports: [{ containerPort: 9100 }] }, {}] } },
    },
  });
  const read = (own: string, daemonSets: string) => {
    kubectl(`case "$*" in
*daemonsets*) ${daemonSets} ;;
*) ${list(namespace('monitoring'), namespace('monitoring-host'))} ;;
esac`);
    return readCluster({ context: 'eu', namespace: own }, commands.env);
  };

  it('it also asks which ports of the nodes are in use', async () => {
    const both = list(daemonSet('node-exporter', true), daemonSet('promtail', false));
    const { nodePorts } = await read('second', both);
    expect(nodePorts).toEqual([{ stack: 'prod', namespace: 'monitoring-host', port: 9100 }]);
    expect(readFileSync(join(commands.folder, 'asked'), 'utf8').trim()).toBe(
      '--context eu get --output json daemonsets.apps --all-namespaces --selector ' +
        'app.kubernetes.io/part-of=audifi-observability,app.kubernetes.io/managed-by=pulumi',
    );
  });

  it('it needs no right to list them', async () => {
    expect((await read('second', 'echo forbidden >&2; exit 1')).nodePorts).toEqual([]);
  });

  it('but not if the namespaces are its own', async () => {
    expect((await read('monitoring', 'exit 9')).nodePorts).toEqual([]);
    expect(readFileSync(join(commands.folder, 'asked'), 'utf8')).not.toContain('daemonsets');
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
