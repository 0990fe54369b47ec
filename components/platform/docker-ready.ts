import type * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { Workload } from '../workload';
import { type Part, partName, partsOf } from './instances';
import type { ReadinessRequest, WaitUntilReady } from './readiness';

/**
 * Resolves when every container runs and the first instance is ready, if it can be probed.
 *
 * @param instances containers of each instance, in the order of the workload's parts
 */
export function whenReady(
  workload: Workload,
  instances: readonly (readonly docker.Container[])[],
  waitUntilReady: WaitUntilReady,
): pulumi.Output<boolean> {
  const parts = partsOf(workload);
  const ready = instances.flatMap((containers, i) =>
    containers.map((container, j) => {
      const request = i === 0 ? readinessOf(workload.name, parts[j]) : undefined;
      return request === undefined
        ? container.id.apply(() => true)
        : container.id.apply(() => waitUntilReady(request));
    }),
  );
  const [only, ...more] = ready;
  return only !== undefined && more.length === 0 ? only : pulumi.all(ready).apply(() => true);
}

/** Readiness probe from this machine; undefined if the probe's port is not published. */
function readinessOf(workload: string, part: Part | undefined): ReadinessRequest | undefined {
  const { ports = [], readiness } = part?.spec ?? {};
  const published = ports.find((p) => p.name === readiness?.port)?.publish;
  if (part === undefined || readiness === undefined || published === undefined) return undefined;
  return {
    name: partName(workload, part),
    url: `http://127.0.0.1:${published}${readiness.path}`,
    deadlineSeconds: readiness.deadlineSeconds ?? 60,
  };
}
