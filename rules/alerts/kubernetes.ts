import { by, duration, increase, over, topk } from '../../telemetry';
import { type Context, when } from '../context';
import {
  eachContainer,
  eachPod,
  eachWorkload,
  killedForMemory,
  nodePressure as underPressure,
  nodeReady,
  perWorkload,
  podsNotReady,
  replicas,
} from '../kubernetes-parts';
import type { Alert } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';
import { ownTargets } from './consequences';
import { volumeFilling, volumeNames, volumeResizePending } from './kubernetes-volumes';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const kubernetesNames = [
  'KubeContainerOOMKilled',
  'KubePodCrashLooping',
  'KubePodNotReady',
  'KubeWorkloadUnderReplicated',
  'KubeNodeNotReady',
  'KubeNodePressure',
  ...volumeNames,
  'KubeStateMetricsDown',
] as const;

/**
 * None of them pages. Failures that customers notice have their own alerts, which page (APIDown,
 * DatabaseDown and others). Kubernetes restarts, moves and replaces pods by itself, and a volume is
 * reported hours before it is full.
 */
const common = {
  severity: 'warning',
  service: 'cluster',
  dashboard: 'audifi-kubernetes',
} as const;

/** Alerts on what the cluster says about pods, workloads, nodes and volumes (Kubernetes). */
export function kubernetesAlerts(c: Context): readonly Alert[] {
  const nodes = c.has(jobs.kubeNodes);
  return [
    ...when(c.has(jobs.kubeObjects), containerOomKilled(c), podCrashLooping(c), podNotReady(c)),
    ...when(c.has(jobs.kubeObjects) && nodes, ...underReplicated(c)),
    ...when(nodes, nodeNotReady(c), nodePressure(c)),
    ...when(
      c.has(jobs.kubelet) && c.has(jobs.kubeObjects),
      ...volumeFilling(c),
      volumeResizePending(c),
    ),
    ...when(c.has(jobs.kubeObjects) && nodes, stateMetricsDown(c)),
  ];
}

const samePod = { equal: eachPod };
const sameWorkload = { equal: eachWorkload };

/**
 * Adds the node and workload of each pod. While kube-state-metrics is replaced, there may be two
 * series per pod; `topk` takes one.
 */
function withPlace(expr: string): string {
  const place = by('max', [...eachPod, 'node', 'workload'], scoped('kube_pod_info'));
  return `(\n  ${expr}\n)\n* on (namespace, pod) group_left (node, workload)\n${topk(1, place, eachPod)}`;
}

/** A `for` clause in seconds as readable text, e.g. `15m`. */
const held = (c: Context, seconds: number): string => duration(c.hold(seconds));

const onNode = '{{ with $labels.node }} on {{ . }}{{ end }}';

function containerOomKilled(c: Context): Alert {
  const restarts = increase(scoped('kube_pod_container_status_restarts_total'), c.window(900));
  return {
    ...common,
    name: 'KubeContainerOOMKilled',
    expr: withPlace(`${by('max', eachContainer, restarts)} > 0\n  and\n  ${killedForMemory} == 1`),
    summary: 'Container {{ $labels.container }} of {{ $labels.pod }} ran out of memory',
    description:
      `The kernel killed {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }}${onNode} for ` +
      `its memory use. It restarted {{ $value | printf "%.0f" }} times in the last ${c.said(900)}, and its work in ` +
      'progress is lost.',
    mutes: [
      {
        alerts: ['KubePodCrashLooping', 'ContainerNearMemoryLimit'],
        equal: eachContainer,
        why: 'the container has already been killed for the same memory use',
      },
      { alerts: ['ServiceCrashLooping'], ...samePod, why: 'these are the same restarts' },
    ],
  };
}

function podCrashLooping(c: Context): Alert {
  const waits = scoped('kube_pod_container_status_waiting_reason', { reason: 'CrashLoopBackOff' });
  // Between two crashes the container runs for a moment, so a window is needed.
  const lately = by('max', eachContainer, over('max_over_time', waits, c.window(300)));
  return {
    ...common,
    name: 'KubePodCrashLooping',
    expr: withPlace(`${lately} == 1`),
    for: c.hold(300),
    summary: 'Container {{ $labels.container }} of {{ $labels.pod }} keeps crashing',
    description:
      `{{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }}${onNode} ends soon after each start. ` +
      'Kubernetes waits up to five minutes before the next attempt. Likely causes: a broken configuration, a missing ' +
      'dependency, or a new version that cannot start.',
    mutes: [
      {
        alerts: ['KubePodNotReady', 'TargetDown', 'ServiceCrashLooping'],
        ...samePod,
        why: 'a pod that crashes is not ready and does not answer',
      },
      {
        alerts: ['KubeWorkloadUnderReplicated'],
        ...sameWorkload,
        why: 'the pod that crashes is the one that is missing',
      },
    ],
  };
}

function podNotReady(c: Context): Alert {
  return {
    ...common,
    name: 'KubePodNotReady',
    expr: podsNotReady(),
    for: c.hold(900),
    summary: 'Pod {{ $labels.namespace }}/{{ $labels.pod }} is not ready',
    description:
      `{{ $labels.namespace }}/{{ $labels.pod }}${onNode} has not been ready for ${held(c, 900)}, so it gets ` +
      'no traffic. {{ with $labels.node }}It was scheduled; its readiness probe, image or volume fails.' +
      '{{ else }}No node can run it: resources are short, or a scheduling rule excludes the nodes.{{ end }}',
    mutes: [
      {
        alerts: ['KubeWorkloadUnderReplicated'],
        ...sameWorkload,
        why: 'the pod that is not ready is the one that is missing',
      },
    ],
  };
}

function underReplicated(c: Context): Alert[] {
  return [
    missingPods(c, 'Deployment'),
    missingPods(c, 'StatefulSet'),
    // A node that is not ready has its own alert, and cannot run its pod.
    missingPods(c, 'DaemonSet', `(count(${by('max', ['node'], nodeReady)} == 0) or vector(0))`),
  ];
}

/** @param excused number of pods that may be missing */
function missingPods(c: Context, kind: keyof typeof replicas, excused?: string): Alert {
  const { wanted, available, updated } = replicas[kind];
  const missing =
    `${perWorkload(wanted)} - ${perWorkload(available)}` +
    (excused === undefined ? '' : `\n- on () group_left ()\n${excused}`);
  return {
    ...common,
    name: 'KubeWorkloadUnderReplicated',
    // While a rollout makes progress, missing pods are expected.
    expr: `${missing}\n> 0\nand\n${perWorkload(over('changes', updated, c.window(600)))} == 0`,
    for: c.hold(900),
    labels: { kind },
    summary: `${kind} {{ $labels.namespace }}/{{ $labels.workload }} has too few pods`,
    description:
      `${kind} {{ $labels.namespace }}/{{ $labels.workload }} has been {{ $value | printf "%.0f" }} pods short for ` +
      `${held(c, 900)}. If no other alert names a pod that is not ready, Kubernetes cannot create the missing pods. Likely ` +
      'causes: a quota, an admission policy, or a missing service account.',
  };
}

function nodeNotReady(c: Context): Alert {
  return {
    ...common,
    name: 'KubeNodeNotReady',
    // Excludes cordoned nodes: a node is cordoned before it is restarted on purpose.
    expr:
      `${by('max', ['node'], nodeReady)} == 0\nunless on (node)\n` +
      `${by('max', ['node'], scoped('kube_node_spec_unschedulable'))} == 1`,
    for: c.hold(600),
    summary: 'Node {{ $labels.node }} is not ready',
    description:
      'The kubelet of {{ $labels.node }} does not report to the cluster, or reports a fault. Kubernetes starts its pods ' +
      'elsewhere after five minutes, except those with a volume on this node and those of a StatefulSet.',
    mutes: [
      {
        alerts: ['KubePodNotReady', 'KubePodCrashLooping', 'TargetDown'],
        equal: ['node'],
        why: 'pods of a failed node are not ready and do not answer',
      },
    ],
  };
}

function nodePressure(c: Context): Alert {
  return {
    ...common,
    name: 'KubeNodePressure',
    expr: `${by('max', ['node', 'condition'], underPressure)} == 1`,
    for: c.hold(600),
    summary: '{{ $labels.node }} reports {{ $labels.condition }}',
    description:
      'The kubelet of {{ $labels.node }} reports {{ $labels.condition }}: it accepts no new pods and evicts running ones, ' +
      'those far above their requests first.',
    mutes: [
      {
        alerts: ['LowDiskSpace', 'DiskFillingUp'],
        equal: ['node'],
        when: { condition: 'DiskPressure' },
        why: 'the disk is so full that pods are evicted',
      },
      {
        alerts: ['HighMemoryUsage'],
        equal: ['node'],
        when: { condition: 'MemoryPressure' },
        why: 'the memory is so full that pods are evicted',
      },
    ],
  };
}

function stateMetricsDown(c: Context): Alert {
  const answers = [
    ...[jobs.kubeObjects, jobs.kubeNodes],
    ...[jobs.kubeTelemetry, jobs.kubeNodesTelemetry],
  ].map((job) => `${c.answering(job)} == 0`);
  return {
    ...common,
    name: 'KubeStateMetricsDown',
    service: 'monitoring',
    dashboard: 'audifi-stack',
    expr: answers.join('\nor\n'),
    for: c.hold(300),
    summary: '{{ $labels.job }} is down',
    description:
      'Prometheus cannot scrape {{ $labels.job }}. Alerts on pods, workloads, nodes and volumes of the cluster cannot ' +
      'fire. All other alerts work.',
    mutes: ownTargets,
  };
}
