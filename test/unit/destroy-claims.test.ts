import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { claims } from '../../scripts/stack/destroy';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();
const place = { context: 'eu', namespace: 'monitoring' };

/** Labels of the stack's objects. A Helm release can have the first one too. */
const selector = 'app.kubernetes.io/instance=prod,app.kubernetes.io/part-of=audifi-observability';

/** A kubectl that lists these claims in the namespace `monitoring`, and notes what it deletes. */
function kubectl(
  names: readonly string[],
  deletes = `echo "$@" > ${commands.folder}/deleted`,
): void {
  const list = JSON.stringify({ items: names.map((name) => ({ metadata: { name } })) });
  const other = JSON.stringify({ items: [] });
  commands.add(
    'kubectl',
    `case "$*" in
  *" delete "*) ${deletes} ;;
  *"--namespace monitoring get persistentvolumeclaims --selector ${selector} "*) echo '${list}' ;;
  *" get "*) echo '${other}' ;;
esac`,
  );
}
const deleted = (): string => readFileSync(join(commands.folder, 'deleted'), 'utf8').trim();

it('keeps the claims of the stack, and says how to delete them', async () => {
  kubectl(['data-prometheus-0', 'data-loki-0']);
  const text = await claims('prod', place, false, commands.env);
  expect(text).toContain(
    'Data kept: claims data-loki-0, data-prometheus-0 in the namespace monitoring',
  );
  expect(text).toContain('make destroy PURGE=1 STACK=prod');
  expect(existsSync(join(commands.folder, 'deleted'))).toBe(false);
});

it('deletes exactly these claims with PURGE=1', async () => {
  kubectl(['data-prometheus-0', 'data-loki-0']);
  expect(await claims('prod', place, true, commands.env)).toMatch(
    /^Data deleted: claims data-loki-0, /,
  );
  expect(deleted()).toBe(
    '--context eu --namespace monitoring delete persistentvolumeclaims data-loki-0 data-prometheus-0',
  );
});

it('says nothing about a stack without claims', async () => {
  kubectl([]);
  expect(await claims('prod', place, true, commands.env)).toBe('');
  expect(existsSync(join(commands.folder, 'deleted'))).toBe(false);
});

it('fails with what kubectl said', async () => {
  kubectl(['data-loki-0'], 'echo "Error from server (Forbidden): no rights" >&2; exit 1');
  await expect(claims('prod', place, true, commands.env)).rejects.toThrow(/Forbidden/);
});
