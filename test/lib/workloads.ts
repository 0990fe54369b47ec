import {
  type Companion,
  type Endpoint,
  instanceName,
  type Workload,
} from '../../components/workload';

/** A minimal valid workload. */
export const plain: Workload = {
  name: 'web',
  image: { repository: 'example/web', tag: 'v1' },
  ports: [{ name: 'http', number: 8080 }],
  readiness: { port: 'http', path: '/ready' },
  resources: { memoryMiB: 64, cpus: 0.5 },
  user: { uid: 1000, gid: 1000 },
};

/** A valid workload with one of everything except privileges. */
export const full: Workload = {
  ...plain,
  image: { ...plain.image, digest: `sha256:${'0'.repeat(64)}` },
  args: ['--verbose', '--config=/etc/web/web.yml'],
  env: { TZ: 'UTC' },
  files: [
    { path: '/etc/web/web.yml', content: 'a: b\n' },
    { path: '/etc/web/secrets/token', content: 'hunter2', secret: true },
  ],
  volumes: [{ name: 'data', path: '/data', sizeMiB: 1024 }],
  scratch: ['/tmp'],
  ports: [
    { name: 'http', number: 8080, publish: 18080 },
    { name: 'grpc', number: 9000 },
  ],
  liveness: { port: 'http', path: '/alive' },
  connectsTo: [{ external: 'internet', ports: [443] }],
  stopSeconds: 5,
};

/** One instance per machine, in the host network. */
export const onHost: Workload = {
  ...plain,
  name: 'watcher',
  host: ['hostMetrics'],
  placement: 'perNode',
};

/** Runs as root, because only root can read its files. */
export const asRoot: Workload = {
  ...plain,
  name: 'stats',
  user: { uid: 0, gid: 0 },
  host: ['containerStats'],
};

/** Three instances that find each other before they are ready, like Alertmanager. */
export const replicated: Workload = {
  ...plain,
  name: 'gossip',
  replicas: 3,
  args: [`--cluster.peer-name=${instanceName}`],
  env: { REPLICA: instanceName },
  files: [{ path: '/etc/gossip/gossip.yml', content: 'a: b\n' }],
  volumes: [{ name: 'data', path: '/data', sizeMiB: 1024 }],
  ports: [
    { name: 'http', number: 8080, publish: 18080 },
    { name: 'gossip', number: 9094, udp: true },
  ],
  clusterPorts: ['gossip'],
  publishNotReadyAddresses: true,
};

/** A companion on the volume of the workload. */
export const uploader: Companion = {
  name: 'uploader',
  image: { repository: 'example/uploader', tag: 'v2' },
  args: ['sidecar'],
  env: { TZ: 'UTC' },
  files: [{ path: '/etc/store/bucket.yml', content: 'hunter2', secret: true }],
  mounts: [{ volume: 'data', path: '/var/store' }],
  scratch: ['/tmp'],
  ports: [{ name: 'grpc', number: 10901 }],
  resources: { memoryMiB: 32, cpus: 0.1 },
};

/** A store with its uploader, like Prometheus and the sidecar of Thanos. */
export const accompanied: Workload = {
  ...plain,
  name: 'store',
  files: [{ path: '/etc/store/store.yml', content: 'a: b\n' }],
  volumes: [{ name: 'data', path: '/data', sizeMiB: 1024 }],
  companions: [uploader],
};

/** The endpoint of a workload without deploying it. */
export function endpoint(name: string, extra: Partial<Endpoint> = {}): Endpoint {
  return {
    name,
    host: name,
    instances: [name],
    ports: [{ name: 'http', number: 8080 }],
    discovery: 'static',
    onHostNetwork: false,
    ...extra,
  };
}
