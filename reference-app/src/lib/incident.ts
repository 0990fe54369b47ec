import type { Log } from './log';
import type { Redis } from './redis';

/** What the traffic generator can make the application do wrong on purpose. */
export const incidents = ['none', 'errors', 'latency', 'ws-spike', 'stripe', 'studio'] as const;
export type Incident = (typeof incidents)[number];

const place = 'audifi:incident';

export const isIncident = (value: unknown): value is Incident =>
  incidents.some((known) => known === value);

/** Tells every service; a service that starts later reads the key. */
export async function publishIncident(redis: Redis, kind: Incident): Promise<void> {
  await redis.set(place, kind);
  await redis.publish(place, kind);
}

/** The incident that is played now. AudiFi's own services have nothing of this: leave it out of a copy. */
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
  // A subscription lasts over reconnections; the value of the key is read again after each. Either connection may
  // be the later one to be ready, so what fails is tried again.
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
