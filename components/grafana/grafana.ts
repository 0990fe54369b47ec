import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import type { GrafanaSettings, Settings } from '../settings';
import { goMemoryLimit, portOf, sizeMiB } from '../units';
import type { ConfigFile, Endpoint, External, Workload } from '../workload';
import { grafanaConfig, paths, port, rootUrl, secretFiles } from './grafana-config';

export interface GrafanaArgs {
  readonly platform: Platform;
  readonly settings: Pick<
    Settings,
    'grafana' | 'grafanaAdminPassword' | 'grafanaOauthClientSecret' | 'grafanaDatabasePassword'
  >;
}

/** Texts that only Grafana reads; all of them secret. */
interface Secrets {
  readonly adminPassword: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
  readonly oauthClientSecret?: pulumi.Output<string>;
  readonly databasePassword?: pulumi.Output<string>;
}

/**
 * Grafana 13: shows what Prometheus and Loki know.
 *
 * Provisions one instance with its configuration, secrets as files, and a volume for what people make in it
 * (users, their preferences, edits; kept through replacement and `destroy`). Its datasources and dashboards
 * are resources of their own (contents.ts), so they are there again after any loss. The user admin has a
 * random password unless the settings give one.
 *
 * Grafana takes the password and the key only when its data is new. A stack that is created anew has new
 * ones, so its data lies in a new directory of the volume: what was there before stays beside it.
 *
 * Upstream: https://grafana.com/docs/grafana/latest/setup-grafana/installation/docker/
 */
export class Grafana extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** Where people log in. */
  readonly url: string;
  /** Where its API is reached from here, once it is ready; undefined where it cannot be. */
  readonly apiUrl: pulumi.Output<string> | undefined;
  /** Of the user admin; secret. */
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
    const secrets: Secrets = {
      adminPassword: args.settings.grafanaAdminPassword ?? password('admin'),
      key: password('key'),
      oauthClientSecret: grafanaOauthClientSecret,
      databasePassword: grafanaDatabasePassword,
    };
    this.adminPassword = pulumi.secret(secrets.adminPassword);
    this.endpoint = args.platform.deploy(grafanaWorkload(name, grafana, secrets, generation), {
      parent: this,
    });
    this.url = rootUrl(grafana);
    const apiUrl = grafana.apiUrl ?? this.endpoint.url ?? grafana.externalUrl;
    this.apiUrl =
      apiUrl === undefined ? undefined : args.platform.ready(this.endpoint).apply(() => apiUrl);
    this.registerOutputs({ url: this.url });
  }
}

/** What Grafana runs as. @param generation name of the directory that its data lies in */
export function grafanaWorkload(
  name: string,
  settings: GrafanaSettings,
  secrets: Secrets,
  generation: pulumi.Input<string>,
): Workload {
  const memoryMiB = sizeMiB(settings.memory) ?? 0;
  return {
    name,
    image: images.grafana,
    env: {
      GOMEMLIMIT: goMemoryLimit(memoryMiB),
      // The image sets these itself, and its environment is stronger than the file. Grafana makes this one; the
      // image's script, which looks before, prints once that it is not writable.
      GF_PATHS_DATA: pulumi.interpolate`${paths.data}/${generation}`,
      GF_PATHS_PLUGINS: `${paths.data}/plugins`,
      // Empty folders of the image. Its others, in /etc/grafana, lie under our files on Kubernetes.
      GF_PATHS_PROVISIONING: '/usr/share/grafana/conf/provisioning',
    },
    files: [{ path: paths.config, content: grafanaConfig(settings) }, ...secretTexts(secrets)],
    volumes: [{ name: 'data', path: paths.data, sizeMiB: sizeMiB(settings.storage) ?? 0 }],
    scratch: ['/tmp'],
    ports: [{ name: 'http', number: port, publish: settings.port }],
    // Its first start makes a few hundred tables and indexes, one transaction each.
    readiness: { port: 'http', path: '/api/health', deadlineSeconds: 300 },
    liveness: { port: 'http', path: '/api/health' },
    resources: { memoryMiB, cpus: 1 },
    user: { uid: 472, gid: 472 },
    connectsTo: connections(settings),
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

/** The provider of logins and the database. Datasources come later than Grafana itself (contents.ts). */
function connections({ oauth, database }: GrafanaSettings): External[] {
  const ports = oauth === undefined ? [] : [oauth.tokenUrl, oauth.apiUrl].map(portOf);
  return [
    ...(ports.length === 0
      ? []
      : [{ external: 'internet', ports: [...new Set(ports)].sort((a, b) => a - b) }]),
    ...(database === undefined ? [] : [{ external: 'database', ports: [database.port] }]),
  ];
}
