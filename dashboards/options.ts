import type { SloSettings, Thresholds } from '../rules';

/** What the dashboards need to know about a stack. They show and link only deployed services. */
export interface DashboardOptions {
  /** Value of the label `env` of its logs. */
  readonly environment: string;
  /** Thresholds of the alerts; panels draw them as lines. */
  readonly thresholds: Thresholds;
  /** Objectives that the dashboard of error budgets shows. */
  readonly slo: SloSettings;
  /** Whether there are uptime checks. */
  readonly checks: boolean;
  /** Base URL of the runbooks, `<Alert>.md`. */
  readonly runbookBase: string;
  /** Whether Loki is deployed. Without it there is no Logs dashboard and no link to logs. */
  readonly loki: boolean;
  /** The log agent in use. */
  readonly logAgent: 'promtail' | 'otel';
  /** Whether Jaeger is deployed. Without it there are no exemplars and no links to traces. */
  readonly jaeger: boolean;
  /**
   * Whether the state of the Kubernetes cluster is read (`kubernetes.stateMetrics`). Without it
   * there is no Kubernetes dashboard and no link to it.
   */
  readonly cluster: boolean;
  /**
   * Exporters of the collectors for targets outside the stack: values of the label `exporter`.
   * @default none
   */
  readonly forwarding?: readonly string[];
  /** Whether metrics are kept for a year. Adds panels about a year. @default false */
  readonly longTerm?: boolean;
}
