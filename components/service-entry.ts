import type { ImageName } from './images';
import type { StackShape } from './stack-shape';

/** Everything about a service that more than one place needs. */
export type ServiceEntry = CommonEntry & (AppOwned | StackOwned);

/** Belongs to AudiFi. */
interface AppOwned {
  readonly of: 'app';
  /** Team that owns it: the label `team` of its alerts. */
  readonly team: 'backend' | 'realtime' | 'platform';
}

/** Belongs to this monitoring stack, and so to the team of the stack (rules/model.ts). */
interface StackOwned {
  readonly of: 'stack';
}

interface CommonEntry {
  /** Its image, or the base of its image. @default none: it is always `builtIn` */
  readonly image?: ImageName;
  /** Container ports by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Its scrape jobs. @default none: it has no metrics */
  readonly jobs?: readonly JobEntry[];
  /**
   * True: the first job is one of the specification's targets of AudiFi. It is scraped at
   * `<name>:<port>` by default, even if this stack does not run the service.
   * @default false
   */
  readonly target?: boolean;
  /**
   * Ports on the loopback interface (Docker): port name to the path of the setting. @default none
   */
  readonly published?: Readonly<Record<string, readonly [string, string]>>;
  /**
   * True: the platform provides it. Prometheus scrapes the platform (Platform.containerMetrics and
   * volumeMetrics), and the stack does not run the service. @default never
   */
  readonly builtIn?: (stack: StackShape) => boolean;
  /** Section of the settings whose `replicas` is its number of instances. @default always one */
  readonly replicas?: ReplicatedBy;
  /** True: it uses the machine's network, so it has no name in a Docker network. @default false */
  readonly onHostNetwork?: boolean;
  /** True: one instance on each node. @default false */
  readonly perNode?: boolean;
  /** True: only a stack on Kubernetes can have it. @default false */
  readonly kubernetesOnly?: boolean;
  /** Whether a stack with these settings runs it. */
  readonly runs: (stack: StackShape) => boolean;
}

/** Sections of the settings with a number of instances. */
export type ReplicatedBy = 'prometheus' | 'alertmanager' | 'loki' | 'grafana' | 'traces';

export interface JobEntry {
  /** Value of the label `job`. */
  readonly name: string;
  /** Name of the port that is scraped. */
  readonly port: string;
  /** @default /metrics */
  readonly path?: string;
  /**
   * Prefixes of its metrics in the contract. @default none: it emits AudiFi's own metrics, or
   * metrics that no rule or panel reads
   */
  readonly metrics?: readonly string[];
  /** @default whenever the service runs */
  readonly when?: (stack: StackShape) => boolean;
}
