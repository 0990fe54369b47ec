import { isObject } from '../lib/input';
import type { Metrics } from '../lib/metrics';
import { type CallOutside, OutsideError } from '../lib/outside-call';

export interface Checkout {
  readonly id: string;
  readonly url: string;
}

export interface Stripe {
  /** Starts a checkout for an order; amount in cents. */
  readonly createCheckout: (orderId: string, amount: number) => Promise<Checkout>;
}

/** The used part of Stripe's API. See https://docs.stripe.com/api/checkout/sessions/create */
export function createStripe(url: string, metrics: Metrics, callOutside: CallOutside): Stripe {
  const endpoint = 'checkout_session';
  const requests = metrics.of('stripe_api_requests_total');
  const seconds = metrics.of('stripe_api_latency_seconds');
  requests.zero({ endpoint, status: 'success' });
  requests.zero({ endpoint, status: 'error' });
  return {
    createCheckout: async (orderId, amount) => {
      const start = performance.now();
      let status: 'success' | 'error' = 'error';
      try {
        const { body } = await callOutside({
          service: 'stripe',
          url: `${url}/v1/checkout/sessions`,
          body: { client_reference_id: orderId, amount_total: amount, currency: 'usd' },
          headers: { 'idempotency-key': orderId },
        });
        const checkout = read(body);
        status = 'success';
        return checkout;
      } finally {
        requests.add({ endpoint, status });
        seconds.observe((performance.now() - start) / 1000);
      }
    },
  };
}

function read(body: unknown): Checkout {
  if (isObject(body) && typeof body['id'] === 'string' && typeof body['url'] === 'string') {
    return { id: body['id'], url: body['url'] };
  }
  throw new OutsideError('stripe', 'other');
}
