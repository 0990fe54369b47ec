import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from '../offline/kit';
import { jestResults, listed } from './jest-results';
import { runMain } from './operator-error';
import { foreground } from './process';
import { projectRoot } from './stack-files';

/**
 * `make e2e [-- <jest arguments>]`: prepares the real parts, then runs test/e2e one file after another.
 * Ends with `N passed, N failed`.
 */
async function main(): Promise<number> {
  const kit = await prepare({
    need: ['pulumi', 'docker', 'images', 'promtool', 'kubeconform'],
    // Where it cannot be had, stacks run without it and say so.
    optional: ['grafana'],
  });
  const folder = mkdtempSync(join(tmpdir(), 'audifi-results-'));
  const results = join(folder, 'e2e.json');
  try {
    const code = await foreground(
      join(projectRoot, 'node_modules', '.bin', 'jest'),
      [
        ...['--selectProjects', 'e2e', '--runInBand', '--testTimeout', '600000', '--forceExit'],
        ...['--json', '--outputFile', results, '--silent=false', ...process.argv.slice(2)],
      ],
      {
        env: { ...process.env, ...kit.env },
        cwd: projectRoot,
        // jest writes its JSON there as well as to the file
        onStdout: () => undefined,
      },
    );
    // It fell over before it could count; it has said why.
    if (!existsSync(results)) return code === 0 ? 1 : code;
    const { passed, failed, failures } = jestResults(results);
    process.stdout.write(`${listed(failures)}${passed} passed, ${failed} failed\n`);
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

runMain(main);
