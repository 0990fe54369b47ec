import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '@pulumi/kubernetes/rbac/v1';
import type { core, rbac } from '@pulumi/kubernetes/types/input';
import type * as pulumi from '@pulumi/pulumi';
import type { ClusterReads, NamespacedKind } from '../cluster-reads';
import type { Discovery, Pods } from '../discovery';
import type { External, Workload } from '../workload';
import type { PodMount } from './kubernetes-files';
import { objectLabels } from './kubernetes-objects';
import type { Placed } from './kubernetes-policy';

/** What a workload asks the API server for. */
type Asks = Pick<Workload, 'discovers' | 'readsCluster'>;

/** A workload that uses the API server to discover its targets or to read other objects. */
export interface Finder extends Asks {
  /** Name for its roles, unique in the cluster. */
  readonly name: string;
  readonly placed: Placed;
}

/** Whether the workload uses the API server at all. */
export const asksApiServer = ({ discovers = [], readsCluster }: Asks): boolean =>
  readsCluster !== undefined || discovers.some(({ by }) => by !== 'addresses');

const isPods = (discovery: Discovery): discovery is Pods => discovery.by === 'pods';

/** Watching needs a list first. `get` is for single objects by name, which nothing asks for. */
const watching = ['list', 'watch'];
const readPods: rbac.v1.PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: watching };
const readNodes: rbac.v1.PolicyRule[] = [
  { apiGroups: [''], resources: ['nodes'], verbs: watching },
  // The right that the kubelet requires of a client that reads its metrics.
  { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
];

/** API groups of the kinds that a workload can read. */
const apiGroups: Readonly<Record<NamespacedKind, string>> = {
  pods: '',
  persistentvolumeclaims: '',
  deployments: 'apps',
  statefulsets: 'apps',
  daemonsets: 'apps',
};

function readKinds(kinds: readonly NamespacedKind[]): rbac.v1.PolicyRule[] {
  const groups = [...new Set(kinds.map((kind) => apiGroups[kind]))].sort();
  return groups.map((group) => ({
    apiGroups: [group],
    resources: kinds.filter((kind) => apiGroups[kind] === group),
    verbs: watching,
  }));
}

/** Rules of a role: in one namespace or, without one, in the whole cluster. */
interface Right {
  /** `<workload>-<id>-role` and `-binding` are the names of its resources. */
  readonly id: string;
  /** Name of the role. */
  readonly name: string;
  readonly namespace?: string;
  readonly rules: rbac.v1.PolicyRule[];
}

/**
 * The minimum rights to discover its targets: list and watch the pods of these namespaces, and for
 * kubelets the nodes and their metrics. No other objects and no write access.
 */
function findingRights(name: string, discovers: readonly Discovery[]): Right[] {
  const namespaces = [...new Set(discovers.filter(isPods).map(({ namespace }) => namespace))];
  return [
    ...namespaces.map((namespace) => ({
      ...{ id: `finds-${namespace}`, name, namespace },
      rules: [readPods],
    })),
    ...(discovers.some(({ by }) => by === 'kubelets')
      ? [{ id: 'finds-nodes', name, rules: readNodes }]
      : []),
  ];
}

/** The rights to list and watch exactly the declared objects. */
function readingRights(
  name: string,
  { kinds = [], namespaces = [], nodes = false }: ClusterReads,
): Right[] {
  const rules = readKinds(kinds);
  return [
    ...(rules.length === 0 ? [] : [...new Set(namespaces)]).map((namespace) => ({
      ...{ id: `reads-${namespace}`, name: `${name}-reads`, namespace },
      rules,
    })),
    ...(nodes
      ? [
          {
            ...{ id: 'reads-nodes', name: `${name}-reads` },
            rules: [{ apiGroups: [''], resources: ['nodes'], verbs: watching }],
          },
        ]
      : []),
  ];
}

/**
 * Roles for these rights, each bound only to the workload's account.
 *
 * Upstream: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export function accessRights(
  { name, placed, discovers = [], readsCluster = {} }: Finder,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource[] {
  const labels = objectLabels(placed);
  const subjects = [{ kind: 'ServiceAccount', name: placed.name, namespace: placed.namespace }];
  const rights = [...findingRights(name, discovers), ...readingRights(name, readsCluster)];
  return rights.flatMap(({ id, name: role, namespace, rules }): pulumi.CustomResource[] => {
    const resource = `${placed.name}-${id}`;
    const roleRef = (kind: string): rbac.v1.RoleRef => ({
      apiGroup: 'rbac.authorization.k8s.io',
      kind,
      name: role,
    });
    if (namespace === undefined) {
      const metadata = { name: role, labels };
      const binding = { metadata, subjects, roleRef: roleRef('ClusterRole') };
      return [
        new ClusterRole(`${resource}-role`, { metadata, rules }, opts),
        new ClusterRoleBinding(`${resource}-binding`, binding, opts),
      ];
    }
    const metadata = { name: role, namespace, labels };
    const binding = { metadata, subjects, roleRef: roleRef('Role') };
    return [
      new Role(`${resource}-role`, { metadata, rules }, opts),
      new RoleBinding(`${resource}-binding`, binding, opts),
    ];
  });
}

/**
 * Network peers for discovery, in addition to the stack's own workloads in `connectsTo`. The API
 * server and the kubelets are allowed by port only, because no label selects them. Other namespaces
 * need policies of their own that allow Prometheus.
 *
 * @param own namespaces of the stack
 * @param apiServerPorts ports of its Service and of the endpoints behind it, where a policy applies
 */
export function discoveryPeers(
  asks: Asks,
  own: readonly string[],
  apiServerPorts: readonly number[] = [443, 6443],
): External[] {
  if (!asksApiServer(asks)) return [];
  const { discovers = [] } = asks;
  const kubelets = discovers.flatMap((one) => (one.by === 'kubelets' ? [one.port] : []));
  const foreign = discovers.filter(isPods).filter(({ namespace }) => !own.includes(namespace));
  const places = new Map(foreign.map((one) => [`pods-in-${one.namespace}-${one.port}`, one]));
  return [
    { external: 'kubernetes-api', ports: apiServerPorts },
    ...(kubelets.length === 0 ? [] : [{ external: 'kubelets', ports: [...new Set(kubelets)] }]),
    ...[...places].map(([external, { namespace, port }]) => ({
      external,
      ports: [port],
      peers: foreign
        .filter((one) => one.namespace === namespace && one.port === port)
        .map(({ labels }) => ({ namespace, podLabels: labels })),
    })),
  ];
}

/** The token for the one container that uses the API server. Others in the pod have none. */
export function apiAccess(): PodMount {
  const name = 'kube-api-access';
  const sources: core.v1.VolumeProjection[] = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
    {
      // The cluster creates it in every namespace.
      configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    },
  ];
  return {
    volume: { name, projected: { defaultMode: 0o440, sources } },
    mount: {
      name,
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      readOnly: true,
    },
  };
}
