import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from './operator-error';
import { projectName } from './stack-files';
import { localState } from './state-place';

/** A lock of Pulumi on a stack. Each run has its own file. */
interface Lock {
  readonly path: string;
  readonly pid: number;
  readonly hostname?: string;
  readonly username?: string;
}

/**
 * Removes the locks of processes that no longer run on this machine: a killed `pulumi` leaves its
 * lock behind. `pulumi cancel` would also remove the locks of those that still run.
 */
export function releaseStaleLocks(stack: string, env: NodeJS.ProcessEnv): void {
  for (const { path, pid } of locksOf(stack, env).filter(isStale)) {
    process.stderr.write(
      `The last run on stack "${stack}" was killed (process ${pid}); its lock has been removed.\n`,
    );
    // The storage keeps attributes in a second file.
    for (const file of [path, `${path}.attrs`]) rmSync(file, { force: true });
  }
}

/**
 * Refuses to work on a stack while another process does: what it creates is not in the state yet,
 * and would look as if an interrupted run had left it behind.
 */
export function assertNotLocked(command: string, stack: string, env: NodeJS.ProcessEnv): void {
  const lock = locksOf(stack, env).find((found) => !isStale(found));
  if (lock === undefined) return;
  const { pid, hostname: host = 'an unknown machine', username: user } = lock;
  const again = `Wait until it ends, then run again: make ${command} STACK=${stack}`;
  throw new OperatorError(
    `process ${pid} on ${host}${user === undefined ? '' : ` (user ${user})`} is working on the ` +
      `stack "${stack}". Nothing was changed. ${again}\n` +
      `If that run no longer exists: make pulumi STACK=${stack} ARGS="cancel --yes"`,
  );
}

/** Undamaged locks of a stack whose state is on this machine. Pulumi reports damaged ones. */
function locksOf(stack: string, env: NodeJS.ProcessEnv): Lock[] {
  const state = localState(env);
  if (state === undefined) return [];
  const folder = join(state, '.pulumi', 'locks', 'organization', projectName, stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const path = join(folder, name);
      try {
        const lock = JSON.parse(readFileSync(path, 'utf8')) as Partial<Lock>;
        return lock.pid === undefined ? [] : [{ ...lock, pid: lock.pid, path }];
      } catch {
        // Damaged, or its process has just ended.
        return [];
      }
    });
}

const isStale = (lock: Lock): boolean => lock.hostname === hostname() && !isAlive(lock.pid);

/** Whether the process exists, is a pulumi, and is not a zombie. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    // `123 (pulumi) S …`. Without /proc (macOS) only the check above applies.
    const [, name = '', state = ''] =
      /^\d+ \((.*)\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return name.startsWith('pulumi') && state !== 'Z' && state !== 'X';
  } catch {
    return !existsSync('/proc/self/stat');
  }
}
