import type * as docker from '@pulumi/docker';
import { type Image, imageRef } from '../images';
import { StackError } from '../stack-error';
import type { ContainerSpec, HostAccess } from '../workload';

/**
 * A local image of this name is used without pulling, so an image is built only once. The build
 * context is relative to the folder of Pulumi.yaml, where plugins run. Attestations would give
 * every build another image ID.
 */
export function imageArgs(image: Image): docker.RemoteImageArgs {
  const named = { name: imageRef(image), keepLocally: true };
  if (image.build === undefined) return named;
  const { context, args } = image.build;
  return { ...named, build: { context, buildArgs: { ...args }, provenance: 'false' } };
}

/** In the notation that the engine returns. */
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
 * Private mount propagation (the default), because engines reject `rslave` if their root is not a
 * shared mount (Docker Desktop, WSL, containers without systemd). A file system that is mounted
 * later on the machine becomes visible after the container's next start.
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

/**
 * The text that the provider reads back for a number of cores (`1` becomes `1.0`, `10` becomes
 * `10.`). With any other notation, every `up` would replace the container.
 */
export function cpusText(cpus: number): string {
  const nine = cpus.toFixed(9);
  const zeros = nine.split('0').length - 1;
  const text = zeros === 9 ? cpus.toFixed(1) : nine.replace(/0+$/, '');
  if (Number(text) !== cpus) {
    throw new Error(`the Docker provider cannot hold a limit of ${cpus} cores; round it to 0.1`);
  }
  return text;
}

/** IPv4 address of this machine on a Docker network. */
export function gatewayOf({ driver, configs }: Gateways): string {
  const gateway = configs?.map((c) => c.gateway ?? '').find((g) => /^\d+(\.\d+){3}/.test(g));
  // With other drivers, the gateway is a router elsewhere, or an address in the cluster of engines.
  if (gateway === undefined || driver !== 'bridge') {
    throw new StackError(
      'The Docker network has no IPv4 gateway on this machine, so the node exporter cannot be reached from it. ' +
        'Join a bridge network (setting network) or turn it off: ' +
        'pulumi config set --path nodeExporter.enabled false',
    );
  }
  // Some engine versions return a prefix length: 172.18.0.1/16.
  return gateway.split('/')[0] ?? gateway;
}

/** The engine's information about a network. */
export interface Gateways {
  readonly driver: string;
  readonly configs?: readonly { readonly gateway?: string }[];
}

/**
 * ID of a network. Throws if containers cannot join it, or if their ports would be unreachable from
 * this machine.
 */
export function joinable(name: string, found: { id: string; driver: string }): string {
  if (!/^(macvlan|ipvlan|host|null)/.test(found.driver)) return found.id;
  throw new StackError(
    `The Docker network "${name}" has the driver ${found.driver}, with which no port of a container is published on this machine. ` +
      'Join a bridge network, or none: pulumi config rm network',
  );
}
