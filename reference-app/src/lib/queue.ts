import { randomUUID } from 'node:crypto';
import type { Redis } from './redis';
import { type Carrier, inSpan, traceHeaders } from './tracing';

export const queues = ['email', 'payout', 'transcode', 'mint'] as const;
export type QueueName = (typeof queues)[number];

/** What waits in a queue. */
export interface Job {
  readonly id: string;
  readonly queue: QueueName;
  readonly payload: Readonly<Record<string, string>>;
  /** Unix time in milliseconds of the first time that it was put there. */
  readonly queuedAt: number;
  /** How often it was tried. */
  readonly attempts: number;
  /** W3C trace context of who asked for it. */
  readonly trace: Carrier;
}

/** A job with the text that Redis has of it, by which it is removed. */
export interface TakenJob extends Job {
  readonly raw: string;
}

const waiting = (queue: QueueName): string => `audifi:queue:${queue}`;
const taken = (queue: QueueName, worker: string): string => `audifi:taken:${queue}:${worker}`;
const delayed = (queue: QueueName): string => `audifi:delayed:${queue}`;
const alive = (worker: string): string => `audifi:worker:${worker}`;
const workers = 'audifi:workers';
/** Seconds without a sign of life after which a worker's jobs are given to others. */
const lifeSeconds = 10;

/** Jobs that are due go back into their queue, each once whoever else does this. */
const promoteScript = `
for _, job in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[1], job)
  redis.call('LPUSH', KEYS[2], job)
end`;

/** Puts a job into its queue. @param host of Redis */
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
 * The worker's side. A job is moved, in one step, to a list of the worker that takes it, and leaves that list
 * when it is done; if the worker dies, others put it back. So each job is done at least once, and twice if its
 * worker dies, or loses Redis, between doing it and saying so: what a job does has to bear that.
 * https://redis.io/docs/latest/commands/lmove/#pattern-reliable-queue
 */
export class QueueConsumer {
  readonly worker: string = randomUUID();
  private known = false;

  constructor(private readonly redis: Redis) {}

  /** Waits up to `seconds` for a job, on a connection that nothing else uses meanwhile. */
  async take(blocking: Redis, queue: QueueName, seconds: number): Promise<TakenJob | undefined> {
    // Others have to know the worker before it holds anything that they would have to put back.
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

  /** The job came to an end, well or not. */
  async finish({ queue, raw }: TakenJob): Promise<void> {
    await this.redis.lRem(taken(queue, this.worker), 1, raw);
  }

  /** Tries again later; in one step, so that the job is always somewhere. */
  async retry({ raw, ...job }: TakenJob, delayMs: number): Promise<void> {
    const again: Job = { ...job, attempts: job.attempts + 1 };
    await this.redis
      .multi()
      .zAdd(delayed(job.queue), { score: Date.now() + delayMs, value: JSON.stringify(again) })
      .lRem(taken(job.queue, this.worker), 1, raw)
      .exec();
  }

  /** Sign of life, jobs that are due, and those of workers that died. To be called every few seconds. */
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

  /** Leaves nothing behind; jobs still taken go back. */
  async leave(): Promise<void> {
    await this.redis.del(alive(this.worker));
    await this.recover(this.worker);
  }

  /** Puts back what a worker holds of a queue, at the end that is taken from next: it has waited longest. */
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

/** Jobs that wait in a queue and the age in seconds of the oldest; retries count when they are due. */
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
