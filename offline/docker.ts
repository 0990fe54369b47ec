import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import './seldom-used';
import Docker from 'dockerode';
import { cacheRoot, makeDirectory } from './cache';
import { adoptDockerContext } from './docker-context';
import { KitError, type Log } from './errors';
import { run, tail } from './run';

export interface Daemon {
  readonly docker: Docker;
  readonly version: string;
  /** Whether this call started it. */
  readonly started: boolean;
}

const readyPatienceMs = 60_000;

/**
 * Connects to the Docker daemon. As root on Debian, it installs and starts a missing daemon. It
 * never stops or restarts a running one.
 */
export async function ensureDocker(log: Log): Promise<Daemon> {
  const first = await reach();
  if (first.version !== undefined)
    return { docker: first.docker, version: first.version, started: false };
  const refusal = await whyNoDaemon(first.error);
  if (refusal !== undefined) throw new KitError(refusal);
  if (!(await run('dockerd', ['--version'])).ok) await installDocker(log);
  const second = await reach();
  if (second.version === undefined) await startDaemon(log);
  const ready = await waitUntilReady(reach, logFile());
  log(`Docker ${ready.version} is up`);
  return { ...ready, started: true };
}

interface Reached {
  readonly docker: Docker;
  readonly version?: string;
  readonly error?: NodeJS.ErrnoException;
}

/**
 * Asks the engine of the docker CLI for its version, with a timeout, because a forwarded socket may
 * accept a connection but never respond.
 */
export async function reach(timeoutMs = 5_000): Promise<Reached> {
  adoptDockerContext(process.env);
  return answerOf(new Docker(), timeoutMs);
}

export async function answerOf(docker: Docker, timeoutMs = 5_000): Promise<Reached> {
  const late = sleep(timeoutMs, undefined, { ref: false }).then(() => {
    throw Object.assign(new Error(`no answer in ${timeoutMs / 1000} s`), { code: 'ETIMEDOUT' });
  });
  try {
    const { Version } = await Promise.race([docker.version(), late]);
    return { docker, version: Version };
  } catch (error) {
    return { docker, error: error as NodeJS.ErrnoException };
  }
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** The message if the kit must not, or cannot, start a daemon here. */
export async function whyNoDaemon(
  error: NodeJS.ErrnoException | undefined,
): Promise<string | undefined> {
  const host = process.env.DOCKER_HOST;
  if (host) {
    return `no Docker daemon at DOCKER_HOST=${host} (${describe(error)}): start it, or choose this machine's (unset DOCKER_HOST, docker context use default)`;
  }
  if (error?.code === 'EACCES') {
    return 'the Docker socket refuses this user: add it to the group docker (sudo usermod -aG docker $USER, then log in again), or run as root';
  }
  if (process.platform !== 'linux') {
    return `no Docker daemon (${describe(error)}): start Docker Desktop, or install it from https://docs.docker.com/get-docker/`;
  }
  const debian = (await run('apt-get', ['--version'])).ok;
  const installed = (await run('dockerd', ['--version'])).ok;
  if (isRoot() && (debian || installed)) return undefined;
  const how = installed
    ? 'start it (sudo systemctl start docker, or sudo dockerd)'
    : 'install and start Docker (Debian: sudo apt-get install docker.io; others: https://docs.docker.com/engine/install/)';
  return `no Docker daemon (${describe(error)}): ${how}, or run this as root on Debian to have it done`;
}

const describe = (error: NodeJS.ErrnoException | undefined): string =>
  error?.code ?? error?.message ?? 'it does not answer';

async function installDocker(log: Log): Promise<void> {
  log('installing Docker from Debian (docker.io)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, timeoutMs: 600_000 };
  await run('apt-get', ['-qq', 'update'], options);
  // Newer Debian releases have a separate package for the command-line client.
  const client = (await run('apt-cache', ['show', 'docker-cli'])).ok ? ['docker-cli'] : [];
  const packages = ['docker.io', 'ca-certificates', 'iptables', ...client];
  const { ok, stderr } = await run(
    'apt-get',
    ['-qq', 'install', '-y', '--no-install-recommends', ...packages],
    options,
  );
  if (!ok) throw new KitError(`cannot install docker.io: ${tail(stderr, 3)}`);
}

const logFile = (): string => join(cacheRoot(), 'dockerd.log');

/**
 * Starts the daemon as a service under systemd, and otherwise detached, so that it outlives this
 * process.
 */
async function startDaemon(log: Log): Promise<void> {
  if (existsSync('/run/systemd/system')) {
    log('starting the docker service');
    const { ok, stderr } = await run('systemctl', ['start', 'docker']);
    if (!ok) throw new KitError(`cannot start Docker: ${tail(stderr, 3)}`);
    return;
  }
  log(`starting dockerd (its log: ${logFile()})`);
  makeDirectory(cacheRoot());
  const output = openSync(logFile(), 'a');
  spawn('dockerd', [], { detached: true, stdio: ['ignore', output, output] })
    .once('error', () => undefined)
    .unref();
  closeSync(output);
}

/**
 * Waits until a newly started daemon responds. Throws a KitError with the end of its log if it does
 * not.
 *
 * @param ended whether its process has exited, which makes waiting pointless. @default unknown
 */
export async function waitUntilReady(
  ask: () => Promise<Reached>,
  log: string,
  ended: () => boolean = () => false,
): Promise<{ docker: Docker; version: string }> {
  const until = Date.now() + readyPatienceMs;
  for (;;) {
    const { docker, version } = await ask();
    if (version !== undefined) return { docker, version };
    if (Date.now() > until || ended()) {
      const said = existsSync(log) ? tail(readFileSync(log, 'utf8'), 3) : '';
      throw new KitError(
        `dockerd did not start within ${readyPatienceMs / 1000} s; the end of ${log}:\n${said}`,
      );
    }
    await sleep(500);
  }
}
