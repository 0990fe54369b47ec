import type { Settings } from '../settings';
import { portOf } from '../units';
import type { ConfigFile, External } from '../workload';
import type { OtlpTarget, RemoteWriteTarget, TargetSecret } from './targets-config';

/** The settings that concern forwarding. */
export type ForwardingSettings = Pick<Settings, 'forwarding' | TargetSecret>;

type Target = Pick<OtlpTarget | RemoteWriteTarget, 'name' | 'secret'>;

/** The secret files with the targets' keys. */
export function forwardingFiles<T extends Target>(
  settings: ForwardingSettings,
  targets: readonly T[],
  pathOf: (target: T) => string,
): ConfigFile[] {
  return targets.map((target) => {
    const content = settings[target.secret];
    // The checks of the settings have rejected a target without its key.
    if (content === undefined) throw new Error(`${target.secret} is missing`);
    return { path: pathOf(target), content, secret: true };
  });
}

/**
 * The network peers of a workload that sends to targets: any address at the targets' ports, or the
 * CIDR ranges of the settings.
 */
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
