import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projectFiles } from '../../scripts/project-files';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();
const sources = ['.ci/run', '.gitignore', 'docs/ä b.md', 'index.ts', 'scripts/build.ts'];
const others = ['.env', 'build/dev/x.json', 'node_modules/a/index.js', 'policy/node_modules/b.js'];

let root: string;
const write = (file: string, text = ''): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'audifi-files-'));
  for (const file of [...sources, ...others]) write(file);
  write('.gitignore', 'node_modules/\nbuild/\n.env\n');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const found = (): string[] => projectFiles(root, commands.env).sort();

describe('the files of the project', () => {
  it('do not need a repository or git', () => {
    expect(found()).toEqual(sources);
  });

  it.each([
    ['refuses the folder', 'echo "fatal: detected dubious ownership" >&2; exit 128'],
    ['finds nothing, in a folder that another repository ignores', 'exit 0'],
  ])('do not need git: it %s', (_, script) => {
    commands.add('git', script);
    expect(found()).toEqual(sources);
  });

  it('are those that git lists, also in a folder of somebody else, without the removed ones', () => {
    commands.add('git', `[ "$1 $2" = '-c safe.directory=*' ] && printf 'index.ts\\0removed.ts\\0'`);
    expect(found()).toEqual(['index.ts']);
  });
});
