import type { Settings } from '../settings';
import type { DockerPlatformArgs } from './docker';
import type { KubernetesPlatformArgs } from './kubernetes';
import type { Platform } from './platform';
import { probeOverHttp } from './readiness';

/**
 * The last word on what runs a workload, for what the workload cannot say. Each is a function of a
 * name and what would run under it, in the types of the platform's own SDK; its result runs.
 *
 * @example
 *   choosePlatform(settings, { pod: (_, pod) => ({ ...pod, priorityClassName: 'monitoring' }) })
 */
export interface Transforms {
  /** Docker: of each container, by its name in the network. @default none */
  readonly container?: DockerPlatformArgs['transform'];
  /** Kubernetes: of each workload's pod, by the workload's name. @default none */
  readonly pod?: KubernetesPlatformArgs['transform'];
}

/**
 * The platform that the settings name; only its own SDK is loaded, the other one costs nothing.
 *
 * @param transforms what this installation does otherwise; given in index.ts
 */
export async function choosePlatform(
  settings: Pick<Settings, 'stack' | 'platform' | 'network' | 'kubernetes'> & {
    readonly logs: Pick<Settings['logs'], 'dockerRoot'>;
  },
  transforms: Transforms = {},
): Promise<Platform> {
  const { stack } = settings;
  if (settings.platform === 'kubernetes') {
    const { KubernetesPlatform } = await import('./kubernetes');
    const { appNamespace: _, ...kubernetes } = settings.kubernetes;
    const args = { stack, ...kubernetes, transform: transforms.pod };
    return new KubernetesPlatform('kubernetes', args);
  }
  const { DockerPlatform } = await import('./docker');
  return new DockerPlatform('docker', {
    stack,
    joinNetwork: settings.network,
    dockerRoot: settings.logs.dockerRoot,
    waitUntilReady: probeOverHttp,
    transform: transforms.container,
  });
}
