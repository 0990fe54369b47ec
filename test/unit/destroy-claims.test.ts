import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { claims } from '../../scripts/stack/destroy';

let folder: string;
let env: NodeJS.ProcessEnv;
const place = { context: 'eu', namespace: 'monitoring' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audifi-destroy-'));
  env = { PATH: `${folder}:/usr/bin:/bin` };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A kubectl that lists these claims in the namespace `monitoring`, and notes what it deletes. */
function kubectl(names: readonly string[], deletes = `echo "$@" > ${folder}/deleted`): void {
  const list = JSON.stringify({ items: names.map((name) => ({ metadata: { name } })) });
  const path = join(folder, 'kubectl');
  const other = JSON.stringify({ items: [] });
  writeFileSync(
    path,
    `#!/bin/sh
case "$*" in
  *" delete "*) ${deletes} ;;
  *"--namespace monitoring get persistentvolumeclaims --selector app.kubernetes.io/instance=prod "*) echo '${list}' ;;
  *" get "*) echo '${other}' ;;
esac
`,
  );
  chmodSync(path, 0o755);
}
const deleted = (): string => readFileSync(join(folder, 'deleted'), 'utf8').trim();

it('keeps the claims of the stack, and says how to delete them', async () => {
  kubectl(['data-prometheus-0', 'data-loki-0']);
  const text = await claims('prod', place, false, env);
  expect(text).toContain(
    'Data kept: claims data-loki-0, data-prometheus-0 in the namespace monitoring',
  );
  expect(text).toContain('make destroy PURGE=1 STACK=prod');
  expect(existsSync(join(folder, 'deleted'))).toBe(false);
});

it('deletes exactly these claims with PURGE=1', async () => {
  kubectl(['data-prometheus-0', 'data-loki-0']);
  expect(await claims('prod', place, true, env)).toMatch(/^Data deleted: claims data-loki-0, /);
  expect(deleted()).toBe(
    '--context eu --namespace monitoring delete persistentvolumeclaims data-loki-0 data-prometheus-0',
  );
});

it('says nothing about a stack without claims', async () => {
  kubectl([]);
  expect(await claims('prod', place, true, env)).toBe('');
  expect(existsSync(join(folder, 'deleted'))).toBe(false);
});

it('fails with what kubectl said', async () => {
  kubectl(['data-loki-0'], 'echo "Error from server (Forbidden): no rights" >&2; exit 1');
  await expect(claims('prod', place, true, env)).rejects.toThrow(/Forbidden/);
});
