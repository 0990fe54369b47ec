import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { ForwardingSettings } from '../forwarding/connections';
import type { Platform } from '../platform/platform';
import type { Settings } from '../settings';
import { goMemoryLimit, portOf, sizeMiB } from '../units';
import {
  addresses,
  type ConfigFile,
  type Connection,
  type Endpoint,
  type Workload,
} from '../workload';
import { lokiConfig, lokiPaths, lokiPort } from './loki-config';

/** The settings that concern logs. */
export type LogsSettings = Pick<
  Settings,
  'environment' | 'stack' | 'alerts' | 'loki' | 'logs' | 'lokiS3AccessKey' | 'lokiS3SecretKey'
> &
  ForwardingSettings;

export interface LokiArgs {
  readonly platform: Platform;
  readonly settings: LogsSettings;
  /** Rule files of the ruler, by file name. */
  readonly rules: Readonly<Record<string, string>>;
  /** Receives the log alerts. @default log alerts are not sent */
  readonly alertmanager?: Endpoint;
}

/**
 * Loki 3.7: stores log lines with a retention per level, and answers LogQL queries.
 *
 * Provisions one instance with all components in one process, its configuration, the log alerts,
 * and a volume (kept through replacement and `destroy`). The volume holds the write-ahead log and,
 * without a bucket, chunks and index. A line is acknowledged when it is in the write-ahead log.
 * Lines older than a week are rejected and counted. Loki has no authentication: anybody who reaches
 * it may read and write all lines. So it only listens on the loopback interface and in the stack's
 * network.
 *
 * Upstream: https://grafana.com/docs/loki/latest/
 */
export class Loki extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: LokiArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:logs:Loki', name, {}, opts);
    this.endpoint = args.platform.deploy(lokiWorkload(name, args), { parent: this });
    this.registerOutputs({ url: this.endpoint.url });
  }
}

/** The workload of Loki. */
export function lokiWorkload(
  name: string,
  { settings, rules, alertmanager }: Omit<LokiArgs, 'platform'>,
): Workload {
  const { loki, logs, environment, stack } = settings;
  const memoryMiB = sizeMiB(loki.memory) ?? 0;
  return {
    name,
    image: images.loki,
    args: [`-config.file=${lokiPaths.config}`],
    env: {
      GOMEMLIMIT: goMemoryLimit(memoryMiB),
      ...(loki.s3 === undefined ? {} : { AWS_SHARED_CREDENTIALS_FILE: lokiPaths.credentials }),
    },
    files: [
      {
        path: lokiPaths.config,
        content: lokiConfig({
          loki,
          retention: logs.retention,
          externalLabels: { env: environment, stack },
          grafanaUrl: settings.alerts.dashboardBase.replace(/\/$/, ''),
          alertmanagerUrls:
            alertmanager && addresses(alertmanager, 'http').map((host) => `http://${host}`),
        }),
      },
      ...Object.entries(rules).map(([file, content]) => ({
        path: `${lokiPaths.rules}/${lokiPaths.tenant}/${file}`,
        content,
      })),
      ...credentials(settings),
    ],
    volumes: [{ name: 'data', path: lokiPaths.data, sizeMiB: sizeMiB(loki.storage) ?? 0 }],
    scratch: ['/tmp'],
    ports: [{ name: 'http', number: lokiPort, publish: loki.port }],
    // Loki replays its write-ahead log before it becomes ready, which can take long.
    readiness: { port: 'http', path: '/ready', deadlineSeconds: 300 },
    liveness: { port: 'http', path: '/loki/api/v1/status/buildinfo' },
    resources: { memoryMiB, cpus: loki.cpus },
    user: { uid: 10001, gid: 10001 },
    connectsTo: connections(settings, alertmanager),
    stopSeconds: 60,
  };
}

/** See https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html */
function credentials({ loki, lokiS3AccessKey, lokiS3SecretKey }: LogsSettings): ConfigFile[] {
  if (loki.s3 === undefined) return [];
  const content =
    lokiS3AccessKey === undefined || lokiS3SecretKey === undefined
      ? ''
      : pulumi.interpolate`[default]\naws_access_key_id = ${lokiS3AccessKey}\naws_secret_access_key = ${lokiS3SecretKey}\n`;
  return [{ path: lokiPaths.credentials, content, secret: true }];
}

function connections({ loki }: LogsSettings, alertmanager: Endpoint | undefined): Connection[] {
  const talksTo: Connection[] = alertmanager === undefined ? [] : [alertmanager];
  if (loki.s3 === undefined) return talksTo;
  const port = portOf(loki.s3.endpoint ?? 'https://s3.amazonaws.com');
  return [...talksTo, { external: 'internet', ports: [port] }];
}
