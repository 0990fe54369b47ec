import { services } from '../components/services';
import type { AlertName } from './names';

/** `none` is only for the Watchdog, which goes to the heartbeat and never to a person. */
export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** The subject of an alert. It decides which team owns the alert. */
export type Service = keyof typeof teams;

/** Default owner of each service. */
export const teams = {
  'api-server': services['api-server'].team,
  'ws-server': services['ws-server'].team,
  worker: services.worker.team,
  stripe: 'backend',
  postgres: services.postgres.team,
  redis: services.redis.team,
  host: 'platform',
  cluster: 'platform',
  website: 'platform',
  monitoring: 'platform',
} as const;

/** The service of an alert on any job: the job of the series. For `serviceLabel`. */
export const perJob = '{{ $labels.job }}';

/** Dashboard uids, with the six of the spec first. Alerts link to them. */
export type DashboardUid = `audifi-${
  | ('overview' | 'api' | 'websocket' | 'v-studio' | 'database' | 'external-services')
  | ('stack' | 'kubernetes' | 'logs' | 'slo' | 'on-call')}`;

/**
 * While this alert fires, the other alerts are inhibited if the labels in `equal` have the same
 * values.
 */
export interface Mute {
  readonly alerts: readonly AlertName[];
  /** Labels that must be equal in both, in addition to those of the stack. @default none */
  readonly equal?: readonly string[];
  /** Labels that the source must have. @default any */
  readonly when?: Readonly<Record<string, string>>;
  /** Labels that the muted alerts must have. @default any */
  readonly only?: Readonly<Record<string, string>>;
  readonly why: string;
}

/** An alerting rule. Texts may use Prometheus templates. */
export interface Alert {
  readonly name: AlertName;
  readonly severity: Severity;
  readonly service: Service;
  /** A job that the alert is about, or `perJob`: the label `service`. @default the service */
  readonly serviceLabel?: string;
  readonly dashboard: DashboardUid;
  readonly expr: string;
  /** Seconds of the `for` clause. @default 0 */
  readonly for?: number;
  /** Seconds of `keep_firing_for`. @default 0 */
  readonly keepFiringFor?: number;
  /** Additional labels, if several rules have the same name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** One line: the problem, with the value. */
  readonly summary: string;
  /** What the problem means, for whom, and likely causes. */
  readonly description: string;
  readonly mutes?: readonly Mute[];
}
