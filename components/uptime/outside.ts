import type { Settings } from '../settings';
import type { BetterStack } from './better-stack';

/**
 * The monitors outside the stack, if a token is set. Their code is loaded only then, because Pulumi
 * reads the source of a dynamic provider with the slow TypeScript compiler.
 */
export async function monitorsOutside(settings: Settings): Promise<BetterStack | undefined> {
  const { betterStackToken: token, heartbeatUrl } = settings;
  if (token === undefined) return undefined;
  const { BetterStack } = await import('./better-stack');
  return new BetterStack('uptime', { settings, token, heartbeat: heartbeatUrl === undefined });
}
