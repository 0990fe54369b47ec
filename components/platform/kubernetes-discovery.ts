import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '@pulumi/kubernetes/rbac/v1';
import type { core, rbac } from '@pulumi/kubernetes/types/input';
import type * as pulumi from '@pulumi/pulumi';
import type { Discovery, Pods } from '../discovery';
import type { External } from '../workload';
import type { PodMount } from './kubernetes-files';
import { objectLabels } from './kubernetes-objects';
import type { Placed } from './kubernetes-policy';

/** A workload that discovers its targets through the API server. */
export interface Finder {
  /** Name for its roles, unique in the cluster. */
  readonly name: string;
  readonly placed: Placed;
  readonly discovers: readonly Discovery[];
}

/** Whether the workload uses the API server at all. */
export const asksApiServer = (discovers: readonly Discovery[] = []): boolean =>
  discovers.some(({ by }) => by !== 'addresses');

const isPods = (discovery: Discovery): discovery is Pods => discovery.by === 'pods';

const verbs = ['get', 'list', 'watch'];
const readPods: rbac.v1.PolicyRule = { apiGroups: [''], resources: ['pods'], verbs };
const readNodes: rbac.v1.PolicyRule[] = [
  { apiGroups: [''], resources: ['nodes'], verbs },
  // The right that the kubelet requires of a client that reads its metrics.
  { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
];

/**
 * The minimum rights to discover its targets: list and watch the pods of these namespaces, and for
 * kubelets the nodes and their metrics. No other objects and no write access.
 *
 * Upstream: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export function accessRights(
  { name, placed, discovers }: Finder,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource[] {
  const labels = objectLabels(placed);
  const subjects = [{ kind: 'ServiceAccount', name: placed.name, namespace: placed.namespace }];
  const to = (kind: string): rbac.v1.RoleRef => ({
    apiGroup: 'rbac.authorization.k8s.io',
    kind,
    name,
  });
  const namespaces = [...new Set(discovers.filter(isPods).map(({ namespace }) => namespace))];
  const inNamespaces = namespaces.flatMap((namespace) => {
    const metadata = { name, namespace, labels };
    const resource = `${placed.name}-finds-${namespace}`;
    const binding = { metadata, subjects, roleRef: to('Role') };
    return [
      new Role(`${resource}-role`, { metadata, rules: [readPods] }, opts),
      new RoleBinding(`${resource}-binding`, binding, opts),
    ];
  });
  if (!discovers.some(({ by }) => by === 'kubelets')) return inNamespaces;
  const metadata = { name, labels };
  const resource = `${placed.name}-finds-nodes`;
  const binding = { metadata, subjects, roleRef: to('ClusterRole') };
  return [
    ...inNamespaces,
    new ClusterRole(`${resource}-role`, { metadata, rules: readNodes }, opts),
    new ClusterRoleBinding(`${resource}-binding`, binding, opts),
  ];
}

/**
 * Network peers for discovery, in addition to the stack's own workloads in `connectsTo`. No label
 * selects the API server or a kubelet. Other namespaces need policies of their own that let
 * Prometheus in.
 *
 * @param own namespaces of the stack
 * @param apiServerPorts ports of its Service and of the endpoints behind it, where a policy applies
 */
export function discoveryPeers(
  discovers: readonly Discovery[],
  own: readonly string[],
  apiServerPorts: readonly number[] = [443, 6443],
): External[] {
  if (!asksApiServer(discovers)) return [];
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
