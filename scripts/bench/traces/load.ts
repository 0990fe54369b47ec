import { post } from './containers';
import { type SpanBatches, spansPerBatch } from './spans';

/**
 * As in the services: maximum number of waiting batches, seconds per attempt, and seconds for which
 * a batch is retried.
 */
const [bufferedBatches, attemptSeconds, retrySeconds] = [8, 30, 60];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends as much as is accepted, on a few connections. @returns number of accepted spans */
export async function saturate(
  url: string,
  batches: SpanBatches,
  { seconds, connections = 4 }: { readonly seconds: number; readonly connections?: number },
): Promise<number> {
  const end = Date.now() + seconds * 1_000;
  let accepted = 0;
  const one = async (): Promise<void> => {
    while (Date.now() < end) {
      if ((await post(url, batches.next())) === 200) accepted += spansPerBatch;
      else await pause(500);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return accepted;
}

/** Sends this many batches whose spans start within the last day. */
export async function fill(url: string, batches: SpanBatches, count: number): Promise<void> {
  let sent = 0;
  const now = Date.now();
  const one = async (): Promise<void> => {
    while (sent < count) {
      const body = batches.next(now - ((count - sent++) / count) * 86_400_000);
      while ((await post(url, body)) !== 200) await pause(500);
    }
  };
  await Promise.all(Array.from({ length: 4 }, one));
}

export interface Offered {
  readonly offered: number;
  /** Spans for which a service received an acknowledgement. */
  readonly accepted: number;
  /** Spans for which a service's buffer had no room. */
  readonly overflowed: number;
  /** Spans that a service gave up after its attempts. */
  readonly givenUp: number;
}

/**
 * Offers spans at a rate, from services that send one batch at a time, buffer eight more, retry a
 * batch for a minute, and drop the rest.
 */
export async function offer(
  url: string,
  batches: SpanBatches,
  args: { readonly spansPerSecond: number; readonly seconds: number; readonly services: number },
): Promise<Offered> {
  const counts = { offered: 0, accepted: 0, overflowed: 0, givenUp: 0 };
  const waiting = Array.from({ length: args.services }, (): string[] => []);
  let over = false;
  const service = async (queue: string[]): Promise<void> => {
    while (!over || queue.length > 0) {
      const body = queue.shift();
      if (body === undefined) await pause(20);
      else if (await delivered(url, body)) counts.accepted += spansPerBatch;
      else counts.givenUp += spansPerBatch;
    }
  };
  const running = waiting.map(service);
  const start = Date.now();
  const total = Math.round((args.spansPerSecond * args.seconds) / spansPerBatch);
  for (let i = 0; i < total; i += 1) {
    const due = start + (i * spansPerBatch * 1_000) / args.spansPerSecond;
    if (due > Date.now()) await pause(due - Date.now());
    const queue = waiting[i % waiting.length] ?? [];
    counts.offered += spansPerBatch;
    if (queue.length < bufferedBatches) queue.push(batches.next());
    else counts.overflowed += spansPerBatch;
  }
  over = true;
  await Promise.all(running);
  return counts;
}

/** One batch, as the exporter of a service sends it. */
async function delivered(url: string, body: string): Promise<boolean> {
  const deadline = Date.now() + retrySeconds * 1_000;
  for (;;) {
    const status = await post(url, body, attemptSeconds);
    if (status === 200) return true;
    // https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes
    const retryable = status === 0 || [429, 502, 503, 504].includes(status);
    if (!retryable || Date.now() + 1_000 > deadline) return false;
    await pause(1_000);
  }
}
