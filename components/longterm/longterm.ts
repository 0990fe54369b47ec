import * as pulumi from '@pulumi/pulumi';
import type { Discovery } from '../discovery';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import { goMemoryLimit, sizeMiB } from '../units';
import {
  address,
  addresses,
  companion,
  type Companion,
  type Connection,
  type Endpoint,
  only,
  type ServiceAccountSpec,
  type SharedVolume,
  type Workload,
} from '../workload';
import {
  bucketFile,
  identity,
  type LongTermSettings,
  sharedBucket,
  storeConnections,
} from './bucket';
import * as config from './thanos-config';

const { thanosPaths: paths, thanosPorts: ports } = config;

/** The user of Prometheus: the sidecar reads its blocks, and companions run as the same user. */
const user = { uid: 65534, gid: 65534 };
/** Image with a directory owned by that user, because Thanos's image has none. */
const ownedLike = { image: images.prometheus, path: '/prometheus' };

/**
 * The storage side of Thanos: the compactor (merges blocks, downsamples, deletes) and the store
 * gateway (answers queries on blocks in the bucket).
 *
 * Provisions one instance of each with a volume for temporary data, and with `longTerm.store:
 * filesystem` the volume that is the bucket. Credentials are in a secret file. Deploy it before
 * Prometheus, whose sidecar (`thanosSidecar`) uploads to the bucket.
 *
 * Upstream: https://thanos.io/tip/thanos/getting-started.md/
 */
export class LongTermStorage extends pulumi.ComponentResource {
  readonly compactor: Endpoint;
  readonly store: Endpoint;

  constructor(
    name: string,
    args: { readonly platform: Platform; readonly settings: LongTermSettings },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('audifi:longterm:Storage', name, {}, opts);
    const { platform, settings } = args;
    this.compactor = platform.deploy(compactorWorkload('thanos-compactor', settings), {
      parent: this,
    });
    this.store = platform.deploy(storeWorkload('thanos-store', settings, this.compactor), {
      parent: this,
    });
    this.registerOutputs({});
  }

  get parts(): { readonly endpoint: Endpoint }[] {
    return [{ endpoint: this.compactor }, { endpoint: this.store }];
  }
}

export interface LongTermQueryArgs {
  readonly platform: Platform;
  readonly settings: LongTermSettings;
  /** Prometheus with its sidecar. */
  readonly prometheus: Endpoint;
  readonly store: Endpoint;
}

/**
 * The query side of Thanos: the querier (PromQL over Prometheus's sidecars and the store gateway,
 * replicas merged) and the query frontend with its cache, which is Grafana's data source.
 *
 * Provisions one instance of each, without volumes. On Docker the frontend is published on the
 * loopback interface (`longTerm.port`). Prometheus scrapes both, so it may connect to them.
 */
export class LongTermQuery extends pulumi.ComponentResource {
  readonly query: Endpoint;
  readonly frontend: Endpoint;

  constructor(name: string, args: LongTermQueryArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:longterm:Query', name, {}, opts);
    const { platform, settings, prometheus, store } = args;
    this.query = platform.deploy(
      queryWorkload('thanos-query', settings, companion(prometheus, sidecarName), store),
      { parent: this },
    );
    this.frontend = platform.deploy(frontendWorkload('thanos-frontend', settings, this.query), {
      parent: this,
    });
    platform.connect(
      prometheus,
      [this.query, this.frontend].map((endpoint) => only(endpoint, 'http')),
      { parent: this },
    );
    this.registerOutputs({ url: this.frontend.url });
  }

  get parts(): { readonly endpoint: Endpoint }[] {
    return [{ endpoint: this.query }, { endpoint: this.frontend }];
  }
}

/** Name of the companion of Prometheus. */
export const sidecarName = 'sidecar';

/** The companion of Prometheus that uploads its blocks to the bucket (metrics/prometheus.ts). */
export interface Sidecar {
  readonly companion: Companion;
  readonly job: { readonly name: string; readonly port: string };
  readonly sharedVolumes: readonly SharedVolume[];
  readonly connectsTo: readonly Connection[];
  readonly serviceAccount: ServiceAccountSpec | undefined;
  readonly uploadedBlocksFile: string;
}

/** Discovery of the services that are deployed after Prometheus, by service. */
export function queryDiscoveries(
  platform: Pick<Platform, 'discover'>,
): Readonly<Record<string, Discovery>> {
  const discovery = (
    name: string,
    table: Readonly<Record<string, number>>,
  ): [string, Discovery] => [
    name,
    platform.discover({ name, instances: [name], ports: named(table) }, 'http'),
  ];
  return Object.fromEntries([
    discovery('thanos-query', ports.query),
    discovery('thanos-frontend', ports.frontend),
  ]);
}

/** The sidecar of Prometheus. @param compactor owner of the volume of a filesystem bucket */
export function thanosSidecar(
  settings: LongTermSettings,
  platform: Pick<Platform, 'siblingHost'>,
  compactor: Endpoint,
): Sidecar {
  const memoryMiB = sizeMiB(settings.longTerm.memory) ?? 0;
  const sharedVolumes = sharedBucket(settings, compactor);
  return {
    companion: {
      name: sidecarName,
      image: images.thanos,
      args: config.sidecarArguments(
        `http://${platform.siblingHost()}:${services.prometheus.ports.http}`,
        settings.longTerm,
      ),
      env: { GOMEMLIMIT: goMemoryLimit(memoryMiB) },
      files: [bucketFile(settings)],
      mounts: [
        // The sidecar writes its list of uploaded blocks there, and hard links to blocks in upload.
        { volume: 'data', path: ownedLike.path },
        ...sharedVolumes.map(({ name }) => ({ volume: name, path: paths.bucketVolume })),
      ],
      ports: named(ports.sidecar),
      // No readiness probe: a sidecar that is not ready must not keep queries from Prometheus. One
      // that restarts does, on Kubernetes: a pod is ready only if all its containers run.
      liveness: { port: 'sidecar', path: '/-/healthy' },
      resources: { memoryMiB, cpus: 0.5 },
    },
    job: { name: services['prometheus-sidecar'].jobs[0].name, port: 'sidecar' },
    sharedVolumes,
    connectsTo: storeConnections(settings),
    serviceAccount: identity(settings),
    uploadedBlocksFile: config.uploadedBlocksFile,
  };
}

export function compactorWorkload(name: string, settings: LongTermSettings): Workload {
  const { longTerm } = settings;
  const memoryMiB = sizeMiB(longTerm.memory) ?? 0;
  const sizeOfVolume = sizeMiB(longTerm.storage) ?? 0;
  return {
    name,
    image: images.thanos,
    args: config.compactorArguments(longTerm),
    env: { GOMEMLIMIT: goMemoryLimit(memoryMiB) },
    files: [bucketFile(settings)],
    volumes: [
      { name: 'data', path: paths.data, sizeMiB: sizeOfVolume, ownedLike },
      ...(longTerm.store === 'filesystem'
        ? [{ name: 'bucket', path: paths.bucketVolume, sizeMiB: sizeOfVolume, ownedLike }]
        : []),
    ],
    ports: named(ports.compactor),
    readiness: { port: 'http', path: '/-/ready' },
    liveness: { port: 'http', path: '/-/healthy' },
    resources: { memoryMiB, cpus: 1 },
    user,
    connectsTo: storeConnections(settings),
    serviceAccount: identity(settings),
    stopSeconds: 60,
  };
}

/**
 * The workload of the store gateway. @param compactor owner of the volume of a filesystem bucket
 */
export function storeWorkload(
  name: string,
  settings: LongTermSettings,
  compactor: Endpoint,
): Workload {
  const memoryMiB = sizeMiB(settings.longTerm.memory) ?? 0;
  return {
    name,
    image: images.thanos,
    args: config.storeArguments(memoryMiB),
    env: { GOMEMLIMIT: goMemoryLimit(memoryMiB) },
    files: [
      bucketFile(settings),
      { path: paths.index, content: config.indexCacheConfig(memoryMiB) },
    ],
    // Headers of the indexes: about a hundredth of the bucket. They are downloaded again if they
    // are lost.
    volumes: [{ name: 'data', path: paths.data, sizeMiB: 2_048, ownedLike }],
    sharedVolumes: sharedBucket(settings, compactor).map((volume) => ({
      ...volume,
      path: paths.bucketVolume,
    })),
    ports: named(ports.store),
    // It reads the headers of all blocks before it becomes ready.
    readiness: { port: 'http', path: '/-/ready', deadlineSeconds: 600 },
    liveness: { port: 'http', path: '/-/healthy' },
    resources: { memoryMiB, cpus: 1 },
    user,
    connectsTo: storeConnections(settings),
    serviceAccount: identity(settings),
  };
}

export function queryWorkload(
  name: string,
  { longTerm }: LongTermSettings,
  sidecar: Endpoint,
  store: Endpoint,
): Workload {
  const memoryMiB = sizeMiB(longTerm.memory) ?? 0;
  const stores = [sidecar, store].flatMap((endpoint) => addresses(endpoint, 'grpc'));
  return {
    name,
    image: images.thanos,
    args: config.queryArguments(),
    env: { GOMEMLIMIT: goMemoryLimit(memoryMiB) },
    files: [{ path: paths.endpoints, content: config.endpointsConfig(stores) }],
    ports: named(ports.query),
    readiness: { port: 'http', path: '/-/ready' },
    liveness: { port: 'http', path: '/-/healthy' },
    resources: { memoryMiB, cpus: 1 },
    user,
    connectsTo: [sidecar, store].map((endpoint) => only(endpoint, 'grpc')),
  };
}

export function frontendWorkload(
  name: string,
  { longTerm }: LongTermSettings,
  query: Endpoint,
): Workload {
  const memoryMiB = 256;
  return {
    name,
    image: images.thanos,
    args: config.frontendArguments(`http://${address(query, 'http')}`),
    env: { GOMEMLIMIT: goMemoryLimit(memoryMiB) },
    files: [{ path: paths.cache, content: config.responseCacheConfig(memoryMiB) }],
    ports: [{ name: 'http', number: ports.frontend.http, publish: longTerm.port }],
    readiness: { port: 'http', path: '/-/ready' },
    liveness: { port: 'http', path: '/-/healthy' },
    resources: { memoryMiB, cpus: 0.5 },
    user,
    connectsTo: [only(query, 'http')],
  };
}

const named = (table: Readonly<Record<string, number>>): { name: string; number: number }[] =>
  Object.entries(table).map(([name, number]) => ({ name, number }));
