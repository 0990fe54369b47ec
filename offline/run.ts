import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Timeout after which the command is killed, which counts as a failure. */
  readonly timeoutMs?: number;
  /** Kills the command, which counts as a failure. */
  readonly signal?: AbortSignal;
  /** Called for every line of standard error. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Running children. An interrupted kit must not leave a compiler behind. */
const running = new Set<ReturnType<typeof spawn>>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Runs a command to its end and never throws: a missing command is a normal failure. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    createInterface({ input: child.stderr }).on('line', (line) => {
      stderr += `${line}\n`;
      options.onLine?.(line);
    });
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            stderr += `${command} did not finish in ${options.timeoutMs} ms\n`;
            child.kill('SIGKILL');
          }, options.timeoutMs);
    const abort = (): void => void child.kill('SIGKILL');
    if (options.signal?.aborted === true) abort();
    options.signal?.addEventListener('abort', abort);
    const settle = (ok: boolean): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      running.delete(child);
      resolve({ ok, stdout, stderr });
    };
    child.once('error', (error) => {
      stderr += `${error.message}\n`;
      settle(false);
    });
    child.once('close', (code) => settle(code === 0));
  });
}

/** The last lines of an output, which people read first. */
export const tail = (text: string, lines = 6): string =>
  text.trimEnd().split('\n').slice(-lines).join('\n');
