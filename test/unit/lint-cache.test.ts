import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LintCache, lintCache } from '../../scripts/lint-cache';

let root: string;
const open = (): LintCache => lintCache(root, join(root, 'node_modules', '.cache', 'lint.json'));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'audifi-unit-'));
  write('package-lock.json', '{}');
  write('eslint.config.mjs', "import { rule } from './scripts/lint/import-directions.mjs';\n");
  write('scripts/lint/import-directions.mjs', 'export const rule = {};\n');
  write('lib/types.ts', 'export type A = string;\n');
  write('lib/index.ts', "export type { A } from './types';\n");
  write('user.ts', "import type { A } from './lib';\nimport data from './data.json';\n");
  write('far.ts', "type B = import('./user').A;\n");
  write('alone.ts', "import { join } from 'node:path';\n");
  write('data.json', '{}');
  write('node_modules/x/index.js', '');
  write('build/dev/x.ts', '');
});

afterEach(() => rmSync(root, { recursive: true }));

const all = [
  ...['alone.ts', 'eslint.config.mjs', 'far.ts', 'lib/index.ts', 'lib/types.ts'],
  ...['scripts/lint/import-directions.mjs', 'user.ts'],
];

describe('files to lint', () => {
  it('are all files until a clean run', () => {
    expect(open().stale).toEqual(all);
    open().remember();
    expect(open().stale).toEqual([]);
  });

  it.each([
    ['alone.ts', ['alone.ts']],
    ['far.ts', ['far.ts']],
    // Files that import a changed file, directly or indirectly, may see other types.
    ['lib/types.ts', ['far.ts', 'lib/index.ts', 'lib/types.ts', 'user.ts']],
    ['data.json', ['far.ts', 'user.ts']],
    // Changed rules.
    ['scripts/lint/import-directions.mjs', all],
    ['eslint.config.mjs', all],
    ['package-lock.json', all],
    ['tsconfig.json', all],
  ])('after a change of %s', (path, stale) => {
    open().remember();
    write(path, '/* changed */\n');
    expect(open().stale).toEqual(stale);
  });

  it('include files that changed during the run', () => {
    const before = open();
    write('alone.ts', '// changed while ESLint ran\n');
    before.remember();
    expect(open().stale).toEqual(['alone.ts']);
  });

  it('may import each other in a cycle', () => {
    write('lib/types.ts', "import '../far';\n");
    open().remember();
    write('user.ts', '');
    expect(open().stale).toEqual(['far.ts', 'lib/index.ts', 'lib/types.ts', 'user.ts']);
  });

  it('are all files if the state is corrupt', () => {
    open().remember();
    write('node_modules/.cache/lint.json', '{');
    expect(open().stale).toEqual(all);
  });
});
