/**
 * How Prometheus discovers the targets of a port, and their labels. Plain data: a platform returns
 * it, and components/metrics/discovery-config.ts converts it to Prometheus configuration.
 */
export type Discovery = Addresses | Pods | Kubelets;

/** Static addresses. */
export interface Addresses {
  readonly by: 'addresses';
  readonly targets: readonly {
    /** `host:port` */
    readonly address: string;
    /** Labels of the target. @default none */
    readonly labels?: Readonly<Record<string, string>>;
  }[];
}

/** Pods of one Kubernetes namespace, as the API server lists them: running or not, ready or not. */
export interface Pods {
  readonly by: 'pods';
  readonly namespace: string;
  /** Labels that all of the pods must have. */
  readonly labels: Readonly<Record<string, string>>;
  /** Port that one of their containers must declare. */
  readonly port: number;
  /** Value of `instance`: the pod's name or, with one pod per node, the node's name. */
  readonly instance: 'pod' | 'node';
}

/**
 * The kubelet of every node, over TLS. Requires the right to `get` the resource `nodes/metrics`.
 */
export interface Kubelets {
  readonly by: 'kubelets';
  /** Path of the metrics. */
  readonly path: string;
  /** Port for the network policy; Prometheus learns it from the API server. */
  readonly port: number;
  /** True: accept any certificate. Otherwise the cluster's CA must have signed it. */
  readonly insecureTls: boolean;
}
