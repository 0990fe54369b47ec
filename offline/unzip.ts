import { inflateRawSync } from 'node:zlib';

/**
 * Reads the first file of a zip archive. Some releases are a single command in a zip archive, and
 * not every machine has `unzip`. See https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function unzipFirst(archive: Buffer): Buffer {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06'));
  const entry = end === -1 ? -1 : archive.readUInt32LE(end + 16);
  if (entry === -1 || archive.toString('latin1', entry, entry + 4) !== 'PK\x01\x02') {
    throw new Error('not a zip archive');
  }
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const data = archive.subarray(start, start + size);
  if (method === 0) return data;
  if (method === 8) return inflateRawSync(data);
  throw new Error(`a zip archive with the unknown method ${method}`);
}
