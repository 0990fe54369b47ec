import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { library, packagesIn, sharedObject } from '../../../offline/debian';
import { linkTo, mergeUsr, readTree } from '../../../offline/tree';

describe('a folder as the members of a layer', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'kit-tree-'));
    mkdirSync(join(root, 'usr/bin'), { recursive: true });
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'usr/bin/su'), 'x', { mode: 0o4755 });
    writeFileSync(join(root, 'bin/sh'), 'y', { mode: 0o755 });
    symlinkSync('sh', join(root, 'bin/dash'));
  });
  afterAll(() => rmSync(root, { recursive: true }));
  const find = (path: string): object | undefined =>
    mergeUsr(readTree(root)).find((entry) => entry.path === path);

  test('contains no set-user-ID files', () => {
    expect(find('usr/bin/su')).toEqual({
      path: 'usr/bin/su',
      mode: 0o755,
      content: Buffer.from('x'),
    });
  });

  test('contains files of /bin in /usr/bin, with a link', () => {
    expect(find('usr/bin/sh')).toMatchObject({ content: Buffer.from('y') });
    expect(find('usr/bin/dash')).toMatchObject({ link: 'sh' });
    expect(find('bin')).toEqual({ path: 'bin', link: 'usr/bin', mode: 0o777 });
    expect(find('bin/sh')).toBeUndefined();
  });

  test('contains each path once, because a duplicate would hide the first', () => {
    const paths = mergeUsr(readTree(root)).map((entry) => entry.path);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

test('resolves a link with a version in its path to the newest version', () => {
  const entries = ['9', '15', '15/bin'].map((version) => ({
    path: `usr/lib/postgresql/${version}/bin/psql`,
    mode: 0o755,
  }));
  const link = (target: string): string | undefined =>
    linkTo(entries, '/usr/bin/psql', target).link;
  expect(link('/usr/lib/postgresql/*/bin/psql')).toBe('/usr/lib/postgresql/15/bin/psql');
  expect(link('/usr/bin/other')).toBe('/usr/bin/other');
  expect(() => link('/usr/lib/mysql/*/bin/psql')).toThrow('nothing in the image is like');
});

describe('packages of Debian', () => {
  test('have the versions that apt reports', () => {
    expect(
      packagesIn(
        "'http://deb/pool/z.deb' zlib1g_1%3a1.2.13.dfsg-1_amd64.deb 86684 MD5Sum:1\nE: other\n" +
          "'http://deb/pool/b.deb' bash_5.2.15-2+b13_amd64.deb 1490652 MD5Sum:2\n",
      ),
    ).toEqual([
      { name: 'zlib1g', version: '1:1.2.13.dfsg-1' },
      { name: 'bash', version: '5.2.15-2+b13' },
    ]);
  });

  test.each([
    ['libc6', true],
    ['libstdc++6', true],
    ['zlib1g', true],
    ['libldap-2.5-0', true],
    ['perl-base', false],
    ['libperl5.36', false],
    ['libjson-perl', false],
    ['debconf', false],
  ])('%s is fetched for its libraries: %s', (name, expected) => {
    expect(library.test(name)).toBe(expected);
  });

  test.each([
    ['lib/x86_64-linux-gnu/libc.so.6', true],
    ['usr/lib/aarch64-linux-gnu/libssl.so.3', true],
    ['lib64/ld-linux-x86-64.so.2', true],
    ['lib/ld-linux-aarch64.so.1', true],
    ['usr/lib/x86_64-linux-gnu/gconv/EUC-KR.so', false],
    ['usr/share/doc/libc6/copyright', false],
  ])('%s is a shared library: %s', (path, expected) => {
    expect(sharedObject.test(path)).toBe(expected);
  });
});
