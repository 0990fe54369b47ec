import { setTimeout as sleep } from 'node:timers/promises';
import { openPortForward, type PortForward } from '../components/platform/port-forward';
import { services } from '../components/services';
import { objectsOf, type Place } from './cluster-objects';
import type { Pod } from './pods';

/** How long the Service may take before each pod is tried too, in milliseconds. */
const patience = 5000;

/**
 * A tunnel to an instance of Prometheus in a cluster; undefined if none can be reached.
 *
 * kubectl chooses one pod of the Service. If the node of that pod has just failed, the cluster
 * still considers the pod ready, and the connection hangs.
 */
export async function openPrometheus(
  stack: string,
  place: Place,
  env: NodeJS.ProcessEnv,
): Promise<PortForward | undefined> {
  const decided = new AbortController();
  const open = (service: string): Promise<PortForward> =>
    openPortForward(
      { ...place, service, port: services.prometheus.ports.http, signal: decided.signal },
      env,
    );
  const tunnels = [open('prometheus')];
  const early = await Promise.race([
    Promise.any(tunnels).catch(() => undefined),
    sleep(patience, undefined, { ref: false }),
  ]);
  if (early !== undefined) return early;
  const pods = await objectsOf<Pod>('pods', stack, place, env).catch(() => []);
  const own = pods.filter(
    ({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === 'prometheus',
  );
  tunnels.push(...own.map(({ metadata }) => open(`pod/${metadata.name}`)));
  const first = await Promise.any(tunnels).catch(() => undefined);
  for (const tunnel of tunnels) {
    tunnel.then(
      (one) => {
        if (one !== first) one.close();
      },
      () => undefined,
    );
  }
  decided.abort();
  return first;
}
