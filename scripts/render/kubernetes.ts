import { posix } from 'node:path';
import { componentFiles, type Files, type MountedFile, yaml } from './files';
import type { Recorded } from './record';

/** The used parts of a Kubernetes object. */
interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly spec?: Pod } };
}

interface Pod {
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly projected?: Projected }[];
}

interface Container {
  readonly name: string;
  readonly volumeMounts?: readonly Mount[];
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
}

interface Projected {
  readonly sources: readonly { readonly configMap?: Source; readonly secret?: Source }[];
}

interface Source {
  readonly name: string;
  readonly items: readonly { readonly key: string; readonly path: string }[];
}

/**
 * `kubectl apply -f` applies files in order of their names, so objects that others need come first.
 */
const order = [
  'Namespace',
  'NetworkPolicy',
  'ServiceAccount',
  'ConfigMap',
  'Secret',
  'Service',
  'PodDisruptionBudget',
  'PersistentVolumeClaim',
];

/** These are rendered with their service accounts. */
const accessKind = /^(Cluster)?Role(Binding)?$/;

/** ConfigMap with the cluster's CA, which the cluster creates in every namespace. */
const clusterAuthority = 'kube-root-ca.crt';

/**
 * The manifests on Kubernetes: one object per file below `kubernetes/`, and each component's config
 * files as in the container.
 */
export function kubernetesFiles(resources: readonly Recorded[]): Files {
  const manifests = resources
    .filter((r) => r.type.startsWith('kubernetes:'))
    .map((r) => r.inputs as unknown as Manifest);
  const contents = new Map(
    manifests.map((m) => [`${m.kind}/${m.metadata.name}`, m.data ?? m.stringData ?? {}]),
  );
  const files: Files = {};
  for (const manifest of manifests) {
    files[`kubernetes/${fileName(manifest)}`] = yaml(manifest, ['apiVersion', 'kind', 'metadata']);
    const pod = manifest.spec?.template?.spec;
    for (const [i, container] of (pod?.containers ?? []).entries()) {
      const { name } = manifest.metadata;
      // The first container is the component's own. The others are its companions.
      const component = i === 0 ? name : `${name}-${container.name}`;
      const mounted = mountedFiles(container, pod?.volumes ?? [], contents);
      Object.assign(files, componentFiles(component, mounted));
    }
  }
  return files;
}

function fileName({ kind, metadata }: Manifest): string {
  const place = order.indexOf(accessKind.test(kind) ? 'ServiceAccount' : kind);
  const number = String((place === -1 ? order.length : place) * 10).padStart(2, '0');
  const parts = [number, kind.toLowerCase(), metadata.namespace, metadata.name];
  return `${parts.filter((part) => part !== undefined).join('-')}.yaml`;
}

/** Config files of a container, from the objects that the volumes of its pod refer to. */
function mountedFiles(
  { volumeMounts = [] }: Container,
  volumes: NonNullable<Pod['volumes']>,
  contents: ReadonlyMap<string, Readonly<Record<string, string>>>,
): MountedFile[] {
  return volumeMounts.flatMap(({ name, mountPath }) => {
    const projected = volumes.find((volume) => volume.name === name)?.projected;
    return (projected?.sources ?? []).flatMap(({ configMap, secret }) => [
      ...filesOf('ConfigMap', configMap),
      ...filesOf('Secret', secret),
    ]);

    function filesOf(kind: string, source: Source | undefined): MountedFile[] {
      if (source?.name === clusterAuthority) return [];
      return (source?.items ?? []).map(({ key, path }) => {
        const content = contents.get(`${kind}/${source?.name}`)?.[key];
        if (content === undefined) {
          throw new Error(`a pod mounts ${key} of ${kind} ${source?.name}, which does not exist`);
        }
        return { path: posix.join(mountPath, path), content };
      });
    }
  });
}
