import type { Blockchain } from '../lib/blockchain';
import type { Database } from '../lib/database';
import type { Metrics } from '../lib/metrics';
import type { CallOutside } from '../lib/outside-call';
import type { Job } from '../lib/queue';
import { annotate } from '../lib/tracing';
import type { Handlers } from './worker-loop';

const emailTypes = ['magic_link', 'receipt'] as const;

export interface HandlerOptions {
  readonly db: Database;
  readonly metrics: Metrics;
  readonly callOutside: CallOutside;
  readonly emailUrl: string;
  readonly blockchain: Blockchain;
}

/**
 * The worker's job handlers. A handler may run twice for the same job, and the second run must
 * change nothing.
 */
export function createHandlers(options: HandlerOptions): Handlers {
  const { db, blockchain } = options;
  return {
    email: emailHandler(options),
    payout: async (job) => {
      await db.run(
        { operation: 'insert', table: 'payouts' },
        `INSERT INTO payouts (order_id, amount_cents)
         SELECT id, price_cents * 85 / 100 FROM orders WHERE id = $1 AND status = 'paid'
         ON CONFLICT DO NOTHING`,
        [field(job, 'orderId')],
      );
    },
    transcode: async (job) => {
      annotate({ 'track.id': field(job, 'trackId') });
      await db.run(
        { operation: 'update', table: 'tracks' },
        `UPDATE tracks SET status = 'ready' WHERE id = $1`,
        [field(job, 'trackId')],
      );
    },
    mint: async (job) => {
      // Calls totalSupply() of the collection to check that the contract exists.
      const call = { to: field(job, 'contract'), data: '0x18160ddd' };
      await blockchain.call('base', 'eth_call', [call, 'latest'], async () => undefined);
    },
  };
}

function emailHandler({ metrics, callOutside, emailUrl }: HandlerOptions): Handlers['email'] {
  const sent = metrics.of('email_sent_total');
  for (const type of emailTypes) {
    sent.zero({ type, status: 'success' });
    sent.zero({ type, status: 'failed' });
  }
  return async (job) => {
    const type = emailTypes.find((known) => known === job.payload['type']) ?? 'other';
    let status: 'success' | 'failed' = 'failed';
    try {
      await callOutside({
        service: 'email',
        url: `${emailUrl}/v1/messages`,
        body: { template: type, to: field(job, 'to') },
        // The same key for all attempts, so that only one e-mail is sent.
        headers: { 'idempotency-key': job.id },
      });
      status = 'success';
    } finally {
      sent.add({ type, status });
    }
  };
}

function field({ payload, queue }: Job, name: string): string {
  const value = payload[name];
  if (value === undefined) throw new Error(`a job of ${queue} has no ${name}`);
  return value;
}
