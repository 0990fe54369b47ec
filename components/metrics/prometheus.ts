import * as pulumi from '@pulumi/pulumi';
import type { Pods } from '../discovery';
import { forwardingFiles, forwardingPeers } from '../forwarding/connections';
import { type RemoteWriteTarget, remoteWriteTargets } from '../forwarding/targets-config';
import { images } from '../images';
import { replicaLabel } from '../longterm/settings-schema';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import type { Settings, TargetSettings } from '../settings';
import { retentionSizeMiB, volumeMiB } from '../settings/budgets';
import { sizeMiB } from '../units';
import {
  type Companion,
  type ConfigFile,
  type Connection,
  type Endpoint,
  instanceName,
  only,
  type ServiceAccountSpec,
  type SharedVolume,
  type Workload,
} from '../workload';
import { appPeers } from './app-peers-config';
import { beside, type OwnJob, paths, prometheusConfig, targetsBeside } from './prometheus-config';

export interface PrometheusArgs {
  readonly platform: Platform;
  readonly settings: Settings;
  /** Scrape jobs of the stack's own exporters. Prometheus adds its own job. */
  readonly jobs: readonly OwnJob[];
  /** Rule files by file name (`critical.yml`). @default none */
  readonly rules?: Readonly<Record<string, string>>;
  /** AudiFi's services that this stack runs itself. @default none: they are external */
  readonly app?: readonly Endpoint[];
  /** Alertmanager. @default none: alerts show only in Prometheus */
  readonly alertmanager?: Endpoint;
  /** Uploads its blocks to a bucket. @default none: metrics are only kept in Prometheus */
  readonly uploader?: Uploader;
}

/** A companion that uploads finished blocks (longterm/longterm.ts). */
export interface Uploader {
  readonly companion: Companion;
  /** Scrape job of the companion. */
  readonly job: Pick<OwnJob, 'name' | 'port'>;
  readonly sharedVolumes: readonly SharedVolume[];
  readonly connectsTo: readonly Connection[];
  readonly serviceAccount?: ServiceAccountSpec;
  /** File with the list of uploaded blocks. Prometheus compacts only these. */
  readonly uploadedBlocksFile: string;
}

/** Environment variable with the instance's name. */
const replicaVariable = 'REPLICA';

export type PrometheusWorkloadArgs = Omit<PrometheusArgs, 'platform'> & {
  readonly platform: Pick<Platform, 'discover' | 'instanceHosts'>;
};

const port = services.prometheus.ports.http;

/**
 * Prometheus 3.13, the long-term support release.
 *
 * Provisions `prometheus.replicas` instances with their configuration, a volume for the data of
 * each (kept through replacement and `destroy`), the spec's seven scrape jobs, and the stack's own.
 * Retention is limited by age and by size. Exemplars are kept in memory. Prometheus is only
 * reachable on the loopback interface and on the stack's network. The admin, lifecycle and
 * remote-write APIs are off. Selected metrics also go to the targets of `forwarding`.
 *
 * Several instances scrape the same targets and evaluate the same rules, independently.
 * Alertmanager deduplicates their alerts. Each client keeps querying the same instance while it is
 * ready, because the samples of two instances differ by a few seconds. Only the first instance
 * forwards metrics.
 *
 * Upstream: https://prometheus.io/docs/prometheus/latest/command-line/prometheus/
 */
export class Prometheus extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:metrics:Prometheus', name, {}, opts);
    this.endpoint = args.platform.deploy(prometheusWorkload(name, args), { parent: this });
    this.registerOutputs({ url: this.endpoint.url });
  }
}

/** The workload of Prometheus. Pure. */
export function prometheusWorkload(name: string, args: PrometheusWorkloadArgs): Workload {
  const { settings, uploader } = args;
  const { prometheus } = settings;
  const first = prometheus.replicas === 1 ? name : `${name}-0`;
  const found = { first, jobs: foundJobs(name, args), pods: appPods(args) };
  return {
    name,
    image: images.prometheus,
    args: [
      `--config.file=${paths.config}`,
      `--storage.tsdb.path=${paths.data}`,
      `--storage.tsdb.retention.time=${prometheus.retention}`,
      `--storage.tsdb.retention.size=${retentionSizeMiB(settings)}MB`,
      ...(uploader === undefined
        ? []
        : [`--storage.tsdb.delay-compact-file.path=${uploader.uploadedBlocksFile}`]),
      // After a restart, the state of alerts with a shorter `for` is not restored: a firing alert
      // resolves, and fires again after its `for`. The default of 10 minutes would affect alerts
      // that page.
      '--rules.alert.for-grace-period=1m',
      '--enable-feature=exemplar-storage',
      `--web.listen-address=:${port}`,
      `--web.external-url=${externalUrl(settings)}`,
      // The path of the external URL is only for links. Requests inside the network do not have it.
      '--web.route-prefix=/',
      '--web.page-title=AudiFi Prometheus',
      // No origin has this name. By default, any website in a developer's browser can read the API.
      '--web.cors.origin=none',
      '--web.max-connections=256',
      // Limits, so that one query cannot use all of the machine's memory and CPU.
      '--query.timeout=1m',
      '--query.max-concurrency=16',
      '--query.max-samples=20000000',
      '--log.format=json',
    ],
    ...(isIdentified(args) ? { env: { [replicaVariable]: instanceName } } : {}),
    ...(uploader === undefined ? {} : companionOf(uploader)),
    replicas: prometheus.replicas,
    stickyClients: true,
    files: [
      { path: paths.config, content: configText(args, found) },
      ...Object.entries(args.rules ?? {}).map(([file, content]) => ({
        path: `${paths.folder}/${beside.rules}/${file}`,
        content,
      })),
      ...tokenFile(settings),
      ...forwardingFiles(
        settings,
        writtenTo(settings),
        (target) => `${paths.folder}/${beside.key(target)}`,
      ),
    ],
    volumes: [{ name: 'data', path: paths.data, sizeMiB: volumeMiB('prometheus', settings) }],
    ports: [{ name: 'http', number: port, publish: prometheus.port }],
    // Replaying a long write-ahead log delays readiness.
    readiness: { port: 'http', path: '/-/ready', deadlineSeconds: 300 },
    liveness: { port: 'http', path: '/-/healthy' },
    resources: { memoryMiB: sizeMiB(prometheus.memory) ?? 0, cpus: prometheus.cpus },
    user: { uid: 65534, gid: 65534 },
    connectsTo: connections(args),
    // Each instance scrapes all instances.
    clusterPorts: ['http', ...(uploader === undefined ? [] : [uploader.job.port])],
    discovers: [
      ...found.jobs.flatMap(({ discovery }) => discovery ?? []),
      ...Object.values(found.pods),
    ],
    // Time to write the head block on shutdown.
    stopSeconds: 60,
  };
}

/**
 * Whether an instance adds its name to its data: there are several, or the data goes to a bucket.
 */
const isIdentified = ({ settings, uploader }: PrometheusWorkloadArgs): boolean =>
  settings.prometheus.replicas > 1 || uploader !== undefined;

/** What the companion needs from the workload. */
function companionOf(uploader: Uploader): Partial<Workload> {
  return {
    companions: [uploader.companion],
    sharedVolumes: uploader.sharedVolumes,
    serviceAccount: uploader.serviceAccount,
  };
}

/** Targets that the platform discovers. */
interface Found {
  /** Name of the first instance. */
  readonly first: string;
  readonly jobs: readonly OwnJob[];
  readonly pods: Readonly<Record<string, Pods>>;
}

/** The stack's own jobs. The job of Prometheus is the first. */
function foundJobs(name: string, args: PrometheusWorkloadArgs): OwnJob[] {
  const { platform, settings, jobs, uploader } = args;
  const { replicas } = settings.prometheus;
  // A single instance scrapes itself at localhost.
  const instances = replicas === 1 ? ['localhost'] : platform.instanceHosts({ name, replicas });
  const itself = { name, instances, ports: [{ name: 'http', number: port }] };
  return [
    { name: 'prometheus', port: 'http', discovery: platform.discover(itself, 'http') },
    ...(uploader === undefined ? [] : [companionJob(itself, uploader)]),
    ...jobs.map((job): OwnJob =>
      job.endpoint === undefined || job.discovery !== undefined
        ? job
        : { ...job, discovery: platform.discover(job.endpoint, job.port) },
    ),
  ];

  function companionJob(own: typeof itself, { companion, job }: Uploader): OwnJob {
    const ports = [...(companion.ports ?? [])];
    const discovery = platform.discover({ ...own, ports }, job.port, companion.name);
    return { ...job, discovery };
  }
}

/** AudiFi's jobs with Kubernetes discovery in the settings. */
function appPods({ settings, jobs }: PrometheusWorkloadArgs): Record<string, Pods> {
  const enabled = Object.entries(appTargets(settings, jobs)).filter(([, target]) => target.enabled);
  return Object.fromEntries(
    enabled.flatMap(([name, { kubernetes }]): [string, Pods][] => {
      if (kubernetes === undefined) return [];
      const { namespace = settings.kubernetes.appNamespace, ...pods } = kubernetes;
      return [[name, { by: 'pods', namespace, ...pods, instance: 'pod' }]];
    }),
  );
}

function configText(args: PrometheusWorkloadArgs, found: Found): string {
  const { settings, jobs, alertmanager } = args;
  const { prometheus } = settings;
  return prometheusConfig({
    scrapeInterval: prometheus.scrapeInterval,
    evaluationInterval: prometheus.evaluationInterval,
    externalLabels: {
      ...prometheus.externalLabels,
      env: settings.environment,
      stack: settings.stack,
    },
    ...(isIdentified(args)
      ? { replica: { label: replicaLabel, variable: replicaVariable, first: found.first } }
      : {}),
    targets: appTargets(settings, jobs),
    ...found,
    alertmanager,
    forwarding: {
      targets: writtenTo(settings),
      labels: settings.forwarding.metricLabels,
    },
  });
}

const writtenTo = ({ forwarding, stack }: Settings): readonly RemoteWriteTarget[] =>
  remoteWriteTargets(forwarding, stack);

function externalUrl({ prometheus }: Settings): string {
  return prometheus.externalUrl ?? `http://127.0.0.1:${prometheus.port}/`;
}

function tokenFile({ metricsToken }: Settings): ConfigFile[] {
  return metricsToken === undefined
    ? []
    : [{ path: `${paths.folder}/${beside.metricsToken}`, content: metricsToken, secret: true }];
}

function connections({
  settings,
  jobs,
  app: own = [],
  uploader,
}: PrometheusWorkloadArgs): Connection[] {
  return [
    ...scraped(jobs),
    ...own.filter(({ name }) => !jobs.some(({ endpoint }) => endpoint?.name === name)),
    ...appPeers(appTargets(settings, jobs), settings.kubernetes.appNamespace),
    ...forwardingPeers(settings.forwarding, writtenTo(settings)),
    ...(uploader?.connectsTo ?? []),
  ];
}

/** Each endpoint once, with the ports of all its jobs. */
function scraped(jobs: readonly OwnJob[]): Endpoint[] {
  const endpoints = new Map(
    jobs.flatMap(({ endpoint }) => (endpoint === undefined ? [] : [[endpoint.name, endpoint]])),
  );
  return [...endpoints.values()].map((endpoint) =>
    only(
      endpoint,
      ...jobs.filter((job) => job.endpoint?.name === endpoint.name).map(({ port }) => port),
    ),
  );
}

function appTargets(
  { targets }: Settings,
  jobs: readonly OwnJob[],
): Readonly<Record<string, TargetSettings>> {
  return targetsBeside(
    targets,
    jobs.map(({ name }) => name),
  );
}
