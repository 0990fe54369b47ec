import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { download, verify } from '../../../offline/download';
import { tar } from '../../../offline/tar';
import { unzipFirst } from '../../../offline/unzip';

const archive = gzipSync(
  tar([{ path: 'pulumi/pulumi', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 }]),
);
const sha = createHash('sha256').update(archive).digest('hex');
const file = `pulumi-v3.259.0-${process.platform}-${process.arch}.tar.gz`;

describe('checksums of a download', () => {
  test("must match the publisher's checksum of the same file", () => {
    expect(() => verify(archive, file, `0000  other\n${sha}  ${file}\n`)).not.toThrow();
    expect(() => verify(archive, file, `${sha} *${file}\n`)).not.toThrow();
    expect(() => verify(archive, file, `${'0'.repeat(64)}  ${file}\n`)).toThrow(
      'so it is not used',
    );
    expect(() => verify(archive, file, `${sha}  other\n`)).toThrow('do not include');
  });
});

describe('a zip archive of one file', () => {
  const content = Buffer.from('#!/bin/sh\n'.repeat(20));
  /** As a zip program writes it: local header, data, central directory, end record. */
  function zip(method: number, data: Buffer): Buffer {
    const name = Buffer.from('loki-linux-amd64');
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 'latin1');
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt16LE(name.length, 28);
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    end.writeUInt32LE(30 + name.length + data.length, 16);
    return Buffer.concat([local, name, data, entry, name, end]);
  }

  test('is unpacked', () => {
    expect(unzipFirst(zip(8, deflateRawSync(content))).equals(content)).toBe(true);
    expect(unzipFirst(zip(0, content)).equals(content)).toBe(true);
  });

  test('is rejected if it is invalid or uses another method', () => {
    expect(() => unzipFirst(Buffer.from('PK'))).toThrow('not a zip archive');
    expect(() => unzipFirst(zip(12, content))).toThrow('unknown method 12');
  });
});

describe('the released CLI', () => {
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

  test('is rejected and removed if the checksum is wrong', async () => {
    serve('0'.repeat(64));
    await expect(download('pulumi', () => undefined)).rejects.toThrow('its publisher lists');
  });

  test('is unpacked into the cache once, and found there later', async () => {
    const asked = serve(sha);
    const path = await download('pulumi', () => undefined);
    expect(readFileSync(path ?? '', 'utf8')).toBe('#!/bin/sh\n');
    expect(path?.startsWith(folder)).toBe(true);
    const requests = asked.length;
    await expect(download('pulumi', () => undefined)).resolves.toBe(path);
    expect(asked).toHaveLength(requests);
  });
});
