import * as pulumi from '@pulumi/pulumi';

export interface ReadinessRequest {
  readonly name: string;
  readonly url: string;
  readonly deadlineSeconds: number;
}

/** Resolves to true once the URL answers 2xx; rejects with an operator's message at the deadline. */
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
  let last = 'no answer yet';
  while (Date.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
      // The body has to be consumed for the connection to be given back.
      await response.arrayBuffer();
      if (response.ok) return true;
      last = `HTTP ${response.status}`;
    } catch (error) {
      last = reason(error);
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  throw new pulumi.RunError(
    `${name} was started but is not ready after ${deadlineSeconds} s (${url}: ${last}). ` +
      `Look at its log (docker logs), then run up again.`,
  );
};

function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return String(cause);
}
