/** Secret files, relative to Alertmanager's directory. */
export const secretFiles = {
  pagerduty: 'secrets/pagerduty-routing-key',
  slackAlerts: 'secrets/slack-alerts-url',
  slackMonitoring: 'secrets/slack-monitoring-url',
  heartbeat: 'secrets/heartbeat-url',
} as const;

/** Configured receivers. An undefined one notifies nobody. */
export interface ReceiverChannels {
  /**
   * Directory of alertmanager.yml: Alertmanager resolves secret files from its working directory.
   */
  readonly folder: string;
  readonly pagerduty?: { readonly eventsUrl: string };
  readonly slack?: {
    readonly alertsChannel: string;
    readonly monitoringChannel: string;
    /** Whether the channel for info alerts has its own webhook. */
    readonly monitoringHasWebhook: boolean;
  };
  readonly heartbeat: boolean;
}

/** Fields of https://prometheus.io/docs/alerting/latest/configuration/#receiver */
export interface ReceiverConfig {
  /** The audience. The name stays the same if an account is added. */
  readonly name: 'on-call' | 'alerts' | 'monitoring' | 'unmatched' | 'heartbeat';
  readonly pagerduty_configs?: readonly PagerdutyConfig[];
  readonly slack_configs?: readonly SlackConfig[];
  readonly webhook_configs?: readonly WebhookConfig[];
}

interface Notifier {
  readonly send_resolved: boolean;
  /**
   * Timeout of one attempt. Without it, one hanging request would use up the time for all retries.
   */
  readonly timeout: string;
}

/** Fields of https://prometheus.io/docs/alerting/latest/configuration/#pagerduty_config */
export interface PagerdutyConfig extends Notifier {
  readonly routing_key_file: string;
  readonly client: string;
  readonly client_url: string;
  readonly description: string;
  readonly severity: string;
  readonly source: string;
  readonly class: string;
  readonly component: string;
  readonly group: string;
  readonly details: Readonly<Record<string, string>>;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

/** Fields of https://prometheus.io/docs/alerting/latest/configuration/#slack_config */
export interface SlackConfig extends Notifier {
  readonly api_url_file: string;
  readonly channel: string;
  readonly username: string;
  readonly color: string;
  readonly title: string;
  readonly title_link: string;
  readonly text: string;
  readonly fallback: string;
  readonly footer: string;
  readonly mrkdwn_in: readonly string[];
}

/** Fields of https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface WebhookConfig extends Notifier {
  readonly url_file: string;
  readonly max_alerts: number;
}

/**
 * One receiver for each audience. Without an integration a receiver is empty: its alerts show only
 * in Alertmanager. There are two fallbacks: without PagerDuty, critical alerts go to the channel
 * for warnings, and without Slack, alerts of an unknown severity go to PagerDuty. Warnings never
 * go to PagerDuty.
 */
export function receivers(channels: ReceiverChannels): ReceiverConfig[] {
  const { folder, slack } = channels;
  const alerts =
    slack === undefined
      ? {}
      : { slack_configs: [slackConfig(folder, secretFiles.slackAlerts, slack.alertsChannel)] };
  const page =
    channels.pagerduty === undefined ? alerts : { pagerduty_configs: [pagerdutyConfig(folder)] };
  const file = slack?.monitoringHasWebhook === true ? 'slackMonitoring' : 'slackAlerts';
  return [
    { name: 'on-call', ...page },
    { name: 'alerts', ...alerts },
    {
      name: 'monitoring',
      ...(slack === undefined
        ? {}
        : { slack_configs: [slackConfig(folder, secretFiles[file], slack.monitoringChannel)] }),
    },
    { name: 'unmatched', ...(slack === undefined ? page : alerts) },
    {
      name: 'heartbeat',
      ...(channels.heartbeat ? { webhook_configs: [heartbeatConfig(folder)] } : {}),
    },
  ];
}

const template = (name: string): string => `{{ template "audifi.${name}" . }}`;

/**
 * An annotation as a JSON array with one item per line. Alertmanager parses the rendered text of a
 * detail as YAML. Plain text such as `- a: b` would arrive as a list of maps, and invalid YAML
 * would fail the notification.
 */
const lines = (annotation: string): string =>
  `{{ with .CommonAnnotations.${annotation} }}` +
  '[{{ reReplaceAll `([^\\\\])\\\\n` `$1","` (toJson .) }}]{{ else }}[]{{ end }}';

function pagerdutyConfig(folder: string): PagerdutyConfig {
  return {
    routing_key_file: `${folder}/${secretFiles.pagerduty}`,
    send_resolved: true,
    timeout: '10s',
    client: template('pagerduty.client'),
    client_url: template('alerts.url'),
    description: template('pagerduty.summary'),
    severity: template('pagerduty.severity'),
    source: template('pagerduty.source'),
    class: '{{ .CommonLabels.alertname }}',
    component: '{{ .CommonLabels.service }}',
    group: '{{ .CommonLabels.env }}',
    // Alertmanager defines the first four names. If they were missing, it would add them as raw
    // JSON.
    details: {
      firing: template('pagerduty.firing'),
      resolved: template('pagerduty.resolved'),
      num_firing: '{{ len .Alerts.Firing }}',
      num_resolved: '{{ len .Alerts.Resolved }}',
      since: template('since'),
      impact: lines('impact'),
      owner: '{{ .CommonAnnotations.owner }}',
      first_look: lines('first_look'),
      decisions: lines('decisions'),
      environment: '{{ .CommonLabels.env }}',
    },
    // Links without a URL are not sent to PagerDuty.
    links: [
      { text: 'Runbook', href: '{{ .CommonAnnotations.runbook_url }}' },
      { text: 'Dashboard', href: '{{ .CommonAnnotations.dashboard_url }}' },
      { text: 'Query', href: template('query.url') },
      { text: 'Silence', href: template('silence.url') },
    ],
  };
}

function slackConfig(folder: string, file: string, channel: string): SlackConfig {
  return {
    api_url_file: `${folder}/${file}`,
    // Webhooks of Slack apps have a fixed channel and ignore this; legacy webhooks use it.
    channel,
    send_resolved: true,
    timeout: '10s',
    username: 'Alertmanager',
    color: template('slack.color'),
    title: template('slack.title'),
    title_link: template('alerts.url'),
    text: template('slack.text'),
    fallback: template('slack.title'),
    footer: template('slack.footer'),
    mrkdwn_in: ['text'],
  };
}

function heartbeatConfig(folder: string): WebhookConfig {
  return {
    url_file: `${folder}/${secretFiles.heartbeat}`,
    // When the Watchdog resolves, the calls must stop: a "resolved" call would look like a
    // heartbeat.
    send_resolved: false,
    timeout: '10s',
    max_alerts: 1,
  };
}
