import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cpuShares } from '../../scripts/machine-load';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audifi-load-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('how busy the cores are', () => {
  it('is the change of their times within a second', async () => {
    const stat = join(folder, 'stat');
    writeFileSync(stat, 'cpu  100 0 100 1000 0 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n');
    const shares = cpuShares(stat);
    writeFileSync(stat, 'cpu  115 0 110 1060 10 0 0 5 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n');
    expect(await shares).toEqual(['30 % busy', '5 % stolen']);
  });

  it('is left out without /proc, as on macOS', async () => {
    expect(await cpuShares(join(folder, 'stat'))).toEqual([]);
  });
});
