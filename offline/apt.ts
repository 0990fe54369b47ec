import { join } from 'node:path';
import { makeDirectory } from './cache';
import { KitError } from './errors';
import { run, tail } from './run';

/**
 * Has apt do something without a change of the system, so that no root is needed: what it writes goes into `scratch`.
 * Where that fails with the machine's package lists, because there are none or they are older than the archive,
 * it is done again with new ones, fetched into `scratch` too. `work` is given the options for apt.
 */
export async function withApt<T>(
  scratch: string,
  work: (options: readonly string[]) => Promise<T>,
): Promise<T> {
  makeDirectory(join(scratch, 'archives', 'partial'));
  const own = ['-o', `Dir::Cache=${scratch}`, '-o', 'Debug::NoLocking=1'];
  try {
    return await work(own);
  } catch (error) {
    if (!(error instanceof KitError)) throw error;
    makeDirectory(join(scratch, 'lists', 'partial'));
    const options = [...own, '-o', `Dir::State::Lists=${join(scratch, 'lists')}`];
    await aptDo(['apt-get', ...options, '-qq', 'update'], scratch);
    return work(options);
  }
}

/** Runs a command of apt or dpkg in `cwd` and returns what it printed. */
export async function aptDo(
  [command = '', ...args]: readonly string[],
  cwd: string,
): Promise<string> {
  const { ok, stdout, stderr } = await run(command, args, { cwd, timeoutMs: 600_000 });
  if (ok) return stdout;
  throw new KitError(`cannot get packages of Debian: ${command} says: ${tail(stderr, 3)}`);
}
