import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import { durationSeconds, portOf, sizeMiB } from '../units';
import {
  type ConfigFile,
  type Connection,
  type Endpoint,
  instanceName,
  type Workload,
} from '../workload';
import { alertmanagerConfig, type Inhibition, paths } from './alertmanager-config';
import { secretFiles } from './alertmanager-config-receivers';
import { peerTimeoutSeconds } from './settings-schema';
import { type AlertingSettings, type Channels, delivery } from './channels';

export interface AlertmanagerArgs {
  readonly platform: Platform;
  readonly settings: AlertingSettings;
  readonly channels: Channels;
  /** Inhibition rules, from rules/. @default none */
  readonly inhibitions?: readonly Inhibition[];
}

const { http: port, cluster: clusterPort } = services.alertmanager.ports;

/**
 * Alertmanager 0.34: groups, inhibits and delivers the alerts of Prometheus and Loki.
 *
 * Provisions `alertmanager.replicas` instances with their configuration, message templates, secrets
 * as files, and a volume for silences and the notification log (survives replacement and
 * `destroy`). Critical alerts go to PagerDuty, warning and info alerts to their Slack channels, the
 * Watchdog to the heartbeat. Without any receiver, alerts show only in Alertmanager, and the output
 * `delivery` says so.
 *
 * Alertmanager retries a failed notification while its alert fires. After a start it sends nothing
 * for `alertmanager.startDelay`, so that an inhibited alert is not sent before its inhibiting alert
 * has arrived again: Prometheus sends each alert once in a little more than a minute.
 *
 * Several instances form a gossip cluster. Prometheus and Loki send each alert to all of them, and
 * each waits for its turn: the second one sends 10 s later, unless it hears that the first has
 * sent. Delivery is at least once: if the instances cannot reach each other, each of them notifies.
 *
 * Upstream: https://prometheus.io/docs/alerting/latest/alertmanager/
 */
export class Alertmanager extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** Where alerts of each severity go, in words. */
  readonly delivery: Readonly<Record<string, string>>;

  constructor(name: string, args: AlertmanagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:alerting:Alertmanager', name, {}, opts);
    this.endpoint = args.platform.deploy(alertmanagerWorkload(name, args), { parent: this });
    this.delivery = delivery(args.channels);
    this.registerOutputs({ url: this.endpoint.url, delivery: this.delivery });
  }
}

export type AlertmanagerWorkloadArgs = Omit<AlertmanagerArgs, 'platform'> & {
  readonly platform: Pick<Platform, 'instanceHosts' | 'instanceAddress'>;
};

export function alertmanagerWorkload(name: string, args: AlertmanagerWorkloadArgs): Workload {
  const { alertmanager } = args.settings;
  return {
    name,
    image: images.alertmanager,
    args: [
      `--config.file=${paths.config}`,
      `--storage.path=${paths.data}`,
      `--data.retention=${goDuration(alertmanager.retention)}`,
      // Silences and the notification log are written to disk at this interval, which is all that a
      // crash can lose. The files are small.
      '--data.maintenance-interval=10s',
      `--dispatch.start-delay=${goDuration(alertmanager.startDelay)}`,
      `--web.listen-address=:${port}`,
      `--web.external-url=${externalUrl(args.settings)}`,
      // The path of the external URL is only for links. Requests inside the network do not have it.
      '--web.route-prefix=/',
      ...cluster(name, args),
      // Audit log of silences, needed in incident reviews.
      '--log.silences',
      // make drill and make alert-review read the events. AlertmanagerNotificationsFailing needs
      // the receivers, because two of them use Slack.
      '--enable-feature=event-recorder,receiver-name-in-metrics',
      '--log.format=json',
    ],
    files: [
      { path: paths.config, content: configText(args) },
      ...Object.entries(messageTemplates()).map(([file, content]) => ({
        path: `${paths.folder}/templates/${file}`,
        content,
      })),
      ...secrets(args.channels).map((file) => ({ ...file, path: `${paths.folder}/${file.path}` })),
    ],
    volumes: [{ name: 'data', path: paths.data, sizeMiB: sizeMiB(alertmanager.storage) ?? 0 }],
    ports: [
      { name: 'http', number: port, publish: alertmanager.port },
      ...(alertmanager.replicas === 1
        ? []
        : [{ name: 'cluster', number: clusterPort, udp: true, membersOnly: true }]),
    ],
    replicas: alertmanager.replicas,
    clusterPorts: alertmanager.replicas === 1 ? [] : ['cluster'],
    // The first instance of a new cluster must find the others before any of them is ready.
    publishNotReadyAddresses: true,
    readiness: { port: 'http', path: '/-/ready' },
    liveness: { port: 'http', path: '/-/healthy' },
    resources: { memoryMiB: sizeMiB(alertmanager.memory) ?? 0, cpus: 0.25 },
    user: { uid: 65534, gid: 65534 },
    connectsTo: connections(args.channels),
  };
}

/**
 * Flags of the gossip cluster.
 *
 * Upstream: https://prometheus.io/docs/alerting/latest/high_availability/
 */
function cluster(name: string, { platform, settings }: AlertmanagerWorkloadArgs): string[] {
  const { replicas } = settings.alertmanager;
  if (replicas === 1) return ['--cluster.listen-address='];
  const peers = platform.instanceHosts({ name, replicas });
  const { instanceAddress } = platform;
  // The brackets are for IPv6, and Go accepts them around IPv4 too.
  const own = instanceAddress === undefined ? '0.0.0.0' : `[${instanceAddress}]`;
  return [
    `--cluster.listen-address=${own}:${clusterPort}`,
    ...peers.map((host) => `--cluster.peer=${host}:${clusterPort}`),
    // The name determines the instance's position, and so how long it waits before it notifies.
    `--cluster.peer-name=${instanceName}`,
    // Prevents joining another stack's cluster that reuses an address of this one.
    `--cluster.label=${settings.stack}`,
    `--cluster.peer-timeout=${peerTimeoutSeconds}s`,
    // Some clusters use pod addresses that are not private (RFC 1918).
    '--cluster.allow-insecure-public-advertise-address-discovery',
  ];
}

function configText({
  settings,
  channels,
  inhibitions = [],
}: Pick<AlertmanagerArgs, 'settings' | 'channels' | 'inhibitions'>): string {
  const { critical, warning, info, heartbeatInterval, maintenance } = settings.alertmanager;
  return alertmanagerConfig({
    folder: paths.folder,
    pagerduty: channels.pagerduty,
    slack: channels.slack,
    heartbeat: channels.heartbeatUrl !== undefined,
    critical,
    warning,
    info,
    heartbeatInterval,
    inhibitions,
    maintenance,
  });
}

/** Message templates by file name. */
export function messageTemplates(): Record<string, string> {
  const folder = join(__dirname, 'templates');
  const names = readdirSync(folder).filter((file) => file.endsWith('.tmpl'));
  return Object.fromEntries(names.sort().map((n) => [n, readFileSync(join(folder, n), 'utf8')]));
}

/** Secrets by path below the folder. */
function secrets({ pagerduty, slack, heartbeatUrl }: Channels): readonly ConfigFile[] {
  const file = (path: string, content: pulumi.Output<string> | undefined): ConfigFile[] =>
    content === undefined ? [] : [{ path, content, secret: true }];
  return [
    ...file(secretFiles.pagerduty, pagerduty?.routingKey),
    ...(slack?.secrets ?? []),
    ...file(secretFiles.heartbeat, heartbeatUrl),
  ];
}

/**
 * Slack, PagerDuty and heartbeat services use port 443. The settings may set another address for
 * PagerDuty.
 */
function connections({ inbox, pagerduty, slack, heartbeatUrl }: Channels): Connection[] {
  if (inbox !== undefined) return [inbox.endpoint, ...connections(inbox.accounts)];
  const ports = new Set<number>();
  if (slack !== undefined || heartbeatUrl !== undefined) ports.add(443);
  if (pagerduty !== undefined) ports.add(portOf(pagerduty.eventsUrl));
  return ports.size === 0
    ? []
    : [{ external: 'internet', ports: [...ports].sort((a, b) => a - b) }];
}

function externalUrl({ alertmanager }: AlertingSettings): string {
  return alertmanager.externalUrl ?? `http://127.0.0.1:${alertmanager.port}`;
}

/** Command-line flags use Go durations, which have no days. */
const goDuration = (text: string): string => `${durationSeconds(text) ?? 0}s`;
