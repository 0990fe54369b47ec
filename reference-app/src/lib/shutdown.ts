import type { Log } from './log';

/** Ends the process by exit code; replaced in tests. */
export type Exit = (code: number) => void;

export interface ShutdownOptions {
  readonly log: Log;
  /** Seconds from the signal to the end; what is not done by then is lost, and the exit code says so. */
  readonly graceSeconds: number;
  /** In this order: take no more work, finish what is there, close pools, flush. */
  readonly steps: () => Promise<void>;
  readonly exit?: Exit;
}

/**
 * A graceful stop: SIGTERM or SIGINT runs the steps and exits with 0; a second signal or the end of the grace
 * exits with 1.
 *
 * @returns what a signal calls, for tests
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

/** Milliseconds of the grace in which load balancers may learn that the service stops. */
export const drainMs = (graceSeconds: number): number => Math.min(1_000, graceSeconds * 100);
