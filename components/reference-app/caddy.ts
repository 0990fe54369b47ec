import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { address, type Endpoint, type Workload } from '../workload';
import { caddyConfig, caddyPaths, caddyPorts } from './caddy-config';

export interface CaddyArgs {
  readonly platform: Platform;
  readonly api: Endpoint;
  readonly studio: Endpoint;
  /** Port on the machine's loopback interface. */
  readonly publish: number;
}

/**
 * Caddy: reverse proxy of the reference application for its API and WebSocket servers.
 *
 * Provisions one instance without an admin API. Each request is a line of JSON on standard output;
 * metrics are on port 2019, which serves nothing else.
 *
 * Upstream: https://caddyserver.com/docs/
 */
export class Caddy extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: CaddyArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:referenceApp:Caddy', name, {}, opts);
    this.endpoint = args.platform.deploy(caddyWorkload(name, args), { parent: this });
    this.registerOutputs({ url: this.endpoint.url });
  }
}

export function caddyWorkload(
  name: string,
  { api, studio, publish }: Pick<CaddyArgs, 'api' | 'studio' | 'publish'>,
): Workload {
  const text = caddyConfig({ api: address(api, 'http'), studio: address(studio, 'http') });
  return {
    name,
    image: images.caddy,
    command: ['caddy', 'run', '--config', caddyPaths.config, '--adapter', 'caddyfile'],
    env: { XDG_CONFIG_HOME: caddyPaths.scratch, XDG_DATA_HOME: caddyPaths.scratch },
    files: [{ path: caddyPaths.config, content: text }],
    scratch: [caddyPaths.scratch],
    ports: [
      { name: 'http', number: caddyPorts.web, publish },
      { name: 'metrics', number: caddyPorts.metrics },
    ],
    readiness: { port: 'metrics', path: '/metrics' },
    resources: { memoryMiB: 128, cpus: 0.5 },
    user: { uid: 65534, gid: 65534 },
    // The binary has this file capability, and does not start without it.
    capabilities: ['NET_BIND_SERVICE'],
    connectsTo: [api, studio],
    stopSeconds: 15,
  };
}
