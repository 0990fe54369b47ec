import type { Settings } from '../settings';
import { portOf } from '../units';
import type { ConfigFile, External } from '../workload';
import type { OtlpTarget, RemoteWriteTarget, TargetSecret } from './targets-config';

/** What of the settings is about forwarding. */
export type ForwardingSettings = Pick<Settings, 'forwarding' | TargetSecret>;

type Target = Pick<OtlpTarget | RemoteWriteTarget, 'name' | 'secret'>;

/** The keys of targets, each a file that is secret. */
export function forwardingFiles<T extends Target>(
  settings: ForwardingSettings,
  targets: readonly T[],
  pathOf: (target: T) => string,
): ConfigFile[] {
  return targets.map((target) => {
    const content = settings[target.secret];
    // The settings' checks have refused a target without its key.
    if (content === undefined) throw new Error(`${target.secret} is missing`);
    return { path: pathOf(target), content, secret: true };
  });
}

/** Whom a workload connects to for its targets: anywhere at their ports, or the ranges that the settings name. */
export function forwardingPeers(
  { cidrs }: Settings['forwarding'],
  targets: readonly (
    Pick<OtlpTarget, 'name' | 'endpoint'> | Pick<RemoteWriteTarget, 'name' | 'url'>
  )[],
): External[] {
  return targets.map((target) => ({
    external: target.name,
    ports: [portOf('url' in target ? target.url : target.endpoint)],
    ...(cidrs === undefined ? {} : { peers: cidrs.map((cidr) => ({ cidr })) }),
  }));
}
