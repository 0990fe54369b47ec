import { createHmac } from 'node:crypto';
import { equal } from './tokens';

/** Maximum age of a signature in seconds, so that recorded calls cannot be replayed. */
export const tolerance = 300;

const hmac = (secret: string, time: number, body: string | Buffer): string =>
  createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');

/** Header `Stripe-Signature` for a body. */
export function signWebhook(secret: string, body: string, now = Date.now()): string {
  const time = Math.floor(now / 1000);
  return `t=${time},v1=${hmac(secret, time, body)}`;
}

/**
 * Whether the body was signed by Stripe recently. Stripe signs with several secrets during a
 * rotation, so any `v1` is sufficient. See https://docs.stripe.com/webhooks?verify=verify-manually
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
