import { spawn } from 'node:child_process';
import { basename } from 'node:path';

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program and captures its output. Never throws for a failing exit code. */
export function capture(
  command: string,
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly input?: string;
  } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
    // A program that does not read its input may close the pipe early.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a program whose output is not text. Never throws for a failing exit code. */
export function captureBytes(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly input?: Buffer } = {},
): Promise<{ readonly code: number; readonly stdout: Buffer; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: options.env, stdio: ['pipe', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code: code ?? 1, stdout: Buffer.concat(chunks), stderr });
    });
    // A program that does not read its input may close the pipe early.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/**
 * Runs a program on this terminal. An interrupt reaches it from the terminal or, if there is no
 * terminal, from this process. A SIGTERM always comes from this process. The program decides how to
 * stop, and this process waits for it.
 */
export function foreground(
  command: string,
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    /** Called with each chunk of standard error. */
    readonly onStderr?: (text: string) => void;
    readonly onStdout?: (text: string) => void;
    /** Interrupts the program, as the terminal does. */
    readonly signal?: AbortSignal;
  } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: options.env,
      cwd: options.cwd,
      stdio: [
        'inherit',
        options.onStdout === undefined ? 'inherit' : 'pipe',
        options.onStderr === undefined ? 'inherit' : 'pipe',
      ],
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      options.onStdout?.(text);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      options.onStderr?.(text);
    });
    const forward = (signal: NodeJS.Signals): void => {
      // Ctrl-C reaches the program without us: a terminal signals all its processes.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const interrupt = (): void => {
      child.kill('SIGINT');
    };
    process.on('SIGINT', forward).on('SIGTERM', forward);
    options.signal?.addEventListener('abort', interrupt);
    const done = (): void => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      options.signal?.removeEventListener('abort', interrupt);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code, signal) => {
      done();
      if (signal === 'SIGKILL') {
        process.stderr.write(
          `\n${basename(command)} was killed, by a person or because memory ran out. ` +
            'Run the same command again: it continues with what already exists.\n',
        );
      }
      resolve(code ?? (signal === null ? 1 : signal === 'SIGKILL' ? 137 : 130));
    });
  });
}
