import { eventsOf, type Place } from './cluster-objects';

/** An event with the reason `FailedCreate`: a controller could not create a pod. */
export interface FailedCreate {
  readonly involvedObject: { readonly kind: string; readonly name: string };
  readonly message?: string;
  /** Null for an event of the newer API, which has `eventTime` instead. */
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/** Why the API server last refused a pod of a controller, by `<kind>/<name>`. */
export type Denials = ReadonlyMap<string, string>;

/**
 * Why the API server refuses pods: a quota, Pod Security, or an admission webhook. Only Deployments
 * say so in their status. Throws an OperatorError with what kubectl said.
 *
 * @param since ignores older events, in milliseconds of Unix time
 */
export async function denialsOf(place: Place, env: NodeJS.ProcessEnv, since = 0): Promise<Denials> {
  return newestDenials(await eventsOf<FailedCreate>('FailedCreate', place, env), since);
}

/** The newest of each controller. */
export function newestDenials(events: readonly FailedCreate[], since = 0): Denials {
  const time = ({ lastTimestamp, eventTime }: FailedCreate): number =>
    Date.parse(lastTimestamp ?? eventTime ?? '') || 0;
  return new Map(
    events
      .filter((event) => time(event) >= since)
      .sort((a, b) => time(a) - time(b))
      .map(({ involvedObject: { kind, name }, message = '' }) => [
        `${kind}/${name}`,
        // "create Pod loki-0 in StatefulSet loki failed error: pods … is forbidden: …"
        message.replace(/^.*?(?:failed error|Error creating): /s, ''),
      ]),
  );
}
