import { fullDiskIn } from './cache';
import { KitError } from './errors';
import type { Go } from './go';
import { run, tail } from './run';

/** Explains a failed build in one message. */
export async function explain(what: string, output: string, go: Go): Promise<KitError> {
  const full = fullDiskIn(output);
  if (full !== undefined) return full;
  const refused = output
    .split('\n')
    .find((line) =>
      /dial tcp|no such host|i\/o timeout|\b(403|404|410|5\d\d) [A-Z]|unrecognized import path/.test(
        line,
      ),
    );
  if (refused !== undefined) {
    const { stdout } = await run(go.path, ['env', 'GOPROXY']);
    return new KitError(
      `cannot build ${what}: the Go module proxy (GOPROXY=${stdout.trim()}) did not serve a module: ${refused.trim()}`,
    );
  }
  return new KitError(`cannot build ${what}:\n${tail(output)}`);
}
