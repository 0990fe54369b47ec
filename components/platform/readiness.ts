import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../stack-error';

export interface ReadinessRequest {
  readonly name: string;
  readonly url: string;
  readonly deadlineSeconds: number;
}

/**
 * Resolves to true once the URL returns 2xx; rejects with a message for the operator at the
 * deadline.
 */
export type WaitUntilReady = (request: ReadinessRequest) => Promise<boolean>;

/** Milliseconds between two attempts. Most services are ready within a second. */
const retryMs = 100;

/** Milliseconds for a response. */
const patienceMs = 2000;

/**
 * Probes from outside the container, because images without a shell and HTTP client cannot probe
 * themselves. Resolves at once in a preview, where nothing runs.
 */
export const probeOverHttp: WaitUntilReady = async ({ name, url, deadlineSeconds }) => {
  if (pulumi.runtime.isDryRun()) return true;
  const deadline = Date.now() + deadlineSeconds * 1000;
  // A pending fetch and its timeout do not keep Node running. Without this, the program could exit
  // successfully during a probe, without its outputs.
  const keepRunning = setInterval(() => undefined, 1000);
  try {
    return await probeUntil(deadline, url);
  } catch (error) {
    throw new StackError(
      `${name} was started but is not ready after ${deadlineSeconds} s (${url}: ${reason(error)}). ` +
        `Check its log (docker logs), then run pulumi up (or make up) again.`,
    );
  } finally {
    clearInterval(keepRunning);
  }
};

/** Resolves at the first 2xx; rejects at the deadline with the last reason. */
async function probeUntil(deadline: number, url: string): Promise<true> {
  const none = 'no response yet';
  let last: unknown = none;
  while (Date.now() < deadline) {
    const left = Math.max(1, deadline - Date.now());
    try {
      const response = await fetch(url, {
        signal: AbortSignal.timeout(Math.min(left, patienceMs)),
      });
      // Consume the body, so that the connection is released.
      await response.arrayBuffer();
      if (response.ok) return true;
      last = `HTTP ${response.status}`;
    } catch (error) {
      // An attempt that the deadline interrupts has no useful error, so keep the previous one.
      const interrupted = left < patienceMs && (error as Error).name === 'TimeoutError';
      if (last === none || !interrupted) last = error;
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
