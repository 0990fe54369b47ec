import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { clusterChecks } from '../../../offline/doctor-cluster';
import { doctorChecks } from '../../../offline/kit';

let folder: string;
let kubectl: string;
const { PATH } = process.env;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audifi-doctor-'));
  kubectl = join(folder, 'kubectl');
});
afterEach(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true });
});

/** A kubectl whose cluster has this version, or that fails with this message. */
function answers(server: string | undefined, error = ''): void {
  const versions = {
    clientVersion: { gitVersion: 'v1.35.1' },
    ...(server !== undefined && { serverVersion: { gitVersion: server } }),
  };
  const script = `echo "$@" > ${folder}/asked
echo '${JSON.stringify(versions)}'
[ -z '${error}' ] || { echo '${error}' >&2; exit 1; }`;
  writeFileSync(kubectl, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

describe('a stack in a cluster', () => {
  test.each([
    ['v1.30.0', true],
    ['v1.34.2-eks-1234567', true],
    ['v2.0.0', true],
    ['v1.29.9', false],
  ])('is told whether Kubernetes %s is supported', async (version, ok) => {
    answers(version);
    const [client, cluster] = await clusterChecks('eu', kubectl);
    expect(client).toMatchObject({ name: 'kubectl', ok: true, detail: 'installed: v1.35.1' });
    expect(cluster).toMatchObject({ name: 'cluster', ok });
    expect(cluster?.detail).toBe(`of the context eu: Kubernetes ${version}`);
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain('--context eu version ');
  });

  test('is told that the cluster does not answer, why, and how to choose another', async () => {
    answers(undefined, 'The connection to the server localhost:8080 was refused');
    const [, cluster] = await clusterChecks(undefined, kubectl);
    expect(cluster).toMatchObject({ ok: false });
    expect(cluster?.detail).toMatch(/^of the current context: does not answer \(.*was refused\)$/);
    expect(cluster?.fix).toContain('pulumi config set --path kubernetes.context <name>');
  });

  test('does not fail without kubectl, which make up fetches', async () => {
    expect(await clusterChecks(undefined, undefined)).toMatchObject([
      { name: 'kubectl', ok: true },
    ]);
  });

  test('is not asked for Docker', async () => {
    answers('v1.34.0');
    process.env.PATH = `${folder}:${PATH}`;
    const names = (await doctorChecks({ context: 'eu' }, [])).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['kubectl', 'cluster', 'Kubernetes plugin']));
    expect(names).not.toContain('Docker');
    expect(names).not.toContain('images');
  });
});
