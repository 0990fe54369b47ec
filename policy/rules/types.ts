import type { Rule } from '../resource';

/**
 * Types of Docker and Kubernetes that the rules judge, or that run nothing and open nothing.
 * Others, such as charts of Helm and patches of objects, could start containers that no rule sees.
 */
export const knownTypes: ReadonlySet<string> = new Set([
  ...['container:Container', 'network:Network', 'remoteImage:RemoteImage', 'volume:Volume'].map(
    (type) => `docker:index/${type}`,
  ),
  ...['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map(
    (kind) => `kubernetes:apps/v1:${kind}`,
  ),
  ...['CronJob', 'Job'].map((kind) => `kubernetes:batch/v1:${kind}`),
  ...['Pod', 'ReplicationController', 'ConfigMap', 'Secret', 'Service', 'ServiceAccount'].map(
    (kind) => `kubernetes:core/v1:${kind}`,
  ),
  ...['Namespace', 'PersistentVolume', 'PersistentVolumeClaim'].map(
    (kind) => `kubernetes:core/v1:${kind}`,
  ),
  'kubernetes:gateway.networking.k8s.io/v1:HTTPRoute',
  ...['Ingress', 'NetworkPolicy'].map((kind) => `kubernetes:networking.k8s.io/v1:${kind}`),
  'kubernetes:policy/v1:PodDisruptionBudget',
  ...['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'].map(
    (kind) => `kubernetes:rbac.authorization.k8s.io/v1:${kind}`,
  ),
  'kubernetes:scheduling.k8s.io/v1:PriorityClass',
]);

/** Providers whose resources run nothing on Docker or Kubernetes, and the stack's components. */
const harmless = new Set([
  ...['audifi', 'pulumi', 'pulumi-nodejs', 'random', 'grafana', 'pagerduty'],
]);

export const knownResources: Rule = {
  name: 'known-types',
  description: 'Every resource has a type that the other rules can judge.',
  check: ({ type }) =>
    knownTypes.has(type) || harmless.has(type.split(':')[0] ?? '')
      ? []
      : [
          `has the type ${type}, which no rule judges: review it, and add it in policy/rules/types.ts`,
        ],
};
