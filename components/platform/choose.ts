import type { Settings } from '../settings';
import type { Platform } from './platform';
import { probeOverHttp } from './readiness';

/** The platform that the settings name; only its own SDK is loaded, the other one costs nothing. */
export async function choosePlatform(settings: Settings): Promise<Platform> {
  const { stack } = settings;
  if (settings.platform === 'kubernetes') {
    const { KubernetesPlatform } = await import('./kubernetes');
    const { appNamespace: _, ...kubernetes } = settings.kubernetes;
    return new KubernetesPlatform('kubernetes', { stack, ...kubernetes });
  }
  const { DockerPlatform } = await import('./docker');
  return new DockerPlatform('docker', {
    stack,
    joinNetwork: settings.network,
    waitUntilReady: probeOverHttp,
  });
}
