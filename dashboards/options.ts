import type { Thresholds } from '../rules';

/** What the dashboards have to know of a stack. Only what is deployed is shown and linked. */
export interface DashboardOptions {
  /** Label `env` of its logs. */
  readonly environment: string;
  /** Limits of the alerts; panels draw their lines from them. */
  readonly thresholds: Thresholds;
  /** URL below which `<Alert>.md` is found. */
  readonly runbookBase: string;
  /** Is Loki deployed? Without it there is no dashboard of logs, and no link to them. */
  readonly loki: boolean;
  /** What brings lines to Loki. */
  readonly logAgent: 'promtail' | 'otel';
  /** Is Jaeger deployed? Without it there are no exemplars, and no links to traces. */
  readonly jaeger: boolean;
}
