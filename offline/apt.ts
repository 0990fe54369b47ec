import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from './cache';
import { KitError } from './errors';
import { run, tail } from './run';

/**
 * Runs apt without changing the system, so that no root is needed: apt writes to `scratch` only. If
 * this fails with the machine's package lists, because they are missing or outdated, new ones are
 * fetched into `scratch` and it runs again. `work` receives the options for apt.
 *
 * @param suite another Debian suite, from this machine's mirror, whose package lists are fetched.
 * @default the machine's own
 */
export async function withApt<T>(
  scratch: string,
  work: (options: readonly string[]) => Promise<T>,
  suite?: string,
): Promise<T> {
  makeDirectory(join(scratch, 'archives', 'partial'));
  const own = ['-o', `Dir::Cache=${scratch}`, '-o', 'Debug::NoLocking=1'];
  const withNewLists = async (more: readonly string[]): Promise<T> => {
    makeDirectory(join(scratch, 'lists', 'partial'));
    const options = [...own, ...more, '-o', `Dir::State::Lists=${join(scratch, 'lists')}`];
    await aptDo(['apt-get', ...options, '-qq', 'update'], scratch);
    return work(options);
  };
  if (suite !== undefined) return withNewLists(await sourcesOf(suite, scratch));
  try {
    return await work(own);
  } catch (error) {
    if (!(error instanceof KitError)) throw error;
    return withNewLists([]);
  }
}

/** Options for apt that replace the machine's sources with another suite of the same mirror. */
async function sourcesOf(suite: string, scratch: string): Promise<readonly string[]> {
  const format = '$(REPO_URI) $(ORIGIN) $(COMPONENT) $(CODENAME)';
  const targets = await aptDo(
    ['apt-get', 'indextargets', '--format', format, 'Identifier: Packages'],
    scratch,
  );
  const mirror = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(
      ([, origin, component, codename = '']) =>
        origin === 'Debian' && component === 'main' && !codename.includes('-'),
    )?.[0];
  if (mirror === undefined)
    throw new KitError('the apt sources of this machine have no mirror of Debian');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const file = join(scratch, 'sources.list');
  writeFileSync(file, `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`);
  return ['-o', `Dir::Etc::SourceList=${file}`, '-o', 'Dir::Etc::SourceParts=-'];
}

/** Runs an apt or dpkg command in `cwd` and returns its output. */
export async function aptDo(
  [command = '', ...args]: readonly string[],
  cwd: string,
): Promise<string> {
  const { ok, stdout, stderr } = await run(command, args, { cwd, timeoutMs: 600_000 });
  if (ok) return stdout;
  throw new KitError(`cannot download Debian packages: ${command}: ${tail(stderr, 3)}`);
}
