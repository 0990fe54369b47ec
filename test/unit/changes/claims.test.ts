import { expect, it } from '@jest/globals';
import type { Change } from '../../../scripts/changes/change';
import { summarise } from '../../../scripts/changes/summary';
import { withExistingClaims } from '../../../scripts/claims';
import { fakeCommands } from '../../lib/fake-commands';

/**
 * Claims outlive their stack, so the engine creates claims that exist in the cluster. A preview
 * must not show their volumes as new, or as new cost.
 */
const commands = fakeCommands();
const place = { context: 'eu', namespace: 'monitoring' };

const spec = (storage: string): object => ({ resources: { requests: { storage } } });

/** A kubectl that finds these claims of the stack prod in the namespace `monitoring`. */
function kubectl(sizes: Readonly<Record<string, string>>, exitCode = 0): void {
  const items = Object.entries(sizes).map(([name, size]) => ({
    ...{ metadata: { name }, spec: spec(size) },
  }));
  commands.add(
    'kubectl',
    `case "$*" in
  *"--context eu --namespace monitoring get persistentvolumeclaims --selector app.kubernetes.io/instance=prod,"*)
    echo '${JSON.stringify({ items })}' ;;
  *) echo '{"items":[]}' ;;
esac
exit ${exitCode}`,
  );
}

const created = (service: string, ordinal: number, size: string): Change => ({
  ...{ type: 'kubernetes:core/v1:PersistentVolumeClaim', name: `${service}-data-${ordinal}` },
  op: 'create',
  new: { metadata: { name: `data-${service}-${ordinal}` }, spec: spec(size) },
});
const configMap: Change = {
  ...{ type: 'kubernetes:core/v1:ConfigMap', name: 'x', op: 'update' },
  ...{ old: { data: {} }, new: { data: {} } },
};

it('shows nothing for claims of the same size that exist', async () => {
  kubectl({ 'data-loki-0': '20480Mi', 'data-loki-1': '20480Mi' });
  const changes = [configMap, created('loki', 0, '20480Mi'), created('loki', 1, '20480Mi')];
  expect(summarise(await withExistingClaims(changes, 'prod', place, commands.env))).toEqual([]);
});

it('shows the cost of the others, and of what an existing one grows', async () => {
  kubectl({ 'data-loki-0': '10240Mi' });
  const changes = [configMap, created('loki', 0, '20480Mi'), created('prometheus', 0, '1024Mi')];
  const sections = summarise(await withExistingClaims(changes, 'prod', place, commands.env));
  const lines = Object.fromEntries(sections.map(({ title, lines: all }) => [title, all]));
  expect(lines['Retention']).toEqual([
    '+ volume prometheus-data 1024Mi',
    '~ volume loki-data 10240Mi → 20480Mi',
  ]);
  expect(lines['Cost']).toEqual([expect.stringMatching(/: volumes \+11\.81 GB$/)]);
});

it('shows a new stack over existing claims as a new stack', async () => {
  kubectl({ 'data-loki-0': '20480Mi' });
  const rule: Change = {
    ...{ type: 'kubernetes:core/v1:ConfigMap', name: 'rules', op: 'create' },
    new: { data: { 'rules.yaml': 'groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]' } },
  };
  const changes = await withExistingClaims(
    [rule, created('loki', 0, '20480Mi')],
    ...(['prod', place, commands.env] as const),
  );
  expect(changes.map(({ op }) => op)).toEqual(['create', 'update']);
  expect(summarise(changes, { isNew: true })).toEqual([{ title: 'Alerts', lines: ['+ 1'] }]);
});

it.each([
  ['on Docker', undefined, 0],
  ['if the cluster does not answer', place, 1],
])('changes nothing %s', async (_, where, exitCode) => {
  kubectl({ 'data-loki-0': '20480Mi' }, exitCode);
  const changes = [created('loki', 0, '20480Mi')];
  expect(await withExistingClaims(changes, 'prod', where, commands.env)).toEqual(changes);
});
