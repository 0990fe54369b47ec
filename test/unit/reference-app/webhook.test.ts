import { describe, expect, it } from '@jest/globals';
import type { Call } from '../../../reference-app/src/api/routes';
import { webhookRoutes } from '../../../reference-app/src/api/webhooks';
import {
  signWebhook,
  tolerance,
  verifyWebhook,
} from '../../../reference-app/src/lib/webhook-signature';
import { fakeDatabase, logInto, metricsOf, valueOf } from './kit';

const secret = 'whsec_of_a_test';
const now = 1_700_000_000_000;

describe("the signature of Stripe's calls", () => {
  const body = '{"id":"evt_1"}';
  const signed = signWebhook(secret, body, now);

  it('is valid if Stripe created it, even next to one with an older secret', () => {
    expect(verifyWebhook(secret, signed, body, now)).toBe(true);
    const [time = '', v1 = ''] = signed.split(',');
    expect(verifyWebhook(secret, `${time},v1=${'0'.repeat(64)},${v1},v0=x`, body, now)).toBe(true);
  });

  const wrong: [string, string, string, number][] = [
    ['another secret', signWebhook('whsec_other', body, now), body, now],
    ['another body', signed, `${body} `, now],
    ['an old call that is played again', signed, body, now + (tolerance + 1) * 1000],
    ['a call from the future', signed, body, now - (tolerance + 1) * 1000],
    ['another time', signed.replace(/t=\d+/, `t=${now / 1000 + 1}`), body, now],
    ['no time', signed.replace(/t=\d+,/, ''), body, now],
    ['nothing', '', body, now],
    ['no signature', `t=${now / 1000}`, body, now],
    ['an empty signature', `t=${now / 1000},v1=`, body, now],
    ['v0 alone, which anybody can make', signed.replace('v1=', 'v0='), body, now],
  ];
  it.each(wrong)('is invalid with %s', (_, header, text, at) => {
    expect(verifyWebhook(secret, header, text, at)).toBe(false);
  });
});

describe('the webhook', () => {
  function receiver() {
    const metrics = metricsOf('api-server');
    const seen = new Set<unknown>();
    const paid: unknown[] = [];
    const jobs: string[] = [];
    const db = fakeDatabase((_, [eventId, , orderId]) => {
      const fresh = !seen.has(eventId);
      seen.add(eventId);
      if (fresh) paid.push(orderId);
      return [{ fresh }];
    });
    const enqueue = async (queue: string) => {
      jobs.push(queue);
      return 'job';
    };
    const [route] = webhookRoutes({ db, metrics, log: logInto([]), enqueue, secret });
    const send = (event: object, by = secret) => {
      const text = JSON.stringify(event);
      const headers = { 'stripe-signature': signWebhook(by, text) };
      const common = { params: {}, query: new URLSearchParams(), userId: '', requestId: 'req_1' };
      const call: Call = { ...common, headers, body: Buffer.from(text) };
      return route?.handle(call);
    };
    return { metrics, paid, jobs, send };
  }

  const event = {
    ...{ id: 'evt_1', type: 'checkout.session.completed' },
    data: { object: { client_reference_id: 'order_1' } },
  };

  it('marks an order as paid once, however often Stripe calls', async () => {
    const { metrics, paid, send } = receiver();
    expect(await send(event)).toEqual({ status: 200, body: { received: true, duplicate: false } });
    expect(await send(event)).toEqual({ status: 200, body: { received: true, duplicate: true } });
    expect(paid).toEqual(['order_1']);
    expect(await valueOf(metrics, 'stripe_webhooks_total', { status: 'success' })).toBe(2);
  });

  it.each([
    ['invalid_signature', 400, event, 'whsec_wrong'],
    ['unknown_event', 422, { ...event, type: 'charge.refunded' }, secret],
    ['processing_failed', 400, { ...event, data: {} }, secret],
  ])('counts %s and responds with %i', async (type, status, sent, by) => {
    const { metrics, paid, jobs, send } = receiver();
    await expect(send(sent, by)).rejects.toMatchObject({ status });
    expect(paid).toEqual([]);
    expect(jobs).toEqual([]);
    expect(await valueOf(metrics, 'stripe_webhook_errors_total', { type })).toBe(1);
    expect(await valueOf(metrics, 'stripe_webhooks_total', { status: 'error' })).toBe(1);
  });
});
