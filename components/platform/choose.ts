import type { Settings } from '../settings';
import type { DockerPlatformArgs } from './docker';
import type { KubernetesPlatformArgs } from './kubernetes';
import type { Platform } from './platform';
import { probeOverHttp } from './readiness';
import { assertKubectl, openTunnel } from './tunnel';

/**
 * Transforms for options that a workload cannot express. Each is a function of a name and the
 * container or pod, in the types of the platform's SDK. The result is deployed.
 *
 * @example
 *   choosePlatform(settings, { pod: (_, pod) => ({ ...pod, priorityClassName: 'monitoring' }) })
 */
export interface Transforms {
  /** Docker: applied to each container, with its DNS name. @default none */
  readonly container?: DockerPlatformArgs['transform'];
  /** Kubernetes: applied to each workload's pod, with the workload's name. @default none */
  readonly pod?: KubernetesPlatformArgs['transform'];
}

/** The settings that decide about the platform. */
type ChosenBy = Pick<Settings, 'stack' | 'platform' | 'network' | 'kubernetes'> & {
  readonly logs: Pick<Settings['logs'], 'dockerRoot'>;
  readonly grafana: Pick<Settings['grafana'], 'enabled' | 'apiUrl'>;
};

/**
 * The configured platform. Loads only the SDK of that platform.
 *
 * @param transforms changes for this installation; given in index.ts
 */
export async function choosePlatform(
  settings: ChosenBy,
  transforms: Transforms = {},
): Promise<Platform> {
  const { stack } = settings;
  if (settings.platform === 'kubernetes') {
    const { KubernetesPlatform } = await import('./kubernetes');
    const { appNamespace: _, stateMetrics: __, ...kubernetes } = settings.kubernetes;
    // Only Grafana's contents need a tunnel, and not if it has another address.
    if (settings.grafana.enabled && settings.grafana.apiUrl === undefined) assertKubectl();
    const args = { stack, ...kubernetes, openTunnel, transform: transforms.pod };
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
