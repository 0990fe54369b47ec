import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './stack-files';

/**
 * Files of the project, relative to its folder: those that git does not ignore. Without git or its
 * folder (an archive of the source), all but what is installed or built.
 */
export function projectFiles(root = projectRoot, env: NodeJS.ProcessEnv = process.env): string[] {
  // Git refuses to read a folder of another user, such as the one that a CI mounts.
  const trust = ['-c', 'safe.directory=*'];
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout } = spawnSync('git', [...trust, ...list], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  const listed = status === 0 ? stdout.split('\0').filter((file) => file !== '') : [];
  // A file that was removed but not committed is listed too.
  return listed.length === 0 ? walk(root) : listed.filter((file) => existsSync(join(root, file)));
}

/** As in .gitignore, and git's own folder. */
const ignored = /^(node_modules|build|coverage|\.git|\.env|.*\.log)$/;

function walk(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !ignored.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? walk(root, path) : [path];
    });
}
