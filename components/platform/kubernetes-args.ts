import type { core } from '@pulumi/kubernetes/types/input';
import type { ClusterDns } from './dns';
import type { ClusterState } from './cluster-state';
import type { PodsOfCluster } from './kubernetes-pod';
import type { PortForwardArgs } from './port-forward';

/** The cluster, and how to use it. */
export interface KubernetesPlatformArgs extends PodsOfCluster {
  /** Stack name; a label of every object. */
  readonly stack: string;
  /** Context of the kubeconfig. @default its current one */
  readonly context?: string;
  /**
   * Namespace of the stack, which no other stack may share. Workloads with host access live in a
   * second one, `<namespace>-host`. @default 'monitoring'
   */
  readonly namespace?: string;
  /** Take over an existing namespace that belongs to no stack. @default false */
  readonly adoptNamespace?: boolean;
  /** Storage class of new volumes. @default the cluster's */
  readonly storageClass?: string;
  /**
   * State of the cluster. Claims that cannot be resized keep their size. @default nothing is known
   */
  readonly existing?: ClusterState;
  /**
   * Ports of the API server, for the network policy of workloads that use it. @default 443 and 6443
   */
  readonly apiServerPorts?: readonly number[];
  /** Ports of pods behind Services, besides the ports of external peers. @default none */
  readonly podPorts?: readonly number[];
  /**
   * True: do not verify the kubelets' certificates.
   * @default false: the cluster's CA must have signed them
   */
  readonly kubeletInsecureTls?: boolean;
  /** PriorityClass of all pods. @default one of the stack (kubernetes-priority.ts) */
  readonly priorityClass?: string;
  /** Where the cluster's DNS answers. @default port 53 of the pods in kube-system */
  readonly dns?: ClusterDns;
  /** Opens a port of a Service on this machine; returns its URL. */
  readonly openTunnel: (tunnel: PortForwardArgs) => Promise<string>;
  /** Transform of a pod, for options that a workload cannot express. @default none */
  readonly transform?: (name: string, pod: core.v1.PodSpec) => core.v1.PodSpec;
}
