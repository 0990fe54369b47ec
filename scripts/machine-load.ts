import { spawnSync } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Hundredths of a second in /proc/stat: https://docs.kernel.org/filesystems/proc.html */
interface CpuTimes {
  readonly all: number;
  readonly idle: number;
  readonly stolen: number;
}

/**
 * One line about how busy and how fast this machine is, to explain results of tests that wait for
 * real clocks: `machine: 2 cores, 3 % busy, 0 % stolen, load 0.1, 21 of 24 GiB free, 61 ms for
 * 100,000 rounds of SHA-256, 0 containers running`. Takes a second. On macOS without the shares.
 */
export async function machineLoad(): Promise<string> {
  const shares = await cpuShares();
  const took = millisecondsOfRounds();
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(0);
  const [load = 0] = loadavg();
  return [
    `machine: ${availableParallelism()} cores`,
    ...shares,
    `load ${load.toFixed(1)}`,
    `${gib(freemem())} of ${gib(totalmem())} GiB free`,
    `${took.toFixed(0)} ms for 100,000 rounds of SHA-256`,
    `${runningContainers()} containers running`,
  ].join(', ');
}

/** How busy the cores are for a second, in words; nothing without /proc (macOS). */
export async function cpuShares(path = '/proc/stat'): Promise<string[]> {
  if (!existsSync(path)) return [];
  const before = cpuTimes(path);
  await sleep(1_000);
  const after = cpuTimes(path);
  const share = (key: keyof CpuTimes): string =>
    ((100 * (after[key] - before[key])) / Math.max(1, after.all - before.all)).toFixed(0);
  return [`${100 - Number(share('idle'))} % busy`, `${share('stolen')} % stolen`];
}

/** How fast a core is: milliseconds for 100,000 rounds of SHA-256. */
function millisecondsOfRounds(): number {
  const begun = performance.now();
  pbkdf2Sync('password', 'salt', 100_000, 32, 'sha256');
  return performance.now() - begun;
}

/**
 * How many times slower a core of this machine is than the one of `usualSeconds`, which needs 62 ms
 * for those rounds. The slowest of five runs counts.
 */
export function slownessOfCore(): number {
  return Math.max(...Array.from({ length: 5 }, millisecondsOfRounds)) / 62;
}

/** Whether a core is so fast that the tests, which mostly wait, leave much of it idle. */
export const isQuick = (): boolean => slownessOfCore() < 0.7;

function cpuTimes(path: string): CpuTimes {
  const [line = ''] = readFileSync(path, 'utf8').split('\n');
  // user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user.
  const times = line.split(/ +/).slice(1, 9).map(Number);
  const [, , , idle = 0, iowait = 0, , , stolen = 0] = times;
  return { all: times.reduce((sum, time) => sum + time, 0), idle: idle + iowait, stolen };
}

function runningContainers(): string {
  const { status, stdout } = spawnSync('docker', ['ps', '--quiet'], { encoding: 'utf8' });
  return status === 0 ? String(stdout.split('\n').filter((id) => id !== '').length) : 'unknown';
}
