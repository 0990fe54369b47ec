import { expect, it } from '@jest/globals';
import type { KubeLife } from './kube-life';

/** Everything that the API server has of the stack: pods, their history, files and Secrets. */
const kinds =
  'pods,statefulsets,deployments,daemonsets,replicasets,controllerrevisions,configmaps,secrets';

/** All text in the cluster, also that in Secrets. */
function everything(life: KubeLife): string {
  const { items } = life.stack.cluster.get(kinds, '--all-namespaces') as {
    items: { kind: string; data?: Record<string, string> }[];
  };
  const decoded = items
    .filter(({ kind }) => kind === 'Secret')
    .flatMap(({ data = {} }) => Object.values(data))
    .map((text) => Buffer.from(text, 'base64').toString('utf8'));
  return `${JSON.stringify(items)}\n${decoded.join('\n')}`;
}

/**
 * Rotates secrets by `up`.
 *
 * @param restarted names of the pods that use one of them
 * @param identities of all pods of the stack by name
 */
export function rotates(
  life: KubeLife,
  secrets: Readonly<Record<string, { readonly from: string; readonly to: string }>>,
  restarted: readonly string[],
  identities: () => Record<string, string>,
): void {
  it('rotated secrets restart the pods that use them, and leave nothing of the old ones', async () => {
    const { make, reconnect } = life.stack;
    for (const { from, to } of Object.values(secrets)) {
      expect(everything(life)).toContain(from);
      expect(everything(life)).not.toContain(to);
    }
    const before = identities();
    for (const [key, { to }] of Object.entries(secrets)) {
      await make('pulumi', { ARGS: `config set ${key} ${to} --secret` });
    }
    await make('up');
    const now = identities();
    const changed = Object.keys(now).filter((name) => before[name] !== now[name]);
    expect(changed.sort()).toEqual([...restarted].sort());
    for (const { from, to } of Object.values(secrets)) {
      expect(everything(life)).toContain(to);
      expect(everything(life)).not.toContain(from);
    }
    await reconnect();
  });
}
