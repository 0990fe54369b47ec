import type { Log } from './log';

/** Exits the process. Tests replace it. */
export type Exit = (code: number) => void;

export interface ShutdownOptions {
  readonly log: Log;
  /**
   * Seconds between the signal and the exit. Unfinished work is then lost, and the exit code
   * reports it.
   */
  readonly graceSeconds: number;
  /** In this order: accept no more work, finish the rest, close pools, flush. */
  readonly steps: () => Promise<void>;
  readonly exit?: Exit;
}

/**
 * A graceful stop: SIGTERM or SIGINT runs the steps and exits with 0. A second signal or the end of
 * the grace period exits with 1.
 *
 * @returns the signal handler, for tests
 */
export function stopOnSignal(options: ShutdownOptions): () => void {
  const { log, graceSeconds, steps, exit = (code: number) => process.exit(code) } = options;
  let stopping = false;
  const fail = (message: string, error?: unknown) => {
    log.error(message, { error });
    exit(1);
  };
  const stop = () => {
    if (stopping) {
      fail('Told to stop a second time, work may be lost');
      return;
    }
    stopping = true;
    log.info('Stopping');
    const deadline = setTimeout(
      () => fail('Not stopped within the grace, work may be lost'),
      graceSeconds * 1000,
    );
    steps().then(
      () => {
        clearTimeout(deadline);
        log.info('Stopped');
        exit(0);
      },
      (error: unknown) => fail('Failed to stop', error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return stop;
}

/** Milliseconds of the grace period in which load balancers can notice the stop. */
export const drainMs = (graceSeconds: number): number => Math.min(1_000, graceSeconds * 100);
