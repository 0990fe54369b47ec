import { services } from '../components/services';
import type { AlertName } from './names';

/** `none` is for the Watchdog alone: it goes to the heartbeat, never to a person. */
export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** What an alert is about; decides which team owns it. */
export type Service = keyof typeof teams;

/** Who owns what, unless the options say otherwise. */
export const teams = {
  'api-server': services['api-server'].team,
  'ws-server': services['ws-server'].team,
  worker: services.worker.team,
  stripe: 'backend',
  postgres: services.postgres.team,
  redis: services.redis.team,
  host: 'platform',
  website: 'platform',
  monitoring: 'platform',
} as const;

/** Dashboards, the spec's six first: dashboards/ gives them these uids, and alerts link to them. */
export type DashboardUid = `audifi-${
  | ('overview' | 'api' | 'websocket' | 'v-studio' | 'database' | 'external-services')
  | ('stack' | 'logs' | 'slo' | 'on-call')}`;

/** While the alert that says this fires, the others are not sent where the labels in `equal` are the same. */
export interface Mute {
  readonly alerts: readonly AlertName[];
  /** Labels that both have to share, besides those of the stack. @default none */
  readonly equal?: readonly string[];
  /** Labels that the source has to have. @default any */
  readonly when?: Readonly<Record<string, string>>;
  readonly why: string;
}

/** One alerting rule. Texts may use the template language of Prometheus. */
export interface Alert {
  readonly name: AlertName;
  readonly severity: Severity;
  readonly service: Service;
  /** Value of the label `service` where the series say it. @default the service */
  readonly serviceLabel?: string;
  readonly dashboard: DashboardUid;
  readonly expr: string;
  /** Seconds for which the expression has to hold. @default 0 */
  readonly for?: number;
  /** Seconds for which the alert goes on after the expression no longer holds. @default 0 */
  readonly keepFiringFor?: number;
  /** Further labels, where several rules share a name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** One line: what is wrong, with the value. */
  readonly summary: string;
  /** What it means, for whom, and what is likely. */
  readonly description: string;
  readonly mutes?: readonly Mute[];
}
