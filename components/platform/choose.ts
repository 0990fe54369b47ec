import type * as pulumi from '@pulumi/pulumi';
import { networkNames } from '../deployment';
import type { Settings } from '../settings';
import { registered } from '../start-up';
import type { DockerPlatformArgs } from './docker';
import type { KubernetesPlatformArgs } from './kubernetes-args';
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

/**
 * Creates the configured platform: loads only its SDK, and starts its provider.
 *
 * Throws one error, before anything is provisioned, if the cluster cannot run the stack.
 *
 * @param transforms changes for this installation; given in index.ts
 */
export async function choosePlatform(
  settings: Settings,
  transforms: Transforms = {},
): Promise<Platform> {
  const { stack } = settings;
  if (settings.platform === 'kubernetes') {
    const { checkCluster } = await import('./cluster-check');
    const [existing, { KubernetesPlatform }] = await Promise.all([
      checkCluster(settings),
      import('./kubernetes'),
    ]);
    const { appNamespace: _, stateMetrics: __, ...kubernetes } = settings.kubernetes;
    // Only provisioning Grafana needs a tunnel, unless its API has another address.
    if (settings.grafana.enabled && settings.grafana.apiUrl === undefined) assertKubectl();
    const args = { stack, ...kubernetes, existing, openTunnel, transform: transforms.pod };
    return started(new KubernetesPlatform('kubernetes', args));
  }
  const [{ DockerPlatform }, { assertEngineHere }] = await Promise.all([
    import('./docker'),
    import('./docker-engine'),
  ]);
  assertEngineHere();
  const platform = new DockerPlatform('docker', {
    stack,
    joinNetwork: settings.network,
    services: networkNames(settings),
    dockerRoot: settings.logs.dockerRoot,
    waitUntilReady: probeOverHttp,
    transform: transforms.container,
  });
  return started(platform);
}

async function started<P extends Platform & pulumi.Resource>(platform: P): Promise<P> {
  await registered(platform);
  return platform;
}
