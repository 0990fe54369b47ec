import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '@pulumi/kubernetes/rbac/v1';
import type { core, rbac } from '@pulumi/kubernetes/types/input';
import type * as pulumi from '@pulumi/pulumi';
import type { Discovery, Pods } from '../discovery';
import type { External } from '../workload';
import type { PodMount } from './kubernetes-files';
import { type Labels, type Placed, type Policy, podsAt } from './kubernetes-policy';

/** A workload that asks the API server for its targets. */
export interface Finder {
  readonly placed: Placed;
  /** Name that no other object of the cluster has. */
  readonly uniqueName: string;
  readonly labels: Labels;
  readonly discovers: readonly Discovery[];
}

/** Ports of the API server: that of its Service, and of the endpoints behind it, at which a policy applies. */
export const defaultApiServerPorts: readonly number[] = [443, 6443];

/** Does the workload ask the API server at all? */
export const asksApiServer = (discovers: readonly Discovery[] = []): boolean =>
  discovers.some(({ by }) => by !== 'address');

/**
 * The least that finding its targets takes: to list and watch the pods of those namespaces, and, for kubelets, the nodes and
 * to read their metrics. No other namespace, no other object, nothing to write.
 *
 * Upstream: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export function accessRights(
  finder: Finder,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource[] {
  const { placed, uniqueName, labels, discovers } = finder;
  const subjects = [{ kind: 'ServiceAccount', name: placed.name, namespace: placed.namespace }];
  const to = (kind: string): rbac.v1.RoleRef => ({
    apiGroup: 'rbac.authorization.k8s.io',
    kind,
    name: uniqueName,
  });
  const namespaces = [...new Set(discovers.flatMap((one) => (isPods(one) ? [one.namespace] : [])))];
  const inNamespaces = namespaces.flatMap((namespace) => {
    const metadata = { name: uniqueName, namespace, labels };
    const resource = `${placed.name}-finds-${namespace}`;
    const role = new Role(`${resource}-role`, { metadata, rules: [readPods] }, opts);
    const binding = { metadata, subjects, roleRef: to('Role') };
    return [role, new RoleBinding(`${resource}-binding`, binding, opts)];
  });
  if (!discovers.some(({ by }) => by === 'kubelets')) return inNamespaces;
  const metadata = { name: uniqueName, labels };
  const resource = `${placed.name}-finds-nodes`;
  return [
    ...inNamespaces,
    new ClusterRole(`${resource}-role`, { metadata, rules: readNodes }, opts),
    new ClusterRoleBinding(
      `${resource}-binding`,
      { metadata, subjects, roleRef: to('ClusterRole') },
      opts,
    ),
  ];
}

const verbs = ['get', 'list', 'watch'];
const readPods: rbac.v1.PolicyRule = { apiGroups: [''], resources: ['pods'], verbs };
const readNodes: rbac.v1.PolicyRule[] = [
  { apiGroups: [''], resources: ['nodes'], verbs },
  // What the kubelet asks the API server about whoever wants its metrics.
  { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
];

const isPods = (discovery: Discovery): discovery is Pods => discovery.by === 'pods';

/** Whom it talks to for that, besides the workloads of this stack. No label selects the API server or a kubelet. */
export function apiConnections(
  discovers: readonly Discovery[],
  apiServerPorts: readonly number[],
): External[] {
  if (!asksApiServer(discovers)) return [];
  const ports = discovers.flatMap((one) => (one.by === 'kubelets' ? [one.port] : []));
  return [
    { external: 'kubernetes-api', ports: apiServerPorts },
    ...(ports.length === 0 ? [] : [{ external: 'kubelets', ports: [...new Set(ports)] }]),
  ];
}

/** Lets it reach the pods that it finds in namespaces of others; that they let it in is theirs to say. */
export function foreignPodPolicies(
  { placed, discovers }: Finder,
  own: ReadonlySet<string>,
): Policy[] {
  const foreign = discovers.filter(isPods).filter(({ namespace }) => !own.has(namespace));
  return [...new Set(foreign.map(({ namespace }) => namespace))].map((namespace) => ({
    name: `${placed.name}-to-pods-in-${namespace}`,
    namespace: placed.namespace,
    spec: {
      podSelector: { matchLabels: placed.labels },
      policyTypes: ['Egress'],
      egress: foreign
        .filter((one) => one.namespace === namespace)
        .map(({ labels, port }) => ({
          to: [podsAt(namespace, labels)],
          ports: [{ protocol: 'TCP', port }],
        })),
    },
  }));
}

/** Identity of the pod for its one container that asks; the pod as a whole has none. */
export function apiAccess(): PodMount {
  const name = 'kube-api-access';
  const sources: core.v1.VolumeProjection[] = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
    {
      // The cluster puts it into every namespace.
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
