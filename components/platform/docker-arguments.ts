import type * as docker from '@pulumi/docker';
import { dockerCpus } from '../units';
import type { ContainerSpec, HostAccess } from '../workload';

/** Capabilities of a container, in the notation that the engine returns. */
export function capabilitiesOf({
  capabilities = [],
}: ContainerSpec): docker.types.input.ContainerCapabilities {
  const adds = capabilities.map((capability) => `CAP_${capability}`);
  return { drops: ['ALL'], ...(adds.length === 0 ? {} : { adds }) };
}

/** Docker's default data directory. */
export const dockerRoot = '/var/lib/docker';
/** Directory with the containers' logs (driver `json-file`) in a log agent's container. */
export const dockerContainers = `${dockerRoot}/containers`;

/**
 * Mounts for these kinds of access. They have private propagation (the default), because engines
 * reject `rslave` if their root is not a shared mount (Docker Desktop, WSL, containers without
 * systemd). A file system that is mounted later on the machine becomes visible after the
 * container's next start.
 *
 * @param root Docker's data directory on the machine
 */
export function hostMounts(
  access: ReadonlySet<HostAccess>,
  root: string,
): docker.types.input.ContainerMount[] {
  const bind = (source: string, target: string): docker.types.input.ContainerMount => ({
    type: 'bind',
    source,
    target,
    readOnly: true,
  });
  return [
    ...(access.has('hostMetrics') ? [bind('/', '/host')] : []),
    ...(access.has('containerLogs') ? [bind(`${root}/containers`, dockerContainers)] : []),
    ...(access.has('containerStats')
      ? [bind('/', '/rootfs'), bind('/var/run', '/var/run'), bind('/sys', '/sys'), bind(root, root)]
      : []),
  ];
}

/** The limit of cores in the provider's notation. @throws Error if it cannot hold it */
export function cpusText(cpus: number): string {
  const text = dockerCpus(cpus);
  if (text === undefined) {
    throw new Error(
      `the Docker provider cannot store a limit of ${cpus} cores; use one decimal place`,
    );
  }
  return text;
}
