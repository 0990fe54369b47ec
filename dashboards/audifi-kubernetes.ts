import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  eachContainer,
  killedForMemory,
  nodePressure,
  nodeReady,
  perWorkload,
  replicas,
  scoped,
} from '../rules';
import { by, noneOf, oneOf, selector, topk } from '../telemetry';
import { unread, volumesRow } from './lib/cluster-volumes';
import { named } from './lib/containers';
import { assembled, type Dashboard } from './lib/dashboard';
import { dashboard, runbook } from './lib/links';
import { colours } from './lib/looks';
import { lines, timeline } from './lib/panels';
import { range, rows, sinceLastPoint } from './lib/queries';
import { states } from './lib/states';
import { table, width } from './lib/table';
import type { DashboardOptions } from './options';

/** State of the cluster's nodes, and of pods and volumes in the namespaces that the stack reads. */
export const kubernetes = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-kubernetes',
      title: 'Kubernetes',
      description:
        'What the cluster reports about its nodes, and about the pods and volumes of AudiFi and of ' +
        'the monitoring.',
      rows: [
        {
          title: 'State',
          height: 9,
          panels: [
            [8, nodes(options)],
            [8, podsNotReady(options)],
            [8, workloads(options)],
          ],
        },
        {
          title: 'Containers',
          height: 9,
          panels: [
            [8, restarts(options)],
            [8, memoryKills(options)],
            [8, waiting(options)],
          ],
        },
        volumesRow(options),
      ],
    },
    options,
  );

function nodes(options: DashboardOptions): Panel {
  const cordoned = sinceLastPoint('max', scoped('kube_node_spec_unschedulable'));
  const pressure = sinceLastPoint('max', nodePressure);
  return timeline({
    title: 'Nodes',
    shows:
      'Whether each node of the cluster is ready. A node that was cordoned or under pressure has ' +
      'another row for that time.',
    good: 'One green row per node.',
    otherwise:
      'Not ready: the kubelet does not report to the cluster. Pressure: the node evicts pods. ' +
      'Overview shows CPU, memory and disks of each node.',
    unit: 'state',
    queries: [
      range(by('min', ['node'], sinceLastPoint('min', nodeReady)), '{{node}}'),
      range(`2 * (${by('max', ['node', 'condition'], pressure)} == 1)`, '{{node}} {{condition}}'),
      range(`3 * (${by('max', ['node'], cordoned)} == 1)`, '{{node}} cordoned'),
    ],
    empty: unread,
    states: states({
      0: { text: 'Not ready', color: colours.warning },
      1: { text: 'Ready', color: colours.good },
      2: { text: 'Under pressure', color: colours.warning },
      3: { text: 'Cordoned', color: colours.info },
    }),
    links: [
      runbook(options, 'KubeNodeNotReady'),
      runbook(options, 'KubeNodePressure'),
      dashboard('audifi-overview', 'Overview'),
    ],
  });
}

function podsNotReady(options: DashboardOptions): Panel {
  const pods = sinceLastPoint('max', selector('pod:kube_pod_not_ready:max'));
  return timeline({
    title: 'Pods Not Ready',
    shows:
      'When a pod was not ready, with its node. A pod without a node waits for one. Not pods of ' +
      'Jobs.',
    good: 'Empty, or short bars when pods start.',
    otherwise:
      'A long bar: Waiting Containers shows the reason. Without a node: resources are short, or a ' +
      'scheduling rule excludes all nodes.',
    unit: 'state',
    queries: [
      range(by('max', ['namespace', 'pod', 'node'], pods), '{{namespace}} {{pod}} {{node}}'),
    ],
    empty: `All pods were ready. Or: ${unread}`,
    states: states({ 1: { text: 'Not ready', color: colours.warning } }),
    links: [runbook(options, 'KubePodNotReady')],
  });
}

/** Of each workload with fewer available pods than wanted. @param shown which of the two */
const short = (shown: 'wanted' | 'available'): string =>
  Object.entries(replicas)
    .map(([kind, { wanted, available }]) => {
      const [most, least] = [perWorkload(wanted), perWorkload(available)];
      const pods = shown === 'wanted' ? `${most} > ${least}` : `${least} < ${most}`;
      return `label_replace(${pods}, "kind", "${kind}", "", "")`;
    })
    .join(' or ');

function workloads(options: DashboardOptions): Panel {
  return table(
    {
      title: 'Workloads Short of Pods',
      shows: 'Workloads that have fewer ready pods than they should, at the end of the time range.',
      good: 'Empty, except during a rollout.',
      otherwise:
        'If Pods Not Ready shows none of its pods, Kubernetes cannot create them: a quota, an ' +
        'admission policy or a missing service account. See the events of the workload.',
      unit: 'count',
      queries: [rows(short('wanted')), rows(short('available'))],
      empty: `No workload is short of pods. Or: ${unread}`,
      links: [runbook(options, 'KubeWorkloadUnderReplicated')],
    },
    {
      order: ['namespace', 'workload', 'kind', 'Value #A', 'Value #B'],
      headings: {
        namespace: 'Namespace',
        workload: 'Workload',
        kind: 'Kind',
        'Value #A': 'Wanted',
        'Value #B': 'Ready',
      },
      sortedBy: 'Namespace',
      properties: { Wanted: [width(70)], Ready: [width(70)] },
    },
  );
}

const restarted = selector('container:kube_pod_container_restarts:increase1h');

function restarts(options: DashboardOptions): Panel {
  return lines({
    title: 'Restarts',
    shows: 'Restarts of a container in the hour before, the ten highest at each point in time.',
    good: 'None.',
    otherwise:
      'The log of the previous container (kubectl logs --previous) has the reason, unless Out of ' +
      'Memory Kills shows it.',
    unit: 'count',
    queries: [range(named(topk(10, by('max', eachContainer, restarted))), '{{container}}')],
    empty: `No container restarted. Or: ${unread}`,
    sparse: true,
    links: [runbook(options, 'KubePodCrashLooping'), runbook(options, 'ServiceCrashLooping')],
  });
}

function memoryKills(options: DashboardOptions): Panel {
  const killed = `${restarted} and on (${eachContainer.join(', ')}) ${killedForMemory} == 1`;
  return lines({
    title: 'Out of Memory Kills',
    shows:
      'Restarts in the hour before of containers that the kernel last killed for their memory use.',
    good: 'None.',
    otherwise:
      'Memory Limits (Overview) shows whether the memory rose slowly (a leak) or with the load ' +
      '(raise the limit).',
    unit: 'count',
    queries: [range(named(`(${killed})`), '{{container}}')],
    empty: `No container was killed for its memory use. Or: ${unread}`,
    sparse: true,
    links: [runbook(options, 'KubeContainerOOMKilled'), dashboard('audifi-overview', 'Overview')],
  });
}

/** Reasons of every container that starts. A container that stays there cannot start either. */
const starting = ['ContainerCreating', 'PodInitializing'] as const;

function waiting(options: DashboardOptions): Panel {
  const of = (reason: ReturnType<typeof oneOf>): string => {
    const waits = scoped('kube_pod_container_status_waiting_reason', { reason });
    return named(by('max', [...eachContainer, 'reason'], sinceLastPoint('max', waits)));
  };
  return timeline({
    title: 'Waiting Containers',
    shows: 'When a container was waiting to start, and why.',
    good: 'Empty, or short blue bars when pods start.',
    otherwise:
      'CrashLoopBackOff: it ends soon after each start. ImagePullBackOff: the image or its ' +
      'credentials are wrong. A long blue bar: most often a volume that cannot be mounted.',
    unit: 'state',
    queries: [
      range(of(noneOf(...starting)), '{{container}} {{reason}}'),
      range(`2 * ${of(oneOf(...starting))}`, '{{container}} {{reason}}'),
    ],
    empty: `No container was waiting. Or: ${unread}`,
    states: states({
      1: { text: 'Fails', color: colours.warning },
      2: { text: 'Starts', color: colours.info },
    }),
    links: [runbook(options, 'KubePodCrashLooping'), runbook(options, 'KubePodNotReady')],
  });
}
