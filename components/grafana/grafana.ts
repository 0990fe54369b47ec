import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import type { GrafanaSettings, Settings } from '../settings';
import { volumeMiB } from '../settings/budgets';
import { goMemoryLimit, portOf, sizeMiB } from '../units';
import type { ConfigFile, Endpoint, External, Page, Peer, Workload } from '../workload';
import { grafanaConfig, paths, port, rootUrl, secretFiles } from './grafana-config';

export interface GrafanaArgs {
  readonly platform: Platform;
  readonly settings: Pick<
    Settings,
    | ('grafana' | 'grafanaAdminPassword' | 'grafanaOauthClientSecret' | 'grafanaDatabasePassword')
    | ('grafanaSecretKey' | 'budgets')
  >;
}

/** Grafana's secrets. */
interface Secrets {
  readonly adminPassword: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
  readonly oauthClientSecret?: pulumi.Output<string>;
  readonly databasePassword?: pulumi.Output<string>;
}

/**
 * Grafana 13, with dashboards on Prometheus, Loki and Jaeger.
 *
 * Provisions `grafana.replicas` instances with their configuration, secrets as files, and a volume
 * each for user data (users, preferences, edits; survives replacement and `destroy`). Several
 * instances keep that data in `grafana.database`. Data sources and dashboards are separate
 * resources (contents.ts), which `make up` creates again if they are lost with the database. The
 * user admin has a random password unless the settings have one.
 *
 * Grafana uses the password and the key only when it creates its database. A newly created stack
 * has new ones, so it uses a new directory of the volume. The previous directory stays.
 *
 * Upstream: https://grafana.com/docs/grafana/latest/setup-grafana/installation/docker/
 */
export class Grafana extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** Public URL. */
  readonly url: string;
  /** URL at which this program reaches Grafana's API, once Grafana is ready. */
  readonly apiUrl: pulumi.Output<string>;
  /** Password of the user admin; secret. */
  readonly adminPassword: pulumi.Output<string>;

  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:grafana:Grafana', name, {}, opts);
    const { grafana, grafanaOauthClientSecret, grafanaDatabasePassword } = args.settings;
    const password = (part: string): pulumi.Output<string> =>
      new random.RandomPassword(`${name}-${part}`, { length: 32, special: false }, { parent: this })
        .result;
    const generation = new random.RandomId(
      `${name}-generation`,
      { byteLength: 4 },
      { parent: this },
    ).hex;
    // Also created if the settings have a key, so that a key that Grafana used before that stays in
    // the state.
    const randomKey = password('key');
    const secrets: Secrets = {
      adminPassword: args.settings.grafanaAdminPassword ?? password('admin'),
      key: args.settings.grafanaSecretKey ?? randomKey,
      oauthClientSecret: grafanaOauthClientSecret,
      databasePassword: grafanaDatabasePassword,
    };
    this.adminPassword = pulumi.secret(secrets.adminPassword);
    this.endpoint = args.platform.deploy(
      grafanaWorkload(name, args.settings, secrets, generation),
      {
        parent: this,
      },
    );
    this.url = rootUrl(grafana);
    const ready = args.platform.ready(this.endpoint);
    const { apiUrl = this.url } = grafana;
    this.apiUrl =
      (grafana.apiUrl === undefined
        ? args.platform.reach(this.endpoint, 'http', grafana.port)
        : undefined) ?? ready.apply(() => apiUrl);
    this.registerOutputs({ url: this.url });
  }
}

/** The workload of Grafana. @param generation name of its data directory */
export function grafanaWorkload(
  name: string,
  all: Pick<Settings, 'grafana' | 'budgets'>,
  secrets: Secrets,
  generation: pulumi.Input<string>,
): Workload {
  const { grafana: settings } = all;
  const memoryMiB = sizeMiB(settings.memory) ?? 0;
  return {
    name,
    image: images.grafana,
    env: {
      GOMEMLIMIT: goMemoryLimit(memoryMiB),
      // The image sets these variables, and they override the file. Grafana creates the data
      // directory. The image's start script checks it before that, and prints a harmless warning
      // that it is not writable.
      GF_PATHS_DATA: pulumi.interpolate`${paths.data}/${generation}`,
      GF_PATHS_PLUGINS: `${paths.data}/plugins`,
      // Empty directories of the image. Those in /etc/grafana are hidden by our files on
      // Kubernetes.
      GF_PATHS_PROVISIONING: '/usr/share/grafana/conf/provisioning',
    },
    files: [{ path: paths.config, content: grafanaConfig(settings) }, ...secretTexts(secrets)],
    volumes: [{ name: 'data', path: paths.data, sizeMiB: volumeMiB('grafana', all) }],
    scratch: ['/tmp'],
    ports: [{ name: 'http', number: port, publish: settings.port }],
    replicas: settings.replicas,
    // The first start creates several hundred tables and indexes, one transaction each.
    readiness: { port: 'http', path: '/api/health', deadlineSeconds: 300 },
    // Not /api/health: it fails while the database is down, and a restart of Grafana cannot help.
    liveness: { port: 'http', path: '/healthz' },
    resources: { memoryMiB, cpus: 1 },
    user: { uid: 472, gid: 472 },
    connectsTo: connections(settings),
    ...publication(settings),
  };
}

/** The page for people, and the controller that forwards their requests. */
function publication(settings: GrafanaSettings): Pick<Workload, 'page' | 'acceptsFrom'> {
  const { ingress, gateway, externalUrl } = settings;
  if (externalUrl === undefined || (ingress === undefined && gateway === undefined)) return {};
  const { hostname: host, pathname: path } = new URL(externalUrl);
  const { by, peers } = wayIn({ ingress, gateway });
  return {
    page: { port: 'http', host, path, by },
    acceptsFrom: [{ external: by.kind, ports: ['http'], peers }],
  };
}

function wayIn({ ingress, gateway }: Pick<GrafanaSettings, 'ingress' | 'gateway'>): {
  readonly by: Page['by'];
  /** Addresses of the controller, which connects to Grafana. */
  readonly peers: readonly Peer[];
} {
  const peers = (namespace: string, cidrs: readonly string[]): Peer[] => [
    { namespace },
    ...cidrs.map((cidr) => ({ cidr })),
  ];
  if (gateway !== undefined) {
    const { controllerNamespace = gateway.namespace, cidrs, ...parent } = gateway;
    return { by: { kind: 'gateway', ...parent }, peers: peers(controllerNamespace, cidrs) };
  }
  const {
    controllerNamespace = 'ingress-nginx',
    cidrs = [],
    annotations = {},
    ...rest
  } = ingress ?? {};
  return {
    by: { kind: 'ingress', annotations, ...rest },
    peers: peers(controllerNamespace, cidrs),
  };
}

function secretTexts(secrets: Secrets): ConfigFile[] {
  const file = (path: string, content: pulumi.Output<string> | undefined): ConfigFile[] =>
    content === undefined ? [] : [{ path: `${paths.secrets}/${path}`, content, secret: true }];
  return [
    ...file(secretFiles.admin, secrets.adminPassword),
    ...file(secretFiles.key, secrets.key),
    ...file(secretFiles.oauth, secrets.oauthClientSecret),
    ...file(secretFiles.database, secrets.databasePassword),
  ];
}

/**
 * Connections to the OAuth provider and the database. Data sources are deployed later
 * (contents.ts).
 */
function connections({ oauth, database }: GrafanaSettings): External[] {
  const ports = oauth === undefined ? [] : [oauth.tokenUrl, oauth.apiUrl].map(portOf);
  return [
    ...(ports.length === 0
      ? []
      : [{ external: 'internet', ports: [...new Set(ports)].sort((a, b) => a - b) }]),
    ...(database === undefined ? [] : [{ external: 'database', ports: [database.port] }]),
  ];
}
