import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../stack-error';

export interface ReadinessRequest {
  readonly name: string;
  readonly url: string;
  readonly deadlineSeconds: number;
}

/**
 * Resolves to true once the URL answers 2xx; rejects with an operator's message at the deadline.
 */
export type WaitUntilReady = (request: ReadinessRequest) => Promise<boolean>;

/** Milliseconds between two attempts: the first answers come within a second of a start. */
const retryMs = 100;

/**
 * Probes from outside the container, because images without a shell or an HTTP client cannot probe
 * themselves. Answers at once in a preview, where nothing runs yet.
 */
export const probeOverHttp: WaitUntilReady = async ({ name, url, deadlineSeconds }) => {
  if (pulumi.runtime.isDryRun()) return true;
  const deadline = Date.now() + deadlineSeconds * 1000;
  // Neither a pending fetch nor its timeout keeps Node running: without this, the program could end
  // in the middle of a probe, successfully and without its outputs.
  const keepRunning = setInterval(() => undefined, 1000);
  try {
    return await probeUntil(deadline, url);
  } catch (error) {
    throw new StackError(
      `${name} was started but is not ready after ${deadlineSeconds} s (${url}: ${reason(error)}). ` +
        `Look at its log (docker logs), then run up again.`,
    );
  } finally {
    clearInterval(keepRunning);
  }
};

/** Resolves at the first 2xx; rejects at the deadline with the last reason. */
async function probeUntil(deadline: number, url: string): Promise<true> {
  let last: unknown = 'no answer yet';
  while (Date.now() < deadline) {
    try {
      const patience = Math.max(1, Math.min(2000, deadline - Date.now()));
      const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
      // The body has to be consumed for the connection to be given back.
      await response.arrayBuffer();
      if (response.ok) return true;
      last = `HTTP ${response.status}`;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  throw last;
}

/** `ECONNREFUSED` says more than `fetch failed`, which only wraps it. */
function reason(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { cause, code, message } = error as { cause?: unknown; code?: unknown; message?: unknown };
  if (typeof cause === 'object' && cause !== null) return reason(cause);
  return String(typeof code === 'string' ? code : message);
}
