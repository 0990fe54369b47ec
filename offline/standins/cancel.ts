import { setTimeout as sleep } from 'node:timers/promises';

/** Fires when the user interrupts the update. Waiting operations then stop. */
export const cancellation = new AbortController();

/** Waits. Throws if the update is interrupted. */
export const pause = (ms: number): Promise<void> =>
  sleep(ms, undefined, { signal: cancellation.signal }).catch(() => {
    throw new Error('interrupted');
  });
