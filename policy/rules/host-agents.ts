/** A workload that may access the host. */
interface HostAgent {
  /** Whether its container of the same name may run as root. */
  readonly root: boolean;
  /** What its containers may access, in the words of `hostAccess` (containers.ts). */
  readonly access: readonly RegExp[];
}

/** A directory that is mounted read-only. */
const readOnly = (path: string): RegExp => new RegExp(`^the directory ${path} of the host$`);

/**
 * The log files of the containers, and a directory for the agent's own read positions. The setting
 * logs.dockerRoot decides where Docker has its files; on a node, the path has the namespace unless
 * it is the usual one (components/platform/paths.ts).
 */
const logs = (agent: string): readonly RegExp[] => [
  readOnly('/.+/containers'),
  readOnly('/var/log/pods'),
  new RegExp(
    `^the directory /var/lib/audifi-observability/([a-z0-9-]+/)?${agent}-positions of the host, writable$`,
  ),
];

/**
 * The only workloads that may access the host, by logical name. Adding a workload or an access here
 * needs a review.
 */
export const hostAgents: Readonly<Record<string, HostAgent>> = {
  'node-exporter': { root: false, access: [/^the host's network namespace$/, readOnly('/')] },
  // Only root can read cgroups and the files of other processes. The last directory is Docker's.
  cadvisor: {
    root: true,
    access: [
      ...[/^the host's cgroup namespace$/, readOnly('/'), readOnly('/var/run'), readOnly('/sys')],
      readOnly('/.+'),
    ],
  },
  // Only root can read the log files of containers.
  promtail: { root: true, access: logs('promtail') },
  'otel-agent': { root: true, access: logs('otel-agent') },
};

export const agentOf = (workload: string): HostAgent | undefined =>
  Object.hasOwn(hostAgents, workload) ? hostAgents[workload] : undefined;

/** Names of the agents that may run as root. */
export const rootAgents = Object.keys(hostAgents).filter((name) => agentOf(name)?.root === true);

/** Whether a container is the one of an agent that may run as root. Others in its pod may not. */
export const isRootAgent = (workload: string, container: string): boolean =>
  rootAgents.includes(workload) && container === `container ${workload}`;
