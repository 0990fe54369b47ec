import type { Log } from './log';
import type { Redis } from './redis';

/** Faults that the traffic generator can trigger in the application. */
export const incidents = ['none', 'errors', 'latency', 'ws-spike', 'stripe', 'studio'] as const;
export type Incident = (typeof incidents)[number];

const place = 'audifi:incident';

export const isIncident = (value: unknown): value is Incident =>
  incidents.some((known) => known === value);

/** Notifies all services. Services that start later read the key. */
export async function publishIncident(redis: Redis, kind: Incident): Promise<void> {
  await redis.set(place, kind);
  await redis.publish(place, kind);
}

/** The current incident. AudiFi's own services do not have this: leave it out of a copy. */
export function watchIncident(redis: Redis, subscriber: Redis, log: Log): () => Incident {
  let current: Incident = 'none';
  const follow = (value: unknown) => {
    const next = isIncident(value) ? value : 'none';
    if (next === current) return;
    current = next;
    log.warn(`Incident on purpose: ${current}`);
  };
  const subscribe = async () => {
    follow(await redis.get(place));
    await subscriber.subscribe(place, follow);
  };
  // The client renews the subscription after a reconnection, and the key is read again. Either
  // connection may be ready later than the other, so a failed attempt is repeated.
  let subscribed = false;
  let retry: NodeJS.Timeout | undefined;
  const catchUp = () => {
    clearTimeout(retry);
    const next = subscribed ? redis.get(place).then(follow) : subscribe();
    next.then(
      () => (subscribed = true),
      (error: unknown) => {
        log.debug('Cannot read the incident yet', { error });
        retry = setTimeout(catchUp, 500).unref();
      },
    );
  };
  subscriber.on('ready', catchUp);
  return () => current;
}
