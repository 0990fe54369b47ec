/**
 * A member of an archive: a file has content, a symbolic link has a target, and a directory has
 * neither.
 */
export interface TarEntry {
  /** Path without a leading slash. */
  readonly path: string;
  readonly content?: Buffer;
  /** Target of a symbolic link. */
  readonly link?: string;
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970. @default 0, so that the archive depends only on its content */
  readonly mtime?: number;
}

const blockSize = 512;

/**
 * Packs entries in the given order into a tar archive. The same entries always give the same bytes.
 */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const entry of entries) {
    const content = entry.content ?? Buffer.alloc(0);
    const padding = (blockSize - (content.length % blockSize)) % blockSize;
    blocks.push(header(entry, content.length), content, Buffer.alloc(padding));
  }
  blocks.push(Buffer.alloc(2 * blockSize));
  return Buffer.concat(blocks);
}

/**
 * The POSIX ustar header. See https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(blockSize);
  const isDirectory = entry.content === undefined && entry.link === undefined;
  const { name, prefix } = splitPath(isDirectory ? `${entry.path}/` : entry.path);
  const octal = (value: number, offset: number, length: number): number =>
    block.write(value.toString(8).padStart(length - 1, '0'), offset, length - 1, 'ascii');
  block.write(name, 0, 100, 'utf8');
  octal(entry.mode, 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(entry.mtime ?? 0, 136, 12);
  block.write('        ', 148, 8, 'ascii');
  block.write(isDirectory ? '5' : entry.link === undefined ? '0' : '2', 156, 1, 'ascii');
  if (Buffer.byteLength(entry.link ?? '') > 100) throw new Error(`link too long: ${entry.link}`);
  block.write(entry.link ?? '', 157, 100, 'utf8');
  block.write('ustar\x0000', 257, 8, 'ascii');
  block.write(prefix, 345, 155, 'utf8');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'ascii');
  return block;
}

/** A path over 100 bytes is split at a slash into a prefix of up to 155 bytes and a name. */
function splitPath(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (name !== '' && Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) {
      return { name, prefix };
    }
  }
  throw new Error(`path too long for a tar archive: ${path}`);
}
