import { serveProvider } from '../provider';
import { container } from './container';
import { text, useHost } from './daemon';
import { getNetwork, network } from './network';
import { string } from './properties';
import { remoteImage } from './image';
import type { Provider } from '../resource';
import { volume } from './volume';

/**
 * A stand-in for pulumi-resource-docker. It creates real resources in the real daemon, but is not
 * the released provider.
 */
export const dockerProvider: Provider = {
  name: 'docker',
  version: '5.2.0',
  config: { host: string, version: string, pluginDownloadURL: string },
  resources: {
    'docker:index/container:Container': container,
    'docker:index/network:Network': network,
    'docker:index/remoteImage:RemoteImage': remoteImage,
    'docker:index/volume:Volume': volume,
  },
  functions: { 'docker:index/getNetwork:getNetwork': getNetwork },
  configure: (config) => useHost(text(config, 'host')),
};

if (require.main === module) serveProvider(dockerProvider);
