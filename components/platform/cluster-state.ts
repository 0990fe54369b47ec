import { execFile } from 'node:child_process';
import { bytesOf } from '../units';
import { commonLabels, instanceLabel, isOurs } from './cluster-labels';

/** Existing objects of a cluster that decide whether a stack can be deployed there. */
export interface ClusterState {
  readonly namespaces: ReadonlyMap<string, LiveNamespace>;
  /** Claims of the stack's namespace, by name. */
  readonly claims: ReadonlyMap<string, LiveClaim>;
  /** Provisioners of the storage classes, by name of the class. */
  readonly classes: ReadonlyMap<string, string>;
  /** Names of the storage classes that let volumes grow. */
  readonly growing: ReadonlySet<string>;
  /** Whether a claim that names no storage class gets one. */
  readonly hasDefaultClass: boolean;
  /** Ports of the nodes that DaemonSets of this program use, of any stack. */
  readonly nodePorts: readonly NodePort[];
}

export interface NodePort {
  readonly stack: string | undefined;
  readonly namespace: string;
  readonly port: number;
}

export interface LiveNamespace {
  readonly labels: Readonly<Record<string, string>>;
  readonly isBeingDeleted: boolean;
}

export interface LiveClaim {
  /** Requested size, in the notation of Kubernetes. */
  readonly request: string;
  /** Size of the volume in bytes. Undefined: there is none yet. */
  readonly capacity?: number;
  readonly storageClass?: string;
  /** Whether it is deleted as soon as its pod stops. @default false */
  readonly isBeingDeleted?: boolean;
  /** Name of its PersistentVolume. Undefined: there is none yet. */
  readonly volume?: string;
}

interface KubeObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly provisioner?: string;
  readonly allowVolumeExpansion?: boolean;
  readonly spec?: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
    readonly template?: { readonly spec?: PodSpec };
  };
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: { readonly storage?: string };
  };
}

interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly containers: readonly {
    readonly ports?: readonly { readonly containerPort: number }[];
  }[];
}

/** An answer takes about a second, but a login may ask for a password. */
const patienceMs = 60_000;

/**
 * Reads a cluster with kubectl, which supports every kind of login. Needs the right to list
 * namespaces, storage classes, and the claims of the namespace. If there may be another stack, it
 * also reads the DaemonSets of this program, if it may list them.
 *
 * Rejects with one sentence for the operator: kubectl is missing, or kubectl's own error.
 *
 * @param context context of the kubeconfig. @default its current one
 * @param namespace namespace to read the claims of
 */
export async function readCluster(
  { context, namespace }: { readonly context?: string; readonly namespace: string },
  env?: NodeJS.ProcessEnv,
): Promise<ClusterState> {
  const get = ['get', '--output', 'json'];
  const read = (args: readonly string[]): Promise<readonly KubeObject[]> =>
    objectsOf([...(context === undefined ? [] : ['--context', context]), ...args], env);
  const objects = await read([
    ...['--namespace', namespace, ...get],
    'namespaces,storageclasses.storage.k8s.io,persistentvolumeclaims',
  ]);
  const own = [namespace, `${namespace}-host`];
  const hasOthers = objects.some(
    ({ kind, metadata: { name, labels = {} } }) =>
      kind === 'Namespace' && isOurs(labels) && !own.includes(name),
  );
  if (!hasOthers) return stateOf(objects);
  const ours = Object.entries(commonLabels).map(([key, value]) => `${key}=${value}`);
  const everywhere = ['--all-namespaces', '--selector', ours.join(',')];
  const perNode = await read([...get, 'daemonsets.apps', ...everywhere]).catch(() => []);
  return stateOf([...objects, ...perNode]);
}

async function objectsOf(
  args: readonly string[],
  env: NodeJS.ProcessEnv | undefined,
): Promise<readonly KubeObject[]> {
  const text = await new Promise<string>((resolve, reject) => {
    const options = { ...(env && { env }), maxBuffer: 2 ** 28, timeout: patienceMs };
    execFile('kubectl', args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') reject(new Error('kubectl is not installed'));
      else reject(new Error(lastLine(stderr) ?? `kubectl get: ${error.message}`));
    });
  });
  return (JSON.parse(text) as { readonly items: readonly KubeObject[] }).items;
}

const lastLine = (text: string): string | undefined =>
  text
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^error: /, '') || undefined;

/** Annotations of the default storage class. The older one still works. */
const defaultMarks = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** The state that a list of objects describes. */
export function stateOf(objects: readonly KubeObject[]): ClusterState {
  const named = <T>(kind: string, value: (object: KubeObject) => T): Map<string, T> =>
    new Map(
      objects
        .filter((object) => object.kind === kind)
        .map((object): [string, T] => [object.metadata.name, value(object)]),
    );
  const classes = named('StorageClass', ({ provisioner = '', allowVolumeExpansion, metadata }) => ({
    provisioner,
    grows: allowVolumeExpansion === true,
    isDefault: defaultMarks.some((mark) => metadata.annotations?.[mark] === 'true'),
  }));
  return {
    namespaces: named('Namespace', ({ metadata }) => ({
      labels: metadata.labels ?? {},
      isBeingDeleted: metadata.deletionTimestamp !== undefined,
    })),
    claims: named('PersistentVolumeClaim', ({ metadata, spec, status }) => ({
      request: spec?.resources?.requests?.storage ?? '0',
      capacity: status?.phase === 'Bound' ? bytesOf(status.capacity?.storage ?? '0') : undefined,
      storageClass: spec?.storageClassName,
      ...(metadata.deletionTimestamp === undefined ? {} : { isBeingDeleted: true }),
      ...(spec?.volumeName === undefined ? {} : { volume: spec.volumeName }),
    })),
    classes: new Map([...classes].map(([name, { provisioner }]) => [name, provisioner])),
    growing: new Set([...classes].flatMap(([name, { grows }]) => (grows ? [name] : []))),
    hasDefaultClass: [...classes.values()].some(({ isDefault }) => isDefault),
    nodePorts: objects.filter(({ kind }) => kind === 'DaemonSet').flatMap(nodePortsOf),
  };
}

function nodePortsOf({ metadata: { namespace = '', labels }, spec }: KubeObject): NodePort[] {
  const pod = spec?.template?.spec;
  if (pod?.hostNetwork !== true) return [];
  const ports = pod.containers.flatMap(({ ports: all = [] }) => all);
  const stack = labels?.[instanceLabel];
  return ports.map(({ containerPort: port }) => ({ stack, namespace, port }));
}
