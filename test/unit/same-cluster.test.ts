import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { assertSameCluster } from '../../scripts/stack/same-cluster';
import { refreshReason } from '../../scripts/stack/up';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  env = commands.env;
});
const says = (value: unknown): string => `cat <<'END'\n${JSON.stringify(value)}\nEND`;

interface Metadata {
  readonly name: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What the state of the stack has; undefined: not even a deployment. */
function state(namespaces?: readonly Metadata[]): void {
  const resources = namespaces?.map((metadata) => ({
    ...{ type: 'kubernetes:core/v1:Namespace', id: metadata.name, outputs: { metadata } },
  }));
  const provider = { type: 'pulumi:providers:kubernetes', id: 'x', outputs: {} };
  const deployment = resources && { resources: [provider, ...resources] };
  commands.add('pulumi', says({ version: 3, ...(deployment && { deployment }) }));
}

/** What the cluster of the context has. */
function cluster(namespaces: readonly Metadata[], get?: string): void {
  const config = {
    'current-context': 'staging',
    clusters: [{ cluster: { server: 'https://10.1.2.3:6443' } }],
  };
  const items = namespaces.map((metadata) => ({ metadata }));
  commands.add(
    'kubectl',
    `case "$*" in
*" get namespaces "*|"get namespaces "*) ${get ?? says({ items })}
;;
*"config view --minify"*) ${says(config)}
;;
*) exit 9 ;;
esac`,
  );
}

const check = (asked: { what?: string; context?: string } = {}): Promise<void> =>
  assertSameCluster({
    ...{ command: asked.what ?? 'up', stack: 'prod', pulumi: join(commands.folder, 'pulumi') },
    place: { namespace: 'monitoring', context: asked.context },
    backend: { local: true, env, configArgs: [] },
  });

const own = { 'app.kubernetes.io/part-of': 'audifi-observability' };
const ofStack = (stack: string) => ({ ...own, 'app.kubernetes.io/instance': stack });

describe('a cluster is accepted', () => {
  it.each([
    ['by a stack that was never deployed', undefined],
    ['by a stack that was destroyed, which leaves its namespaces', []],
  ])('%s', async (_, known) => {
    state(known);
    // No question to the cluster: it may not have any of this yet.
    cluster([], 'exit 8');
    await expect(check()).resolves.toBeUndefined();
  });

  it('if it has one of the namespaces in the state, whatever its labels are now', async () => {
    state([
      { name: 'monitoring', uid: 'a' },
      { name: 'monitoring-host', uid: 'b' },
    ]);
    cluster([{ name: 'default' }, { name: 'monitoring-host', uid: 'b' }]);
    await expect(check()).resolves.toBeUndefined();
  });

  it('by the label of the stack if the state has no UID', async () => {
    state([{ name: 'monitoring' }]);
    cluster([{ name: 'monitoring', uid: 'a', labels: ofStack('prod') }]);
    await expect(check()).resolves.toBeUndefined();
  });

  it('with NEW_CLUSTER=1, without a look', async () => {
    state([{ name: 'monitoring', uid: 'a' }]);
    cluster([]);
    env = { ...env, NEW_CLUSTER: '1' };
    await expect(check()).resolves.toBeUndefined();
  });
});

describe('a cluster is refused', () => {
  const known = [{ name: 'monitoring', uid: 'a' }];

  it.each<[string, Metadata[], Metadata[]]>([
    ['that does not have the namespace', known, [{ name: 'default', uid: 'z' }]],
    [
      'with a stack of the same name in a namespace of the same name',
      known,
      [{ name: 'monitoring', uid: 'z', labels: ofStack('prod') }],
    ],
    [
      'in which the namespace belongs to others, without a UID in the state',
      [{ name: 'monitoring' }],
      [{ name: 'monitoring', uid: 'z', labels: ofStack('test') }],
    ],
  ])('%s', async (_, inState, live) => {
    state(inState);
    cluster(live);
    await expect(check()).rejects.toThrow(
      /was deployed to a cluster other than .*Nothing was changed/,
    );
  });

  it('with one error: what was asked, how to set the context, and what a new cluster needs', async () => {
    state(known);
    cluster([]);
    const error = await check({ what: 'destroy' }).catch(String);
    expect(error).toContain('the current context "staging" (https://10.1.2.3:6443)');
    expect(error).toContain(
      'make pulumi STACK=prod ARGS="config set --path kubernetes.context <name>"',
    );
    expect(error).toContain('NEW_CLUSTER=1 make destroy STACK=prod');
  });

  it('by the name of the context in the settings', async () => {
    state(known);
    cluster([]);
    await expect(check({ context: 'eu' })).rejects.toThrow(/than the cluster of the context "eu"/);
  });

  it('if it does not answer, because its objects would be taken for deleted', async () => {
    state(known);
    cluster([], 'echo "Unable to connect to the server: EOF" >&2; exit 1');
    await expect(check()).rejects.toThrow(
      /^Cannot read the cluster of .*Unable to connect to the server: EOF\. Nothing was changed/,
    );
  });
});

describe('a stack that was renamed', () => {
  const renamed = (): void => {
    const namespaces = [{ name: 'monitoring', uid: 'a', labels: ofStack('old') }];
    state(namespaces);
    cluster(namespaces);
  };

  it('is not updated without a confirmation that names the old name', async () => {
    renamed();
    const error = await check().catch(String);
    expect(error).toMatch(/namespaces of the stack "prod" belong to the stack "old".*Nothing was/);
    expect(error).toContain('a bucket in longTerm would start with an empty folder (audifi-prod)');
    expect(error).toContain('make pulumi STACK=prod ARGS="stack rename old"');
    expect(error).toContain('RENAMED_FROM=old make up STACK=prod');
    env = { ...env, RENAMED_FROM: 'other' };
    await expect(check()).rejects.toThrow(/RENAMED_FROM=old/);
  });

  it('is updated with it, and can be destroyed without it', async () => {
    renamed();
    await expect(check({ what: 'destroy' })).resolves.toBeUndefined();
    env = { ...env, RENAMED_FROM: 'old' };
    await expect(check()).resolves.toBeUndefined();
  });
});

describe('before it provisions, up reads what is in the cluster', () => {
  it.each([
    ['after a run that failed', 'failed', {}, 'The last run failed'],
    ['in a cluster that was created again', 'succeeded', { NEW_CLUSTER: '1' }, 'NEW_CLUSTER=1'],
    ['but not after a run that succeeded', 'succeeded', { NEW_CLUSTER: '' }, undefined],
    // The history does not have such a run.
    ['after a run that was killed', 'succeeded', {}, 'The last run was killed', [{}]],
  ])('%s', async (_, result, variables, reason, pending: object[] = []) => {
    const state = { version: 3, deployment: { resources: [], pending_operations: pending } };
    commands.add(
      'pulumi',
      `case "$*" in
"stack export "*) ${says(state)}
;;
*) ${says([{ kind: 'update', result }])}
;;
esac`,
    );
    const backend = { local: true, env: { ...env, ...variables }, configArgs: [] };
    const found = await refreshReason({
      stack: 'prod',
      backend,
      pulumi: join(commands.folder, 'pulumi'),
    });
    expect(found).toBe(reason);
  });
});
