import type { Server } from './metrics/settings-schema-servers';
import type { ParsedSettings } from './settings/schema';

/**
 * The settings that determine a stack's services. For an account, it only matters whether it is
 * set.
 */
export type StackShape = Pick<
  ParsedSettings,
  | ('platform' | 'network' | 'referenceApp' | 'nodeExporter' | 'cadvisor' | 'uptime' | 'grafana')
  | ('logs' | 'loki' | 'traces' | 'jaeger' | 'longTerm')
> & {
  readonly inbox: Pick<ParsedSettings['inbox'], 'enabled'>;
  readonly kubernetes: Pick<ParsedSettings['kubernetes'], 'stateMetrics'>;
} & { readonly [S in Server]: Pick<ParsedSettings[S], 'host'> } & Readonly<
    Partial<Record<Account, unknown>>
  >;

/** Settings of the receivers of alerts. */
export const accounts = ['slackWebhookUrl', 'pagerdutyRoutingKey', 'pagerdutyToken'] as const;
type Account = (typeof accounts)[number];

/**
 * Whether the stack runs the reference application. By default not on a joined network, where
 * AudiFi's own containers have the same names.
 */
export const runsReferenceApp = ({ referenceApp, platform, network }: StackShape): boolean =>
  referenceApp ?? (platform === 'docker' && network === undefined);

/** What a stack without `uptime.checks` probes. Undefined: nothing. */
export function probedByDefault(stack: StackShape): 'public addresses' | 'app' | undefined {
  if (stack.uptime.public ?? stack.platform === 'kubernetes') return 'public addresses';
  return runsReferenceApp(stack) ? 'app' : undefined;
}

/** Whether any address is probed. */
export const probes = (stack: StackShape): boolean => {
  const { enabled, checks } = stack.uptime;
  const some = checks === undefined ? probedByDefault(stack) !== undefined : checks.length > 0;
  return enabled && some;
};

/** Whether it runs the inbox, which shows notifications for receivers that are not configured. */
export const runsInbox = (stack: StackShape): boolean =>
  stack.inbox.enabled ??
  (stack.platform === 'docker' && accounts.every((account) => stack[account] === undefined));

/**
 * Whether AudiFi is expected to run, without `alerts.expectApp`: in a cluster, and where people are
 * notified about AudiFi's own services. On a laptop it often does not run.
 */
export const expectsApp = (stack: StackShape): boolean =>
  stack.platform === 'kubernetes' ||
  (!runsReferenceApp(stack) && accounts.some((account) => stack[account] !== undefined));

export const always = (): boolean => true;

/** Whether it reads the cluster's objects and the kubelets' volume metrics. */
export const readsCluster = ({ platform, kubernetes }: StackShape): boolean =>
  platform === 'kubernetes' && kubernetes.stateMetrics;

/** Whether metrics are kept longer than in Prometheus. */
export const keepsLongTerm = ({ longTerm }: StackShape): boolean => longTerm.store !== 'none';

/** Whether this agent collects the logs. */
export const agentIs =
  (agent: StackShape['logs']['agent']) =>
  ({ logs }: StackShape): boolean =>
    logs.enabled && logs.agent === agent;
