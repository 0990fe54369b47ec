import * as pulumi from '@pulumi/pulumi';
import { images } from '../images';
import type { Platform } from '../platform/platform';
import { services } from '../services';
import type { Endpoint, Workload } from '../workload';

export interface CadvisorArgs {
  readonly platform: Platform;
  /** Port on the loopback interface for cAdvisor's own pages. @default none */
  readonly publish?: number;
}

const port = services.cadvisor.ports.http;

/**
 * cAdvisor: CPU, memory, network and file system use of every container, by the label `container`.
 *
 * Provisions one instance per machine. It runs as root without capabilities, because only root can
 * read cgroups and the engine's API. It is a privileged workload (host access `containerStats`).
 * Not used on Kubernetes, where each kubelet contains cAdvisor.
 *
 * Upstream: https://github.com/google/cadvisor/blob/master/docs/running.md
 */
export class Cadvisor extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;

  constructor(name: string, args: CadvisorArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:metrics:Cadvisor', name, {}, opts);
    this.endpoint = args.platform.deploy(cadvisorWorkload(name, args), { parent: this });
    this.registerOutputs({ url: this.endpoint.url });
  }
}

export function cadvisorWorkload(name: string, args: Pick<CadvisorArgs, 'publish'>): Workload {
  return {
    name,
    image: images.cadvisor,
    args: [
      `-port=${port}`,
      '-docker_only=true',
      '-housekeeping_interval=10s',
      // Container labels are free text, and each would become a label of every series.
      '-store_container_labels=false',
      '-whitelisted_container_labels=io.audifi.component,io.audifi.stack,com.docker.compose.service,io.kubernetes.container.name,io.kubernetes.pod.name,io.kubernetes.pod.namespace',
      // Metrics that no panel or alert uses and that are expensive to collect.
      '-disable_metrics=advtcp,cpu_topology,cpuset,hugetlb,memory_numa,percpu,process,referenced_memory,resctrl,sched,tcp,udp',
    ],
    ports: [{ name: 'http', number: port, publish: args.publish }],
    readiness: { port: 'http', path: '/healthz' },
    liveness: { port: 'http', path: '/healthz' },
    resources: { memoryMiB: 256, cpus: 0.5 },
    user: { uid: 0, gid: 0 },
    host: ['containerStats'],
    placement: 'perNode',
    stopSeconds: 5,
  };
}
