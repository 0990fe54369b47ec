import { OperatorError } from '../operator-error';

/** Files of Grafana's database: SQLite with a write-ahead log. */
export const databaseFiles = ['grafana.db', 'grafana.db-wal'] as const;
export type DatabaseFile = (typeof databaseFiles)[number];
export type Database = ReadonlyMap<DatabaseFile, Buffer>;

const header = Buffer.from('SQLite format 3\0');

/**
 * A copy of a database in use. The database and its write-ahead log are read twice: if neither has
 * changed, both copies are from the same point in time, and SQLite recovers them as after a power
 * failure. Nothing has to be stopped, and the container needs no SQLite.
 *
 * Upstream: https://www.sqlite.org/wal.html
 *
 * @param read reads the files once; the log may be missing
 * @param pause milliseconds between two attempts
 */
export async function consistentCopy(
  read: () => Promise<Database>,
  attempts = 30,
  pause = 1_000,
): Promise<Database> {
  let before = await read();
  for (let i = 0; i < attempts; i += 1) {
    const after = await read();
    if (databaseFiles.every((name) => same(before.get(name), after.get(name)))) {
      const main = after.get('grafana.db');
      if (main === undefined || !main.subarray(0, header.length).equals(header)) {
        throw new OperatorError("Grafana's database is not an SQLite file");
      }
      return after;
    }
    before = after;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new OperatorError(
    "Grafana's database cannot be copied, because Grafana keeps writing to it. Try again, or stop Grafana first",
  );
}

const same = (a: Buffer | undefined, b: Buffer | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.equals(b);

/** A tar archive with regular files, as `docker cp -` takes it. */
export function tarOf(
  files: ReadonlyMap<string, Buffer>,
  owner: { readonly uid: number; readonly gid: number },
  seconds: number,
): Buffer {
  const octal = (value: number, length: number): string =>
    `${value.toString(8).padStart(length - 1, '0')}\0`;
  const entries = [...files].flatMap(([name, content]) => {
    const head = Buffer.alloc(512);
    const fields: [string, number][] = [
      [name, 0],
      [octal(0o640, 8), 100],
      [octal(owner.uid, 8), 108],
      [octal(owner.gid, 8), 116],
      [octal(content.length, 12), 124],
      [octal(seconds, 12), 136],
      // While the checksum is computed, its own field counts as spaces.
      [' '.repeat(8), 148],
      ['0', 156],
      ['ustar\x0000', 257],
    ];
    for (const [text, at] of fields) head.write(text, at, 'latin1');
    const checksum = head.reduce((sum, byte) => sum + byte, 0);
    head.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return [head, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...entries, Buffer.alloc(1_024)]);
}
