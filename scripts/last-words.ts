import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from './cluster-objects';
import { inContext, kubectl } from './kubectl';

/** A container that has exited. Its pod may have started it again. */
export interface EndedContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/**
 * The last error of a container that ended. Undefined if its log is gone.
 *
 * @param pause milliseconds between attempts
 */
export async function lastWords(
  { namespace, pod, container }: EndedContainer,
  { context }: Place,
  env: NodeJS.ProcessEnv,
  pause = 1000,
): Promise<string | undefined> {
  const ask = [
    ...inContext(context),
    ...['--namespace', namespace],
    ...['logs', pod, '--container', container, '--tail', '100', '--request-timeout', '20s'],
  ];
  for (let attempt = 1; ; attempt += 1) {
    const previous = await kubectl([...ask, '--previous'], env);
    // The first container that ended has no predecessor while it waits for its restart.
    const log = previous.stdout || (await kubectl(ask, env)).stdout;
    if (!logIsGone(log)) return reasonIn(log);
    if (attempt === 3) return undefined;
    await sleep(pause);
  }
}

/**
 * The kubelet keeps the log of one exited container. If the next one has exited too, and the pod's
 * status does not say so yet, the kubelet answers with one of these texts instead of the log, and
 * kubectl succeeds.
 */
const logIsGone = (log: string): boolean =>
  /^(?:unable to retrieve container logs for|failed to (?:open log file|try resolving symlinks)) /.test(
    log,
  );

/**
 * The line of a log that says why a program ended: the last one about an error, otherwise the last
 * one. If the line has fields, only the error, without its stack trace.
 */
export function reasonIn(log: string): string | undefined {
  // Leaves out stack traces: lines that are indented, begin with `goroutine`, or are a single call.
  const lines = log
    .split('\n')
    .filter((line) => /^\S/.test(line) && !/^goroutine |^\S+\(.*\)$/.test(line));
  const line =
    lines.findLast((each) => /error|fatal|panic|cannot|invalid/i.test(each)) ?? lines.at(-1);
  if (line === undefined) return undefined;
  const field = /"(?:err|error)":"((?:[^"\\]|\\.)*)"|\b(?:err|error)="((?:[^"\\]|\\.)*)"/.exec(
    line,
  );
  const [text = ''] = (field?.[1] ?? field?.[2] ?? line).split(/\\n|\n/);
  // In a chain of causes, the last one is the most specific.
  const reason = text.replaceAll('\\"', '"');
  return reason.length <= 160 ? reason : `…${reason.slice(-159)}`;
}
