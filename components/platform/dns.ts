/** Where the cluster's DNS server is, for network policies. */
export interface ClusterDns {
  /** Namespace of its pods. */
  readonly namespace: string;
  /** Ports of its pods, where a policy applies: behind the Service. */
  readonly ports: readonly number[];
  /** Addresses besides these pods, e.g. of a cache on each node. */
  readonly cidrs: readonly string[];
}

/**
 * DNS as most clusters have it. The addresses are link-local: caches on the nodes (NodeLocal
 * DNSCache, LocalDNS of AKS) and Cloud DNS of GKE, which several clusters use by default.
 */
export const usualDns: ClusterDns = {
  namespace: 'kube-system',
  ports: [53],
  cidrs: ['169.254.0.0/16'],
};
