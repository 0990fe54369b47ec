import { type ChildProcess, spawn } from 'node:child_process';

export function start(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): ChildProcess {
  return spawn(command, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
}

export async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** Sum of a metric of a local process; 0 if it does not exist. */
export async function readMetric(port: number, name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const found = (await response.text()).split('\n').filter((text) => text.startsWith(name));
  return found.reduce((sum, text) => sum + Number(text.slice(text.lastIndexOf(' '))), 0);
}

/** Waits until a condition is true. A refused connection counts as false. */
export async function until(test: () => Promise<boolean>, seconds = 180): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await within(5, test).catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`not ready within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * False if there is no answer by then. A connection that a starting container resets may never
 * settle, and then nothing but this timer would keep Node.js from exiting.
 */
async function within(seconds: number, test: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1_000);
  });
  try {
    return await Promise.race([test(), late]);
  } finally {
    clearTimeout(timer);
  }
}
