import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import type { Endpoint, Workload } from '../workload';

export interface NodeExporterArgs {
  readonly platform: Platform;
  /** Port of the machine. @default that of the catalogue */
  readonly port?: number;
}

/**
 * Prometheus node exporter: CPU, memory, disks, file systems and network of the machine itself.
 *
 * Provisions one instance per machine, in the host's network namespace (otherwise it would measure
 * its own container's traffic), with the host's root file system read-only at /host. It listens
 * only on an address that the stack can reach.
 *
 * Upstream: https://github.com/prometheus/node_exporter#docker
 */
export class NodeExporter extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: NodeExporterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:metrics:NodeExporter', name, {}, opts);
    this.endpoint = args.platform.deploy(nodeExporterWorkload(name, args.platform, args.port), {
      parent: this,
    });
    this.registerOutputs({});
  }
}

/**
 * Network devices that come and go with the pods of a node, as named by Docker and most plugins,
 * Calico, Cilium, the plugins of AWS, Google and Azure, and OpenShift. The number of digits is
 * exact, so that no network card matches.
 */
const podDevices = '^(veth.*|cali.*|lxc.*|(eni|gke|azv)[0-9a-f]{11}|[0-9a-f]{15})$';

export function nodeExporterWorkload(
  name: string,
  platform: Pick<Platform, 'hostListenAddress'>,
  port: number = services['node-exporter'].ports.http,
): Workload {
  return {
    name,
    image: images.nodeExporter,
    args: [
      '--path.rootfs=/host',
      '--path.procfs=/host/proc',
      '--path.sysfs=/host/sys',
      '--path.udev.data=/host/run/udev/data',
      pulumi.interpolate`--web.listen-address=${platform.hostListenAddress}:${port}`,
      // Mounts and network devices of containers change constantly; cAdvisor covers them.
      '--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run|var/lib/(docker|containerd|kubelet)/.+)($|/)',
      '--collector.filesystem.fs-types-exclude=^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs|tmpfs)$',
      `--collector.netdev.device-exclude=${podDevices}`,
      `--collector.netclass.ignored-devices=${podDevices}`,
      '--log.format=json',
    ],
    ports: [{ name: 'http', number: port }],
    readiness: { port: 'http', path: '/' },
    liveness: { port: 'http', path: '/' },
    resources: { memoryMiB: 64, cpus: 0.25 },
    user: { uid: 65534, gid: 65534 },
    host: ['hostMetrics'],
    placement: 'perNode',
    stopSeconds: 5,
  };
}
