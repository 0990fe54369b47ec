import { describe, expect, it } from '@jest/globals';
import type { Redis } from '../../../reference-app/src/lib/redis';
import type { TakenJob } from '../../../reference-app/src/lib/queue';
import { maxAttempts, workQueue } from '../../../reference-app/src/worker/worker-loop';
import { logInto, metricsOf, valueOf } from './kit';

const job = (attempts: number): TakenJob => ({
  ...{ id: 'job_1', queue: 'email', payload: {}, queuedAt: 0, trace: {} },
  ...{ attempts, raw: `raw ${attempts}` },
});

/** `take` does not need it. */
const unused: unknown = {};

/** Runs the loop on the results of `take`, and returns what happened. */
async function run(takes: readonly (TakenJob | Error)[], handle: () => Promise<void>) {
  const metrics = metricsOf('worker');
  const told: string[] = [];
  const left = [...takes];
  const consumer = {
    take: async () => {
      const next = left.shift();
      if (next instanceof Error) throw next;
      return next;
    },
    finish: async ({ raw }: TakenJob) => void told.push(`finished ${raw}`),
    retry: async ({ raw }: TakenJob, ms: number) => void told.push(`again ${raw} in ${ms}`),
    giveBack: async () => void told.push('given back'),
  };
  const handlers = { email: handle, payout: handle, transcode: handle, mint: handle };
  await workQueue({
    ...{ consumer, handlers, metrics, queue: 'email', log: logInto([]) },
    blocking: unused as Redis,
    stopping: () => left.length === 0,
    decisionSeconds: 10,
  });
  const jobs = (status: string) =>
    valueOf(metrics, 'worker_jobs_total', { queue: 'email', status });
  return { told, success: await jobs('success'), failed: await jobs('failed') };
}

const fail = () => Promise.reject(new Error('no'));

describe('the worker', () => {
  it('removes a finished job', async () => {
    const { told, success } = await run([job(0)], async () => undefined);
    expect([told, success]).toEqual([['finished raw 0'], 1]);
  });

  it('retries with increasing delays, and a waiting job is not finished', async () => {
    const { told, success, failed } = await run([job(0), job(1), job(2)], fail);
    expect(told).toEqual(['again raw 0 in 1000', 'again raw 1 in 2000', 'again raw 2 in 4000']);
    expect([success, failed]).toEqual([0, 0]);
  });

  it('gives up after the last attempt, counts it, and removes the job', async () => {
    const { told, failed } = await run([job(maxAttempts - 1)], fail);
    expect([told, failed]).toEqual([[`finished raw ${maxAttempts - 1}`], 1]);
  });

  // Redis may have moved a job although its reply was lost.
  it('puts back jobs whose reply from Redis was lost', async () => {
    const { told } = await run([new Error('away'), job(0)], async () => undefined);
    expect(told).toEqual(['given back', 'finished raw 0']);
  });
});
