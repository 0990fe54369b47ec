import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import './seldom-used';
import Docker from 'dockerode';
import { aptDo } from './apt';
import { cacheRoot, makeDirectory, removeLeftovers, requireSpace, withLock } from './cache';
import { KitError, type Log } from './errors';
import { run, tail } from './run';

/** Debian's suite with the newest engine. Its binaries need glibc 2.34, which Debian 12 has. */
const suite = 'sid';
/** runc stays the machine's own: the suite's build needs a newer glibc. */
const packages = ['docker.io', 'containerd'];

/** A Docker engine beside the machine's own, in network and mount namespaces of its own. */
export interface NewerEngine {
  readonly version: string;
  /** Value of DOCKER_HOST outside the engine's namespaces. Inside, the usual socket is its own. */
  readonly host: string;
  /** Arguments of `nsenter` that put a command where the engine's published ports and files are. */
  readonly enter: readonly string[];
  /** Stops the engine and what runs in it. Its data-root stays in the cache. */
  readonly stop: () => Promise<void>;
}

/**
 * Why a newer engine cannot run here, or undefined if it can. It needs root for its network namespace,
 * and apt for the packages.
 */
export async function whyNoNewerEngine(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs root on Linux';
  for (const command of ['apt-get', 'dpkg-deb', 'unshare', 'nsenter', 'ip', 'runc']) {
    if (!(await run('sh', ['-c', `command -v ${command}`])).ok) return `${command} is missing`;
  }
  return undefined;
}

/**
 * Starts the engine of Debian's newest suite with a data-root and a socket of its own.
 *
 * It has a network namespace because two engines in one namespace change each other's firewall rules
 * and the address of `docker0`. It has a mount namespace so that its data-root is `/var/lib/docker`
 * and its socket `/run/docker.sock`, where programs look for them.
 */
export async function startNewerEngine(log: Log): Promise<NewerEngine> {
  const root = await unpackedEngine(log);
  const folder = join(cacheRoot(), 'newer-engine');
  makeDirectory(folder);
  const socket = join(folder, 'run', 'docker.sock');
  const logFile = join(folder, 'dockerd.log');
  const daemon = spawnDaemon(root, folder, logFile);
  const docker = new Docker({ socketPath: socket });
  const version = await waitForVersion(docker, daemon, logFile);
  log(`a second Docker engine, ${version}, is up (its log: ${logFile})`);
  return {
    version,
    host: `unix://${socket}`,
    enter: [`--net=/proc/${daemon.pid}/ns/net`, `--mount=/proc/${daemon.pid}/ns/mnt`, '--'],
    stop: () => stop(daemon),
  };
}

/** Shell script whose arguments are the directories for `/var/lib/docker` and `/run`. */
const inNamespaces = [
  'set -e',
  'mkdir -p /var/lib/docker',
  'mount --bind "$1" /var/lib/docker',
  'mount --bind "$2" /run',
  'ip link set lo up',
  'exec dockerd',
].join('\n');

function spawnDaemon(root: string, folder: string, logFile: string): ChildProcess {
  const path = [join(root, 'usr/bin'), join(root, 'usr/sbin'), process.env.PATH ?? ''];
  const [data, runtime] = [join(folder, 'data'), join(folder, 'run')];
  makeDirectory(data);
  // What an engine that was killed left there.
  rmSync(runtime, { recursive: true, force: true });
  makeDirectory(runtime);
  const output = openSync(logFile, 'w');
  const daemon = spawn(
    'unshare',
    ['--net', '--mount', 'sh', '-c', inNamespaces, 'dockerd', data, runtime],
    {
      env: { ...process.env, PATH: path.join(delimiter), DOCKER_HOST: undefined },
      detached: true,
      stdio: ['ignore', output, output],
    },
  );
  daemon.once('error', () => undefined);
  closeSync(output);
  return daemon;
}

const patienceMs = 60_000;

async function waitForVersion(
  docker: Docker,
  daemon: ChildProcess,
  logFile: string,
): Promise<string> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return (await docker.version()).Version;
    } catch {
      if (Date.now() > until || daemon.exitCode !== null) {
        const said = existsSync(logFile) ? tail(readFileSync(logFile, 'utf8'), 3) : '';
        await stop(daemon);
        throw new KitError(
          `the newer Docker engine did not start; the end of ${logFile}:\n${said}`,
        );
      }
      await sleep(250);
    }
  }
}

/** An engine removes its network namespace's rules and stops its containers before it exits. */
async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.pid === undefined) return;
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGTERM');
  await Promise.race([ended, sleep(patienceMs, undefined, { ref: false })]);
  if (daemon.exitCode === null) daemon.kill('SIGKILL');
}

/** Downloads and unpacks the engine into the cache, once. Returns its root directory. */
async function unpackedEngine(log: Log): Promise<string> {
  const target = join(cacheRoot(), `docker-engine-${suite}`);
  if (existsSync(target)) return target;
  requireSpace(600);
  await withLock(
    `${target}.lock`,
    () => log('waiting for another run that is unpacking the newer Docker engine'),
    async () => {
      if (!existsSync(target)) await unpackEngine(target, log);
    },
  );
  return target;
}

async function unpackEngine(target: string, log: Log): Promise<void> {
  log(`fetching the Docker engine of Debian's suite ${suite}`);
  removeLeftovers(target);
  const work = mkdtempSync(`${target}.tmp-`);
  try {
    const scratch = join(work, 'apt');
    makeDirectory(join(scratch, 'lists', 'partial'));
    makeDirectory(join(scratch, 'archives', 'partial'));
    const sources = join(scratch, 'sources.list');
    writeFileSync(sources, await sourcesList(scratch));
    const options = [
      ...['-o', `Dir::Cache=${scratch}`, '-o', `Dir::State::Lists=${join(scratch, 'lists')}`],
      ...['-o', `Dir::Etc::SourceList=${sources}`, '-o', 'Dir::Etc::SourceParts=-'],
      ...['-o', 'Debug::NoLocking=1', '-qq'],
    ];
    await aptDo(['apt-get', ...options, 'update'], scratch);
    await aptDo(['apt-get', ...options, 'download', ...packages], scratch);
    for (const name of readdirSync(scratch).filter((entry) => entry.endsWith('.deb'))) {
      await aptDo(['dpkg-deb', '-x', join(scratch, name), join(work, 'root')], scratch);
    }
    renameSync(join(work, 'root'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The machine's own mirror of Debian, with another suite. apt checks its signature as always. */
async function sourcesList(cwd: string): Promise<string> {
  const format = '$(REPO_URI) $(ORIGIN) $(COMPONENT) $(CODENAME)';
  const targets = await aptDo(
    ['apt-get', 'indextargets', '--format', format, 'Identifier: Packages'],
    cwd,
  );
  const mirrors = targets.split('\n').map((line) => line.split(' '));
  const mirror = mirrors.find(
    ([, origin, component, codename = '']) =>
      origin === 'Debian' && component === 'main' && !codename.includes('-'),
  )?.[0];
  if (mirror === undefined) throw new KitError('apt knows no mirror of Debian here');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  return `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`;
}
