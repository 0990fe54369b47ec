import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import type { CheckSettings } from '../settings';
import { portOf } from '../units';
import type { Endpoint, External, Workload } from '../workload';
import { blackboxConfig, blackboxConfigPath } from './blackbox-config';

export interface BlackboxExporterArgs {
  readonly platform: Platform;
  readonly checks: readonly CheckSettings[];
  /** Port on the loopback interface for the exporter's own pages. @default none */
  readonly publish?: number;
}

const port = services['blackbox-exporter'].ports.http;

/**
 * Prometheus blackbox exporter: probes URLs over HTTP(S).
 *
 * Provisions one instance. It has two scrape jobs: its own metrics, and the probes
 * (`probe_success`, `probe_duration_seconds` in seconds, `probe_ssl_earliest_cert_expiry` as a Unix
 * time).
 *
 * Upstream: https://github.com/prometheus/blackbox_exporter
 */
export class BlackboxExporter extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: BlackboxExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:metrics:BlackboxExporter', name, {}, opts);
    this.endpoint = args.platform.deploy(blackboxWorkload(name, args), { parent: this });
    this.registerOutputs({ url: this.endpoint.url });
  }
}

export function blackboxWorkload(
  name: string,
  { checks, publish }: Pick<BlackboxExporterArgs, 'checks' | 'publish'>,
): Workload {
  return {
    name,
    image: images.blackboxExporter,
    args: [
      `--config.file=${blackboxConfigPath}`,
      `--web.listen-address=:${port}`,
      '--log.format=json',
    ],
    files: [{ path: blackboxConfigPath, content: blackboxConfig() }],
    ports: [{ name: 'http', number: port, publish }],
    readiness: { port: 'http', path: '/-/healthy' },
    liveness: { port: 'http', path: '/-/healthy' },
    resources: { memoryMiB: 64, cpus: 0.25 },
    user: { uid: 65534, gid: 65534 },
    connectsTo: checks.length === 0 ? [] : checked(checks.map(({ url }) => portOf(url))),
    stopSeconds: 5,
  };
}

/**
 * What checks of these ports connect to. A cluster answers for the address of a load balancer of
 * its own without leaving: at the pods of an ingress controller, which have other ports.
 */
function checked(urlPorts: readonly number[]): External[] {
  // A check follows redirects, mostly from http to https.
  const ports = [...new Set([80, 443, ...urlPorts])].sort((a, b) => a - b);
  return [
    { external: 'internet', ports },
    { external: 'pods', ports: 'all', peers: [{ pods: 'all' }] },
  ];
}
