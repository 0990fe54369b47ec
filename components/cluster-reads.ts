/** Kinds of objects that belong to a namespace, as the Kubernetes API names them. */
export type NamespacedKind =
  'pods' | 'deployments' | 'statefulsets' | 'daemonsets' | 'persistentvolumeclaims';

/**
 * Objects of a Kubernetes cluster that a workload lists and watches. It never changes them. Plain
 * data: a platform creates the rights for it.
 */
export interface ClusterReads {
  /** Kinds of objects in `namespaces`. @default none */
  readonly kinds?: readonly NamespacedKind[];
  /** Namespaces of these objects. They must exist. @default none */
  readonly namespaces?: readonly string[];
  /** Whether it also reads the nodes, which belong to no namespace. @default false */
  readonly nodes?: boolean;
}
