import type { core } from '@pulumi/kubernetes/types/input';
import { virtualNodes } from '../virtual-nodes';
import type { Workload } from '../workload';
import { isReplicated } from './instances';
import type { Labels } from './kubernetes-policy';

/** The nodes for the stack's pods, as in the settings. */
export interface NodeChoice {
  /** Labels of the nodes. @default any node with Linux */
  readonly nodeSelector?: Labels;
  /** Taints that the pods tolerate. @default none */
  readonly tolerations?: readonly Toleration[];
}

export interface Toleration {
  readonly key: string;
  /** @default any value */
  readonly value?: string;
  /** @default all effects */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

type Scheduling = Pick<
  core.v1.PodSpec,
  'affinity' | 'nodeSelector' | 'tolerations' | 'topologySpreadConstraints'
>;

const linux = { 'kubernetes.io/os': 'linux' };

/** The nodes that may run a workload's pods. Pure. */
export function scheduling(
  workload: Workload,
  selector: Labels,
  { nodeSelector = {}, tolerations = [] }: NodeChoice,
): Scheduling {
  if (workload.placement === 'perNode') {
    return {
      nodeSelector: linux,
      // One instance per node includes nodes that are reserved, not ready or under pressure.
      tolerations: [{ operator: 'Exists' }],
      affinity: { nodeAffinity: realNodes },
    };
  }
  return {
    nodeSelector: { ...nodeSelector, ...linux },
    ...(tolerations.length === 0 ? undefined : { tolerations: tolerations.map(toleration) }),
    ...(isReplicated(workload) ? spread(selector) : undefined),
  };
}

const toleration = ({ key, value, effect }: Toleration): core.v1.Toleration => ({
  key,
  ...(value === undefined ? { operator: 'Exists' } : { operator: 'Equal', value }),
  ...(effect === undefined ? undefined : { effect }),
});

/**
 * Excludes nodes that are not machines. The pods tolerate all taints, so without this rule one of
 * them would stay pending for each such node.
 */
const realNodes: core.v1.NodeAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [
      {
        matchExpressions: Object.entries(virtualNodes).map(([key, value]) => ({
          ...{ key, operator: 'NotIn', values: [value] },
        })),
      },
    ],
  },
};

/**
 * Instances run on different nodes and in different zones if possible. It is not required, because
 * the volume of an instance may tie it to the node or the zone of another one.
 *
 * Nodes are not a second topology spread constraint: the scheduler would ignore every node that
 * lacks one of the labels. Without zones, all instances could then run on one node.
 *
 * Upstream: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
function spread(selector: Labels): Scheduling {
  const labelSelector = { matchLabels: selector };
  const apart = { topologyKey: 'kubernetes.io/hostname', labelSelector };
  return {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: apart }],
      },
    },
    topologySpreadConstraints: [
      {
        topologyKey: 'topology.kubernetes.io/zone',
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector,
      },
    ],
  };
}
