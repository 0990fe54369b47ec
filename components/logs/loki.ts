import * as pulumi from '@pulumi/pulumi';
import { cloudMetadata } from '../cloud-metadata';
import { images } from '../images';
import type { ForwardingSettings } from '../forwarding/connections';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import type { Settings } from '../settings';
import { volumeMiB } from '../settings/budgets';
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
  | ('environment' | 'stack' | 'alerts' | 'loki' | 'logs' | 'lokiS3AccessKey' | 'lokiS3SecretKey')
  | 'budgets'
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
 * Provisions instances with all components in one process, their configuration, the log alerts,
 * and a volume (kept through replacement and `destroy`). The volume holds the write-ahead log and,
 * without a bucket, chunks and index. A line is acknowledged when it is in the write-ahead log.
 * Lines older than a week are rejected and counted. Loki has no authentication: anyone who can
 * reach it can read and write all lines. So it listens only on the loopback interface and on the
 * stack's network.
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

export type LokiWorkloadArgs = Omit<LokiArgs, 'platform'> & {
  readonly platform: Pick<Platform, 'instanceHosts' | 'instanceAddress'>;
};

export function lokiWorkload(
  name: string,
  { settings, rules, alertmanager, platform }: LokiWorkloadArgs,
): Workload {
  const { loki, logs, environment, stack } = settings;
  const { replicas } = loki;
  const memoryMiB = sizeMiB(loki.memory) ?? 0;
  const address = replicas === 1 ? undefined : platform.instanceAddress;
  return {
    name,
    image: images.loki,
    args: [
      `-config.file=${lokiPaths.config}`,
      ...(address === undefined ? [] : ['-config.expand-env=true']),
    ],
    env: {
      ...(address === undefined ? {} : { [memberAddress]: address }),
      GOMEMLIMIT: goMemoryLimit(memoryMiB),
      ...(usesKeys(settings) ? { AWS_SHARED_CREDENTIALS_FILE: lokiPaths.credentials } : {}),
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
          ...(replicas === 1
            ? {}
            : {
                cluster: {
                  label: stack,
                  members: platform.instanceHosts({ name, replicas }),
                  ...(address !== undefined && { address: `\${${memberAddress}}` }),
                },
              }),
        }),
      },
      ...Object.entries(rules).map(([file, content]) => ({
        path: `${lokiPaths.rules}/${lokiPaths.tenant}/${file}`,
        content,
      })),
      ...credentials(settings),
    ],
    volumes: [{ name: 'data', path: lokiPaths.data, sizeMiB: volumeMiB('loki', settings) }],
    scratch: ['/tmp'],
    ports: [
      { name: 'http', number: lokiPort, publish: loki.port },
      ...(replicas === 1
        ? []
        : [
            { name: 'grpc', number: services.loki.ports.grpc, membersOnly: true },
            { name: 'members', number: services.loki.ports.members, membersOnly: true },
          ]),
    ],
    replicas,
    clusterPorts: replicas === 1 ? [] : ['grpc', 'members'],
    // An instance is ready only after it has found the others.
    publishNotReadyAddresses: true,
    // Loki replays its write-ahead log before it becomes ready, which can take long.
    readiness: { port: 'http', path: '/ready', deadlineSeconds: 300 },
    liveness: { port: 'http', path: '/loki/api/v1/status/buildinfo' },
    resources: { memoryMiB, cpus: loki.cpus },
    user: { uid: 10001, gid: 10001 },
    connectsTo: connections(settings, alertmanager),
    ...(usesIdentity(settings)
      ? { serviceAccount: { annotations: loki.serviceAccountAnnotations } }
      : {}),
    // Several instances also write their chunks to the bucket.
    stopSeconds: replicas === 1 ? 60 : 300,
  };
}

/** Environment variable with the address of an instance. */
const memberAddress = 'MEMBER_ADDRESS';

/** See https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html */
function credentials(settings: LogsSettings): ConfigFile[] {
  if (!usesKeys(settings)) return [];
  const { lokiS3AccessKey: id, lokiS3SecretKey: secret } = settings;
  const content = pulumi.interpolate`[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
  return [{ path: lokiPaths.credentials, content, secret: true }];
}

const usesKeys = ({ loki, lokiS3AccessKey, lokiS3SecretKey }: LogsSettings): boolean =>
  loki.s3 !== undefined && lokiS3AccessKey !== undefined && lokiS3SecretKey !== undefined;

/** A bucket without keys is opened with the identity of the pod or the machine. */
const usesIdentity = (settings: LogsSettings): boolean =>
  settings.loki.s3 !== undefined && !usesKeys(settings);

function connections(settings: LogsSettings, alertmanager: Endpoint | undefined): Connection[] {
  const { loki } = settings;
  const talksTo: Connection[] = alertmanager === undefined ? [] : [alertmanager];
  if (loki.s3 === undefined) return talksTo;
  const port = portOf(loki.s3.endpoint ?? 'https://s3.amazonaws.com');
  // Tokens of an identity come from the metadata server, or by HTTPS from the cloud.
  const ports = usesIdentity(settings) ? [...new Set([443, port])] : [port];
  return [
    ...talksTo,
    { external: 'internet', ports },
    ...(usesIdentity(settings) ? [cloudMetadata] : []),
  ];
}
