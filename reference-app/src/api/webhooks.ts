import type { Database } from '../lib/database';
import { HttpError } from '../lib/http-error';
import { type Input, isObject, jsonObject, textField } from '../lib/input';
import type { Log } from '../lib/log';
import type { Metrics } from '../lib/metrics';
import { TimeoutError, within } from '../lib/time-limit';
import { inSpan } from '../lib/tracing';
import { verifyWebhook } from '../lib/webhook-signature';
import type { Call, Route } from './routes';
import type { Enqueue } from './tracks';

export interface WebhookOptions {
  readonly db: Database;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly enqueue: Enqueue;
  readonly secret: string;
}

type Failure = 'invalid_signature' | 'unknown_event' | 'processing_failed' | 'timeout';

/** Contract address of AudiFi's collection; a dummy here. */
const collection = '0x000000000000000000000000000000000000dEaD';

/** Stripe would wait longer, but a request that takes this long will not succeed. */
const timeoutMs = 8_000;

/**
 * Webhook calls of Stripe. Stripe repeats a call until it gets a 2xx, so each event is processed
 * once.
 */
export function webhookRoutes(options: WebhookOptions): Route[] {
  const { metrics } = options;
  const total = metrics.of('stripe_webhooks_total');
  const errors = metrics.of('stripe_webhook_errors_total');
  const handle = async (call: Call) => {
    try {
      const body = await receive(options, call);
      total.add({ status: 'success' });
      return { status: 200, body };
    } catch (error) {
      total.add({ status: 'error' });
      errors.add({ type: failureOf(error) });
      throw error;
    }
  };
  return [
    {
      ...{ method: 'POST', path: '/v1/webhooks/stripe', name: 'stripeWebhook', ownSpans: true },
      answers: ['200', '400', '422', '500', '504'],
      handle,
    },
  ];
}

async function receive(options: WebhookOptions, call: Call): Promise<unknown> {
  await inSpan('stripe.verify', {}, () => verify(options.secret, call));
  const event = jsonObject(call.body);
  const type = textField(event, 'type', 100);
  return inSpan('stripe.process', { attributes: { 'stripe.event.type': type } }, async () => {
    if (type !== 'checkout.session.completed') {
      throw new HttpError(422, 'unknown_event', 'an event that this endpoint does not process');
    }
    const paid = await within(timeoutMs, process(options, event, type));
    return { received: true, duplicate: !paid };
  });
}

function verify(secret: string, { headers, body }: Call): void {
  const header = headers['stripe-signature'];
  if (typeof header !== 'string' || !verifyWebhook(secret, header, body)) {
    throw new HttpError(400, 'invalid_signature', 'the signature is not valid');
  }
}

/**
 * Marks the order as paid, once. One statement changes event and order, so a failure leaves both
 * unchanged, and Stripe's next call repeats both. The payout job has the order's ID, so the worker
 * pays an order only once.
 */
async function process(
  { db, log, enqueue }: WebhookOptions,
  event: Input,
  type: string,
): Promise<boolean> {
  const object = isObject(event['data']) ? event['data']['object'] : undefined;
  if (!isObject(object)) throw new HttpError(400, 'invalid_request', 'the event has no object');
  const orderId = textField(object, 'client_reference_id', 100);
  const rows = await db.run<{ fresh: boolean }>(
    { operation: 'update', table: 'orders' },
    `WITH event AS (
       INSERT INTO stripe_events (id, type) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id
     ), paid AS (
       UPDATE orders SET status = 'paid', paid_at = now()
       WHERE id = $3 AND EXISTS (SELECT 1 FROM event) RETURNING id
     )
     SELECT EXISTS (SELECT 1 FROM event) AS fresh`,
    [textField(event, 'id', 100), type, orderId],
  );
  // Also for a repeated event, because its first attempt may have crashed between the statement and
  // these lines.
  await enqueue('payout', { orderId });
  await enqueue('mint', { contract: collection });
  const fresh = rows[0]?.fresh === true;
  if (fresh) log.info('Order paid', { event: 'order.paid' });
  return fresh;
}

function failureOf(error: unknown): Failure {
  if (error instanceof TimeoutError) return 'timeout';
  const code = error instanceof HttpError ? error.code : undefined;
  return code === 'invalid_signature' || code === 'unknown_event' ? code : 'processing_failed';
}
