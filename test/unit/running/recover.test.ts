import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recoverFromInterruption } from '../../../scripts/recover';

/** The commands `docker` and `pulumi` of a machine with one image and one running container. */
let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'recover-'));
  const docker = `case "$1 $2" in
'image ls') printf 'prom/prometheus:v3\\tsha256:new\\n' ;;
'ps --all') printf 'abc\\tstack-prometheus\\trunning\\t\\n' ;;
esac`;
  command('docker', docker);
});
afterEach(() => {
  rmSync(bin, { recursive: true });
});

function command(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Whether `up` has to refresh, with this image in the state. */
async function drifted(image: { inputs?: object; outputs: object }): Promise<boolean> {
  const resources = [
    {
      type: 'docker:index/container:Container',
      id: 'abc',
      outputs: { mustRun: true, image: 'sha256:old' },
    },
    { type: 'docker:index/remoteImage:RemoteImage', ...image },
  ];
  command('pulumi', `cat <<'END'\n${JSON.stringify({ deployment: { resources } })}\nEND`);
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) };
  const backend = { local: true, env, configArgs: [] };
  return (await recoverFromInterruption('dev', backend, join(bin, 'pulumi'))).drifted;
}

describe('an image that was made again under its name', () => {
  const name = 'prom/prometheus:v3';

  it('is used by the next up', async () => {
    expect(await drifted({ outputs: { name, imageId: 'sha256:old' } })).toBe(true);
  });

  it('is no reason for a refresh if it is the same', async () => {
    expect(await drifted({ outputs: { name, imageId: 'sha256:new' } })).toBe(false);
  });

  it('is no reason if it is gone, because running containers do not need it', async () => {
    expect(await drifted({ outputs: { name: 'redis:8', imageId: 'sha256:old' } })).toBe(false);
  });

  it('is no reason if the program itself builds it', async () => {
    const inputs = { build: { context: 'inbox' } };
    expect(await drifted({ inputs, outputs: { name, imageId: 'sha256:old' } })).toBe(false);
  });
});
