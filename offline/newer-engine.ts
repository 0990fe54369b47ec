import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import './seldom-used';
import Docker from 'dockerode';
import { cacheRoot, makeDirectory } from './cache';
import { answerOf, waitUntilReady } from './docker';
import type { Log } from './errors';
import { type Packages, unpack } from './packages';
import { run } from './run';

/**
 * The engine of Debian's newest suite. Its binaries need glibc 2.34, which Debian 12 has. runc
 * remains the machine's own, because the newer build needs a newer glibc.
 */
const engine: Packages = {
  main: 'docker.io',
  debian: { suite: 'sid', names: ['docker.io', 'containerd'] },
};

/** A Docker engine in addition to the machine's own, in separate network and mount namespaces. */
export interface NewerEngine {
  readonly version: string;
  /**
   * Value of DOCKER_HOST outside the engine's namespaces. Inside, the engine uses the default
   * socket.
   */
  readonly host: string;
  /**
   * Arguments of `nsenter` to run a command with access to the engine's published ports and files.
   */
  readonly enter: readonly string[];
  /** Stops the engine and its containers. Its data-root stays in the cache. */
  readonly stop: () => Promise<void>;
}

/**
 * Why a newer engine cannot run here, or undefined if it can. It needs root for its network
 * namespace, and apt for the packages.
 */
export async function whyNoNewerEngine(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs root on Linux';
  for (const command of ['apt-get', 'dpkg-deb', 'unshare', 'nsenter', 'ip', 'runc']) {
    if (!(await run('sh', ['-c', `command -v ${command}`])).ok) return `${command} is missing`;
  }
  return undefined;
}

/**
 * Starts the engine of Debian's newest suite with its own data-root and socket.
 *
 * It has its own network namespace, because two engines in one namespace change each other's
 * firewall rules and the address of `docker0`. It has its own mount namespace, so that its
 * data-root is `/var/lib/docker` and its socket is `/run/docker.sock`, where programs expect them.
 */
export async function startNewerEngine(log: Log): Promise<NewerEngine> {
  const { root } = await unpack(engine, log);
  const folder = join(cacheRoot(), 'newer-engine');
  makeDirectory(folder);
  await stopLeftover(folder, root);
  const socket = join(folder, 'run', 'docker.sock');
  const logFile = join(folder, 'dockerd.log');
  const daemon = spawnDaemon(root, folder, logFile);
  if (daemon.pid !== undefined) writeFileSync(pidFile(folder), String(daemon.pid));
  const docker = new Docker({ socketPath: socket });
  const { version } = await waitUntilReady(
    () => answerOf(docker),
    logFile,
    () => daemon.exitCode !== null,
  ).catch(async (error: unknown) => {
    await stop(daemon);
    throw error;
  });
  log(`a second Docker engine, ${version}, is up (its log: ${logFile})`);
  return {
    version,
    host: `unix://${socket}`,
    enter: [`--net=/proc/${daemon.pid}/ns/net`, `--mount=/proc/${daemon.pid}/ns/mnt`, '--'],
    stop: () => stop(daemon),
  };
}

/** Shell script. Its arguments are the directories for `/var/lib/docker` and `/run`. */
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
  // Leftovers of a killed engine.
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

/** How long an engine may take to stop its containers. */
const stopPatienceMs = 60_000;

const pidFile = (folder: string): string => join(folder, 'dockerd.pid');

/**
 * Stops the engine of a run that was killed, which would lock the data-root. The process ID may
 * belong to another program by now, so the path of its binary has to be that of the engine.
 */
export async function stopLeftover(folder: string, root: string): Promise<void> {
  const file = pidFile(folder);
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : NaN;
  const runs = (): boolean => Number.isInteger(pid) && binaryOf(pid).startsWith(`${root}/`);
  for (const [signal, patienceMs] of [
    ['SIGTERM', stopPatienceMs] as const,
    ['SIGKILL', 5_000] as const,
  ]) {
    if (!runs()) break;
    process.kill(pid, signal);
    for (let i = 0; i < patienceMs / 100 && runs(); i += 1) await sleep(100);
  }
  rmSync(file, { force: true });
}

/** Path of the binary of a process; empty if there is no such process. */
function binaryOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

/** An engine removes its firewall rules and stops its containers before it exits. */
async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.pid === undefined) return;
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGTERM');
  await Promise.race([ended, sleep(stopPatienceMs, undefined, { ref: false })]);
  if (daemon.exitCode === null) daemon.kill('SIGKILL');
}
