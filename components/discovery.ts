/**
 * How the targets behind a port are found, and what each is known by. Plain data: a platform says
 * it, and components/metrics/discovery-config.ts writes it down for Prometheus.
 */
export type Discovery = Addresses | Pods | Kubelets;

/** Addresses that do not change. */
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
  /** Labels that the pods have, every one of them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Port that one of their containers declares. */
  readonly port: number;
  /** What `instance` says: the pod's name or, where one pod runs on each node, the node's. */
  readonly instance: 'pod' | 'node';
}

/** The kubelet of every node, over TLS. It answers who may `get` the resource `nodes/metrics`. */
export interface Kubelets {
  readonly by: 'kubelets';
  /** Path of the metrics. */
  readonly path: string;
  /** Port for the network policy; Prometheus learns it from the API server. */
  readonly port: number;
  /** True: take any certificate. Else it has to be of the cluster's authority. */
  readonly insecureTls: boolean;
}
