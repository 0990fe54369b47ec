import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { download, verify } from '../../../offline/download';
import { tar } from '../../../offline/tar';

const archive = gzipSync(
  tar([{ path: 'pulumi/pulumi', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 }]),
);
const sha = createHash('sha256').update(archive).digest('hex');
const file = `pulumi-v3.259.0-${process.platform}-${process.arch}.tar.gz`;

describe('checksums of a download', () => {
  test('the publisher’s sum of that very file has to match', () => {
    expect(() => verify(archive, file, `0000  other\n${sha}  ${file}\n`)).not.toThrow();
    expect(() => verify(archive, file, `${sha} *${file}\n`)).not.toThrow();
    expect(() => verify(archive, file, `${'0'.repeat(64)}  ${file}\n`)).toThrow('not using it');
    expect(() => verify(archive, file, `${sha}  other\n`)).toThrow('do not name');
  });
});

describe('the stock CLI', () => {
  let folder: string;
  const before = process.env.AUDIFI_CACHE;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kit-download-'));
    process.env.AUDIFI_CACHE = folder;
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env.AUDIFI_CACHE;
    else process.env.AUDIFI_CACHE = before;
  });

  const serve = (checksum: string): string[] => {
    const asked: string[] = [];
    jest.spyOn(globalThis, 'fetch').mockImplementation((url, options) => {
      const address = url as string;
      asked.push(`${options?.method ?? 'GET'} ${address}`);
      const body = address.endsWith('checksums.txt') ? `${checksum}  ${file}\n` : archive;
      return Promise.resolve(new Response(body));
    });
    return asked;
  };

  test('is refused if the sum is wrong, and nothing of it stays', async () => {
    serve('0'.repeat(64));
    await expect(download('pulumi', () => undefined)).rejects.toThrow('its publisher says');
  });

  test('is unpacked into the cache once, and found there the next time', async () => {
    const asked = serve(sha);
    const path = await download('pulumi', () => undefined);
    expect(readFileSync(path ?? '', 'utf8')).toBe('#!/bin/sh\n');
    expect(path?.startsWith(folder)).toBe(true);
    const requests = asked.length;
    await expect(download('pulumi', () => undefined)).resolves.toBe(path);
    expect(asked).toHaveLength(requests);
  });
});
