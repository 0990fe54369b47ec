import { posix } from 'node:path';
import { componentFiles, type Files, type MountedFile, yaml } from './files';
import type { Recorded } from './record';

/** An object as the API server takes it; only what is looked at here. */
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

/** `kubectl apply -f` takes files by name: what others need comes first. */
const order = [
  'Namespace',
  'NetworkPolicy',
  'ServiceAccount',
  'ConfigMap',
  'Secret',
  'Service',
  'PodDisruptionBudget',
];

/** They come with the accounts that they are about. */
const accessKind = /^(Cluster)?Role(Binding)?$/;

/** The cluster itself puts it into every namespace. */
const clusterAuthority = 'kube-root-ca.crt';

/**
 * What would run on Kubernetes: one manifest a file below `kubernetes/`, and for each component its
 * config files as the container sees them.
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
      // The first is the component's own, the others are its companions.
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

/** The config files of a container, put together from the objects that its pod's volumes name. */
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
