import { createHmac } from 'node:crypto';
import { equal } from './tokens';

/** Seconds that a signed time may be away from ours; a recorded call is worth nothing later. */
export const tolerance = 300;

const hmac = (secret: string, time: number, body: string | Buffer): string =>
  createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');

/** Header `Stripe-Signature` of a body. */
export function signWebhook(secret: string, body: string, now = Date.now()): string {
  const time = Math.floor(now / 1000);
  return `t=${time},v1=${hmac(secret, time, body)}`;
}

/**
 * Is the body Stripe's, and recent? Stripe signs with several secrets while one is rolled, so any `v1` counts.
 * https://docs.stripe.com/webhooks?verify=verify-manually
 */
export function verifyWebhook(
  secret: string,
  header: string,
  body: string | Buffer,
  now = Date.now(),
): boolean {
  const parts = header.split(',').map((part) => part.trim().split('=', 2));
  const time = Number(parts.find(([name]) => name === 't')?.[1]);
  if (!Number.isInteger(time) || Math.abs(now / 1000 - time) > tolerance) return false;
  const expected = hmac(secret, time, body);
  return parts.some(([name, value = '']) => name === 'v1' && equal(value, expected));
}
