import { by, type Expr, increase } from '../telemetry';
import { type Context, when } from './context';
import { eachContainer, podsNotReady, volumeFree } from './kubernetes-parts';
import { jobs } from './options';
import { record, type Recording } from './recording-parts';
import { scoped } from './scope';

/** What panels show of a cluster. Only of pods that have a problem, because it has hundreds. */
export const cluster = (c: Context): readonly Recording[] => [
  ...when(c.has(jobs.kubeObjects), ...pods(c)),
  ...when(c.has(jobs.kubelet), ...claims()),
];

function pods(c: Context): readonly Recording[] {
  const restarts = by(
    'max',
    eachContainer,
    increase(scoped('kube_pod_container_status_restarts_total'), c.window(3_600)),
  );
  return [
    record('pod:kube_pod_not_ready:max', podsNotReady()),
    record(
      'container:kube_pod_container_restarts:increase1h',
      `${restarts} > 0` as Expr<(typeof eachContainer)[number]>,
    ),
  ];
}

const claims = (): readonly Recording[] => [
  record('claim:kubelet_volume_bytes_free:ratio', volumeFree('bytes')),
  record('claim:kubelet_volume_inodes_free:ratio', volumeFree('inodes')),
];
