import { trace } from '@opentelemetry/api';
import type { Log } from '../lib/log';
import type { Metrics } from '../lib/metrics';
import { type Job, type QueueConsumer, type QueueName, queues, queueState } from '../lib/queue';
import type { Redis } from '../lib/redis';
import { sleep, within } from '../lib/time-limit';
import {
  annotate,
  carriedRequestId,
  contextOf,
  failSpan,
  inSpan,
  type SpanOptions,
} from '../lib/tracing';
import { isRecent, sentAt } from '../lib/trace-age';

/** A handler for each queue. A handler may run twice for the same job. */
export type Handlers = Readonly<Record<QueueName, (job: Job) => Promise<void>>>;

/** Maximum number of attempts. The delays between them are 1, 2, 4 and 8 s. */
export const maxAttempts = 5;
const backOffMs = (attempts: number): number => 1_000 * 2 ** attempts;

export interface LoopOptions {
  readonly consumer: Pick<QueueConsumer, 'take' | 'finish' | 'retry' | 'giveBack'>;
  /** A separate connection, because it blocks. */
  readonly blocking: Redis;
  readonly queue: QueueName;
  readonly handlers: Handlers;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly stopping: () => boolean;
  /** How long the collector waits for the spans of a trace. */
  readonly decisionSeconds: number;
}

/** Runs the jobs of a queue one after another until it is stopped. Finishes the current job. */
export async function workQueue(options: LoopOptions): Promise<void> {
  const { consumer, blocking, queue, log, stopping } = options;
  let unsure = false;
  while (!stopping()) {
    try {
      // Redis may have moved a job although its reply was lost. No job is running now, so it goes
      // back.
      if (unsure) await consumer.giveBack(queue);
      unsure = false;
      const job = await consumer.take(blocking, queue, 1);
      if (job === undefined) continue;
      const failure = await attempt(options, job);
      if (failure === undefined || job.attempts + 1 >= maxAttempts) await consumer.finish(job);
      else await consumer.retry(job, backOffMs(job.attempts));
    } catch (error) {
      // Redis is down, which the connection has logged.
      log.debug('A queue cannot be read', { error, job: queue });
      unsure = true;
      await sleep(1_000);
    }
  }
}

/** Runs a job and returns its error, if any. A job with another attempt is not finished. */
async function attempt(options: LoopOptions, job: Job): Promise<unknown> {
  const { handlers, metrics, log, queue } = options;
  const jobs = metrics.of('worker_jobs_total');
  const start = performance.now();
  const duration = () => performance.now() - start;
  return inSpan(`process ${queue}`, jobSpan(job, options.decisionSeconds), async (span) => {
    // The ID of the request that created the job, so that one search finds all lines.
    const line = { job: queue, requestId: carriedRequestId() ?? job.id };
    annotate({ requestId: line.requestId }, span);
    try {
      await handlers[queue](job);
      jobs.add({ queue, status: 'success' });
      log.info('Job done', { ...line, duration_ms: Math.round(duration()) });
      return undefined;
    } catch (error) {
      failSpan(span, error);
      if (job.attempts + 1 >= maxAttempts) {
        jobs.add({ queue, status: 'failed' });
        log.error('Job failed for good', { ...line, error });
      } else log.warn('Job failed, it is tried again', { ...line, error });
      return error ?? new Error('a job failed without saying why');
    } finally {
      metrics.of('worker_job_duration_seconds').observe(duration() / 1000, { queue });
    }
  });
}

/**
 * The span of a job is a child of the span that sent it, and linked to it, as the semantic
 * conventions require for consumers. A job that waited too long, and each further attempt, has a
 * trace of its own with the link: the collector may have dropped the sender's trace by then, and an
 * error of the job with it. See
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
function jobSpan(job: Job, decisionSeconds: number): SpanOptions {
  const sent = contextOf(job.trace);
  const sender = trace.getSpanContext(sent);
  const together = job.attempts === 0 && isRecent(job.queuedAt, decisionSeconds);
  const parent = together ? sentAt(sent, job.queuedAt) : trace.deleteSpan(sent);
  return {
    ...{ kind: 'consumer', parent, links: sender === undefined ? [] : [sender] },
    attributes: {
      ...{ 'messaging.system': 'redis', 'messaging.operation.name': 'process' },
      ...{ 'messaging.operation.type': 'process', 'messaging.destination.name': job.queue },
      'messaging.message.id': job.id,
    },
  };
}

/** Depth and age of the queues, read at each scrape. */
export function measureQueues(redis: Redis, metrics: Metrics): void {
  const depth = metrics.of('worker_queue_depth');
  const oldest = metrics.of('worker_queue_oldest_seconds');
  // The values are unknown, not 0, and the scrape must not fail.
  const unknown = { depth: NaN, oldestSeconds: NaN };
  const states = () =>
    Promise.all(
      queues.map(async (queue) => {
        const state = await within(1_000, queueState(redis, queue)).catch(() => unknown);
        return { queue, ...state };
      }),
    );
  depth.onScrape(async () => {
    for (const state of await states()) depth.set(state.depth, { queue: state.queue });
  });
  oldest.onScrape(async () => {
    for (const state of await states()) oldest.set(state.oldestSeconds, { queue: state.queue });
  });
}
