import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { stopLeftover } from '../../../offline/newer-engine';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audifi-engine-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pidFile = (): string => join(folder, 'dockerd.pid');

/** A program below `root` that runs for a minute. */
async function started(root: string): Promise<ReturnType<typeof spawn>> {
  mkdirSync(root, { recursive: true });
  const binary = join(root, 'dockerd');
  copyFileSync('/bin/sleep', binary);
  const child = spawn(binary, ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  writeFileSync(pidFile(), String(child.pid));
  return child;
}

it('the engine of a run that was killed is stopped', async () => {
  const root = join(folder, 'root');
  const child = await started(root);
  const ended = once(child, 'exit');
  await stopLeftover(folder, root);
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(existsSync(pidFile())).toBe(false);
});

it('another program with the same process ID is left alone', async () => {
  const child = await started(join(folder, 'elsewhere'));
  try {
    await stopLeftover(folder, join(folder, 'root'));
    expect(child.exitCode).toBeNull();
    expect(child.signalCode).toBeNull();
  } finally {
    child.kill();
  }
});

it('nothing happens without a leftover', async () => {
  await expect(stopLeftover(folder, join(folder, 'root'))).resolves.toBeUndefined();
  writeFileSync(pidFile(), '999999999');
  await expect(stopLeftover(folder, join(folder, 'root'))).resolves.toBeUndefined();
});
