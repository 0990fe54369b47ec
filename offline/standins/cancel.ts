import { setTimeout as sleep } from 'node:timers/promises';

/** Fires when the user interrupts the update: what waits for something then gives up. */
export const cancellation = new AbortController();

/** Waits, unless the update is interrupted: then it throws. */
export const pause = (ms: number): Promise<void> =>
  sleep(ms, undefined, { signal: cancellation.signal }).catch(() => {
    throw new Error('interrupted');
  });
