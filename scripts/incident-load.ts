import { docker } from './docker';
import { OperatorError } from './operator-error';

export interface LoadArgs {
  readonly stack: string;
  readonly env: NodeJS.ProcessEnv;
  /** Id of the image to run; it must exist on this machine. */
  readonly image: string;
  /** Threshold of the alert, a share of the whole. */
  readonly limit: number;
}

const gibibyte = 2 ** 30;
/** This much of the disk always stays free. */
const least = { share: 0.1, bytes: 2 * gibibyte } as const;
/** This much of the memory always stays free. */
const leastMemory = { share: 0.08, bytes: gibibyte / 2 } as const;

const name = (stack: string, what: string): string => `audifi-${stack}-incident-${what}`;

/** Hardened like all containers. Its label lets `make destroy` and the next `make up` remove it. */
const locked = (stack: string): string[] => [
  ...['--label', `io.audifi.stack=${stack}`, '--label', 'io.audifi.component=incident'],
  ...['--network', 'none', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges:true'],
];

/**
 * Fills Docker's disk with one file of a stopped container until the free space is one percent
 * below the threshold. Refuses to leave less than 10 % or 2 GiB.
 */
export async function fillDisk({ stack, env, image, limit }: LoadArgs): Promise<void> {
  const run = (...args: string[]): string[] => ['run', ...locked(stack), '--user', '0:0', ...args];
  const df = run('--rm', '--entrypoint', 'df', image, '-B1', '--output=size,avail', '/');
  const [size = 0, free = 0] = ((await docker(df, env))[1] ?? '').trim().split(/\s+/).map(Number);
  const target = Math.floor((limit - 0.01) * size);
  if (target < Math.max(least.share * size, least.bytes)) {
    throw new OperatorError(
      `to make the alert fire, this incident would leave only ${gib(target)} of the disk's ${gib(size)} free, but it ` +
        `always leaves at least 10 % and 2 GiB. To try it, raise alerts.thresholds.diskFreeRatio.`,
    );
  }
  if (free <= target) return;
  const bytes = String(free - target);
  const file = ['fallocate', '--length', bytes, '/incident'];
  const [command = '', ...args] = file;
  await docker(run('--name', name(stack, 'disk'), '--entrypoint', command, image, ...args), env);
}

/**
 * Allocates memory until usage is three percent above the threshold. Refuses to leave less than 8 %
 * or 0.5 GiB. The kernel kills this process before any other.
 */
export async function takeMemory({ stack, env, image, limit }: LoadArgs): Promise<void> {
  const [total = '0'] = await docker(['info', '--format', '{{.MemTotal}}'], env);
  const share = limit + 0.03;
  const left = (1 - share) * Number(total);
  if (1 - share < leastMemory.share || left < leastMemory.bytes) {
    throw new OperatorError(
      `to make the alert fire, this incident would use ${Math.round(share * 100)} % of the memory and leave only ${gib(left)} free, ` +
        `but it always leaves at least 8 % and 0.5 GiB. To try it, lower alerts.thresholds.memoryUsedRatio.`,
    );
  }
  await docker(
    [
      ...['run', '--detach', '--name', name(stack, 'memory'), ...locked(stack)],
      ...['--read-only', '--user', '1000:1000', '--oom-score-adj', '1000'],
      ...['--env', `MEMORY_SHARE=${share.toFixed(2)}`, image, 'hog.js'],
    ],
    env,
  );
  await untilTaken(name(stack, 'memory'), env);
}

/** The process allocates one gigabyte per second. */
const takingMs = 180_000;

async function untilTaken(container: string, env: NodeJS.ProcessEnv): Promise<void> {
  const deadline = Date.now() + takingMs;
  while (Date.now() < deadline) {
    const lines = await docker(['logs', container], env);
    if (lines.some((line) => line.includes('Memory is taken'))) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new OperatorError(
    `the memory was not allocated within ${takingMs / 1000} s. See: docker logs ${container}`,
  );
}

const gib = (bytes: number): string => `${(bytes / gibibyte).toFixed(1)} GiB`;
