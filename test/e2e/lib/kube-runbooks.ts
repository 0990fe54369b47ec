import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { blocksOf, readRunbook, runbookPages } from '../../lib/runbook-parts';

/** Commands that change nothing and end by themselves. */
const reads =
  /^kubectl (-n [\w<>-]+ )?(get|describe|logs|rollout (history|status)|exec [\w<>-]+ -- (promtool|amtool|thanos))\b/;

/** What the cluster of the test does not have. */
const absent = /\b(postgres|redis|worker|ws-server|grafana|blackbox-exporter)\b/;

/**
 * The commands of the runbooks that only read a cluster, without duplicates.
 *
 * @param placeholders values by the name of the placeholder; `pod` is one of the stack's namespace,
 *   `appPod` one of the application's
 */
export function readingCommands(placeholders: Readonly<Record<string, string>>): string[] {
  const lines = runbookPages()
    .flatMap((page) => blocksOf(readRunbook(page), 'sh k8s'))
    .flatMap((block) => block.split('\n'))
    .filter((line) => reads.test(line) && !absent.test(line))
    .map((line) =>
      line.startsWith('kubectl -n audifi') ? line.replace('<pod>', '<appPod>') : line,
    )
    // No container of the test has been restarted.
    .map((line) => line.replace(' --previous', ''))
    .map((line) => line.replace(/<(\w+)>/g, (whole, name: string) => placeholders[name] ?? whole));
  return [...new Set(lines)];
}

/** Runs commands in a shell, four at a time; returns what those said that kubectl refused. */
export async function refusedCommands(
  commands: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const waiting = [...commands];
  const refused: string[] = [];
  const work = async (): Promise<void> => {
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      // A filter after it may find nothing.
      const script = `${line}\nexit \${PIPESTATUS[0]}`;
      await promisify(execFile)('bash', ['-c', script], { env }).catch((error: unknown) => {
        refused.push(String(error));
      });
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  return refused;
}
