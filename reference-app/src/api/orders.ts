import { randomUUID } from 'node:crypto';
import type { Database } from '../lib/database';
import { notFound } from '../lib/http-error';
import { integerField, jsonObject } from '../lib/input';
import { annotate } from '../lib/tracing';
import type { Stripe } from './stripe';
import type { Route } from './routes';

/**
 * Buys a track: creates an order here and a checkout at Stripe, whose webhook later reports the
 * payment.
 */
export function orderRoutes(db: Database, stripe: Stripe): Route[] {
  return [
    {
      ...{ method: 'POST', path: '/v1/orders', name: 'createOrder', auth: 'required' },
      answers: ['201', '400', '401', '404', '500', '502', '504'],
      handle: async ({ body, userId }) => {
        const trackId = integerField(jsonObject(body), 'track_id', 1, 1e12);
        annotate({ 'track.id': trackId });
        const id = `order_${randomUUID()}`;
        // One statement, so that price and existence are consistent.
        const [order] = await db.run<{ price_cents: number }>(
          { operation: 'insert', table: 'orders' },
          `INSERT INTO orders (id, buyer_id, track_id, price_cents)
           SELECT $1, $2, id, price_cents FROM tracks WHERE id = $3 RETURNING price_cents`,
          [id, userId, trackId],
        );
        if (order === undefined) throw notFound('the track');
        const checkout = await stripe.createCheckout(id, order.price_cents);
        await db.run(
          { operation: 'update', table: 'orders' },
          'UPDATE orders SET checkout_id = $2 WHERE id = $1',
          [id, checkout.id],
        );
        return { status: 201, body: { id, status: 'pending', checkout_url: checkout.url } };
      },
    },
  ];
}
