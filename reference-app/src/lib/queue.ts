import { randomUUID } from 'node:crypto';
import type { Redis } from './redis';
import { type Carrier, inSpan, traceHeaders } from './tracing';

export const queues = ['email', 'payout', 'transcode', 'mint'] as const;
export type QueueName = (typeof queues)[number];

/** A job in a queue. */
export interface Job {
  readonly id: string;
  readonly queue: QueueName;
  readonly payload: Readonly<Record<string, string>>;
  /** Unix time in milliseconds when the job was first queued. */
  readonly queuedAt: number;
  /** Number of attempts. */
  readonly attempts: number;
  /** W3C trace context of the sender. */
  readonly trace: Carrier;
}

/** A job with its text in Redis, which identifies it for removal. */
export interface TakenJob extends Job {
  readonly raw: string;
}

const waiting = (queue: QueueName): string => `audifi:queue:${queue}`;
const taken = (queue: QueueName, worker: string): string => `audifi:taken:${queue}:${worker}`;
const delayed = (queue: QueueName): string => `audifi:delayed:${queue}`;
const alive = (worker: string): string => `audifi:worker:${worker}`;
const workers = 'audifi:workers';
/** Seconds without a heartbeat after which other workers take over a worker's jobs. */
const lifeSeconds = 10;

/** Moves jobs that are due back to their queue, each only once even with several callers. */
const promoteScript = `
for _, job in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[1], job)
  redis.call('LPUSH', KEYS[2], job)
end`;

/** Adds a job to its queue. @param host of Redis */
export async function enqueue(
  redis: Pick<Redis, 'lPush'>,
  host: string,
  queue: QueueName,
  payload: Job['payload'],
): Promise<string> {
  const id = `job_${randomUUID()}`;
  const attributes = {
    ...{ 'messaging.system': 'redis', 'messaging.operation.name': 'send' },
    ...{ 'messaging.operation.type': 'send', 'messaging.destination.name': queue },
    ...{ 'messaging.message.id': id, 'server.address': host },
  };
  return inSpan(`send ${queue}`, { kind: 'producer', attributes }, async () => {
    const asked = { queuedAt: Date.now(), attempts: 0, trace: traceHeaders() };
    const job: Job = { id, queue, payload, ...asked };
    await redis.lPush(waiting(queue), JSON.stringify(job));
    return id;
  });
}

/**
 * The worker's side. Taking a job moves it atomically to a list of the worker. The job leaves that
 * list when it is done. If the worker dies, other workers put it back. So each job runs at least
 * once, and twice if its worker dies or loses Redis between running the job and removing it.
 * Handlers must allow this. See https://redis.io/docs/latest/commands/lmove/#pattern-reliable-queue
 */
export class QueueConsumer {
  readonly worker: string = randomUUID();
  private known = false;

  constructor(private readonly redis: Redis) {}

  /** Waits up to `seconds` for a job, on a connection that nothing else uses meanwhile. */
  async take(blocking: Redis, queue: QueueName, seconds: number): Promise<TakenJob | undefined> {
    // The worker must be registered before it takes a job, so that others can put the job back.
    if (!this.known) await this.keepUp();
    const raw = await blocking.blMove(
      waiting(queue),
      taken(queue, this.worker),
      'RIGHT',
      'LEFT',
      seconds,
    );
    return raw === null ? undefined : { ...(JSON.parse(raw) as Job), raw };
  }

  /** Removes a job that has ended, successfully or not. */
  async finish({ queue, raw }: TakenJob): Promise<void> {
    await this.redis.lRem(taken(queue, this.worker), 1, raw);
  }

  /** Schedules another attempt, atomically, so that the job is never lost. */
  async retry({ raw, ...job }: TakenJob, delayMs: number): Promise<void> {
    const again: Job = { ...job, attempts: job.attempts + 1 };
    await this.redis
      .multi()
      .zAdd(delayed(job.queue), { score: Date.now() + delayMs, value: JSON.stringify(again) })
      .lRem(taken(job.queue, this.worker), 1, raw)
      .exec();
  }

  /**
   * Sends a heartbeat, and puts back jobs that are due and jobs of dead workers. Call it every few
   * seconds.
   */
  async keepUp(): Promise<void> {
    await this.redis
      .multi()
      .sAdd(workers, this.worker)
      .set(alive(this.worker), '1', { expiration: { type: 'EX', value: lifeSeconds } })
      .exec();
    this.known = true;
    for (const queue of queues) {
      await this.redis.eval(promoteScript, {
        keys: [delayed(queue), waiting(queue)],
        arguments: [String(Date.now())],
      });
    }
    for (const other of await this.redis.sMembers(workers)) {
      if ((await this.redis.exists(alive(other))) === 0) await this.recover(other);
    }
  }

  /** Unregisters the worker. Its jobs go back to their queues. */
  async leave(): Promise<void> {
    await this.redis.del(alive(this.worker));
    await this.recover(this.worker);
  }

  /**
   * Puts a worker's jobs back at the end of the queue that is taken next, because they have waited
   * longest.
   */
  async giveBack(queue: QueueName, worker = this.worker): Promise<void> {
    while (
      (await this.redis.lMove(taken(queue, worker), waiting(queue), 'LEFT', 'RIGHT')) !== null
    );
  }

  private async recover(worker: string): Promise<void> {
    for (const queue of queues) await this.giveBack(queue, worker);
    await this.redis.sRem(workers, worker);
  }
}

/** Number of waiting jobs and age of the oldest in seconds. Retries count once they are due. */
export async function queueState(
  redis: Redis,
  queue: QueueName,
): Promise<{ depth: number; oldestSeconds: number }> {
  const [depth, oldest] = await Promise.all([
    redis.lLen(waiting(queue)),
    redis.lIndex(waiting(queue), -1),
  ]);
  if (oldest === null) return { depth, oldestSeconds: 0 };
  const { queuedAt } = JSON.parse(oldest) as Job;
  return { depth, oldestSeconds: Math.max(0, (Date.now() - queuedAt) / 1000) };
}
