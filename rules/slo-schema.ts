import { z } from 'zod';
import { metrics } from '../telemetry';

/**
 * Share of good events. Above the maximum, a month of traffic allows hardly any bad event. Below
 * the minimum, the objective is meaningless.
 */
const objective = (normal: number, what: string) =>
  z
    .number({ error: 'is not a number' })
    .min(0.5, { error: 'is less than 0.5' })
    .max(0.99999, { error: 'is more than 0.99999' })
    .default(normal)
    .meta({
      description: `Share of ${what}, over slo.windowDays (0.5 to 0.99999)`,
      example: String(normal),
    });

const minBadEvents = (normal: number) =>
  z
    .int({ error: 'is not a whole number' })
    .min(1, { error: 'is less than 1' })
    .max(100_000, { error: 'is more than 100000' })
    .default(normal)
    .meta({
      description:
        'Minimum number of bad events in the long window of an alert. With fewer, it does not fire, whatever their share (1 to 100000)',
      example: String(normal),
    });

const enabled = z
  .boolean({ error: 'is not true or false' })
  .default(true)
  .meta({ description: 'Record this objective and alert on it.', example: 'false' });

const slo = (share: number, what: string, bad: number) =>
  z
    .strictObject({ enabled, objective: objective(share, what), minBadEvents: minBadEvents(bad) })
    .prefault({});

/** Buckets of the API's histogram. Faster requests can only be counted at these bounds. */
export const latencyBounds: readonly number[] = metrics.http_request_duration_seconds.buckets ?? [];

/**
 * Objectives of AudiFi's services, in the group `slo`. The specification sets none; these are a
 * proposal (docs/slo.md).
 */
export const sloSchema = z
  .strictObject({
    windowDays: z
      .int({ error: 'is not a whole number' })
      .min(28, { error: 'is less than 28' })
      .max(92, { error: 'is more than 92' })
      .default(30)
      .meta({
        description:
          'Days over which an error budget is counted. With fewer than 28, the slowest alert would fire more than 7 % below the rate that the budget allows (28 to 92)',
        example: '28',
      }),
    apiAvailability: slo(0.999, 'API requests that are not answered with 5xx', 10),
    apiLatency: z
      .strictObject({
        enabled,
        objective: objective(0.99, 'API requests that are answered within `seconds`'),
        seconds: z
          .number({ error: 'is not a number' })
          .refine((seconds) => latencyBounds.includes(seconds), {
            error: `is not a bucket of the latency histogram (${latencyBounds.join(', ')})`,
          })
          .default(1)
          .meta({
            description: `Seconds within which a request counts as good: a bucket of http_request_duration_seconds (${latencyBounds.join(', ')})`,
            example: '1',
          }),
        minBadEvents: minBadEvents(20),
      })
      .prefault({}),
    webSocketDelivery: slo(
      0.99,
      'WebSocket connections that end without an error, except those that a restart of the server ends',
      10,
    ),
    stripeWebhooks: slo(0.99, "Stripe's webhook calls that are processed", 3),
    login: slo(0.99, 'OAuth logins that succeed, except those that the user denies', 5),
    uptime: slo(0.999, 'uptime checks that succeed', 3),
  })
  .prefault({});

export type SloSettings = z.output<typeof sloSchema>;
/** The settings of one objective. */
export type SloKey = Exclude<keyof SloSettings, 'windowDays'>;

/** The proposed objectives. */
export const defaultSlos: SloSettings = sloSchema.parse({});
