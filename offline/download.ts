import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import {
  cacheRoot,
  diskError,
  makeDirectory,
  removeLeftovers,
  requireSpace,
  withLock,
} from './cache';
import { KitError, type Log } from './errors';
import { type Command, recipeOf } from './recipes';
import { run, tail } from './run';
import { unzipFirst } from './unzip';

/** A host that does not respond within this time counts as unreachable. */
const answerMs = 3_000;
const downloadMs = 600_000;

const answers = new Map<string, Promise<boolean>>();

/** Whether the host of `url` responds. Checked once per host and process. */
export function canReach(url: string): Promise<boolean> {
  const host = new URL(url).host;
  const known = answers.get(host);
  if (known !== undefined) return known;
  const asked = fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(answerMs) }).then(
    () => true,
    () => false,
  );
  answers.set(host, asked);
  return asked;
}

const upstreamName = (command: Command): string => recipeOf(command).upstreamName ?? command;

/** Folder of an upstream release in the cache. It may not exist yet. */
const releaseDir = (command: Command): string =>
  join(cacheRoot(), `${command}-${recipeOf(command).version}-release`);

/**
 * Downloads upstream's own build of a command, verifies it with the publisher's checksums, and
 * unpacks it into the cache. Undefined if there is none for this platform or its host is
 * unreachable.
 */
export async function download(command: Command, log: Log): Promise<string | undefined> {
  const { release, version } = recipeOf(command);
  const arch = release?.arch[process.arch];
  if (release === undefined || arch === undefined) return undefined;
  const ready = findIn(releaseDir(command), command);
  if (ready !== undefined) return ready;
  const url = release.archive.replace('{arch}', arch);
  if (!(await canReach(url))) return undefined;
  const lock = `${releaseDir(command)}.lock`;
  return withLock(
    lock,
    () => log(`waiting for another run that is downloading ${command} ${version}`),
    async () => {
      const meanwhile = findIn(releaseDir(command), command);
      if (meanwhile !== undefined) return meanwhile;
      requireSpace(500);
      log(`downloading ${command} ${version}`);
      const archive = await fetchBytes(url, `downloading ${command} ${version}`, log);
      const sums = await fetchBytes(release.checksums, 'downloading its checksums', log);
      const checksums = sums.toString('utf8');
      verify(archive, basename(url), checksums);
      return unpack(archive, basename(url), command);
    },
  );
}

/** Downloads a file, and reports how far it is and whether it has stalled. */
export async function fetchBytes(
  url: string,
  what: string,
  log: Log,
  reportMs = 10_000,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let received = 0;
  let before = 0;
  let total = 0;
  let quietSince = Date.now();
  const timer = setInterval(() => {
    if (received > before) quietSince = Date.now();
    const quiet = Date.now() - quietSince;
    const far = `${megabytes(received)}${total > 0 ? ` of ${megabytes(total)}` : ''} MB`;
    const stalled =
      quiet < 2 * reportMs ? '' : `, stalled: nothing for ${Math.round(quiet / 1000)} s`;
    log(`${what}: ${far}${stalled}`, { transient: true });
    before = received;
  }, reportMs);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(downloadMs) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    total = Number(response.headers.get('content-length') ?? 0);
    for await (const part of response.body ?? []) {
      parts.push(Buffer.from(part as Uint8Array));
      received += (part as Uint8Array).length;
    }
    return Buffer.concat(parts);
  } catch (error) {
    throw new KitError(`cannot download ${url}: ${(error as Error).message}`);
  } finally {
    clearInterval(timer);
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);

/** Lines have the form `<sha256>  <file>` in every project's list. */
export function verify(archive: Buffer, file: string, checksums: string): void {
  const line = checksums.split('\n').find((entry) => entry.trim().split(/\s+\*?/)[1] === file);
  const wanted = line?.trim().split(/\s+/)[0];
  const actual = createHash('sha256').update(archive).digest('hex');
  if (wanted === undefined)
    throw new KitError(`the publisher's checksums do not include ${file}, so it is not used`);
  if (wanted !== actual) {
    throw new KitError(
      `${file} has the checksum ${actual}, but its publisher lists ${wanted}, so it is not used`,
    );
  }
}

async function unpack(archive: Buffer, name: string, command: Command): Promise<string> {
  const target = releaseDir(command);
  makeDirectory(cacheRoot());
  removeLeftovers(target);
  const work = mkdtempSync(`${target}.tmp-`);
  try {
    if (name.endsWith('.zip')) {
      writeFileSync(join(work, upstreamName(command)), unzipFirst(archive), { mode: 0o755 });
    } else {
      const file = join(work, 'archive.tar.gz');
      writeFileSync(file, archive);
      const { ok, stderr } = await run('tar', ['-xzf', file, '-C', work, '--no-same-owner']);
      if (!ok) throw new KitError(`cannot unpack the release of ${command}: ${tail(stderr, 2)}`);
      rmSync(file);
    }
    rmSync(target, { recursive: true, force: true });
    chmodSync(work, 0o755);
    renameSync(work, target);
  } catch (error) {
    throw diskError(error, cacheRoot());
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const path = findIn(target, command);
  if (path === undefined)
    throw new KitError(`the release of ${command} does not contain ${command}`);
  return path;
}

/** The command is at the top of an archive or one folder below. */
function findIn(folder: string, command: Command): string | undefined {
  if (!existsSync(folder)) return undefined;
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const candidates = [folder, ...folders.map((entry) => join(folder, entry.name))];
  return candidates
    .map((dir) => join(dir, upstreamName(command)))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}
