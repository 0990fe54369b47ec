import type * as pulumi from '@pulumi/pulumi';
import type { alertingSecrets, ParsedAlerting } from './settings-schema';
import { SlackRoutes } from './slack';

type Secret = (typeof alertingSecrets)[number];

/** The settings of alerting, complete, with secrets as such. */
export interface AlertingSettings
  extends Omit<ParsedAlerting, Secret>, Readonly<Partial<Record<Secret, pulumi.Output<string>>>> {
  /** Stack name, e.g. `dev`. */
  readonly stack: string;
  readonly environment: string;
}

/** Ways out of here that are set up. What is undefined notifies nobody. */
export interface Channels {
  readonly pagerduty?: {
    /** How people know it. */
    readonly title: string;
    /** Secret. */
    readonly routingKey: pulumi.Output<string>;
    readonly eventsUrl: string;
  };
  readonly slack?: SlackRoutes;
  /** URL that is called as long as all is well; secret. */
  readonly heartbeatUrl?: pulumi.Output<string>;
}

/** https://developer.pagerduty.com/docs/service-regions */
const eventsUrls = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
} as const;

/**
 * The channels that the settings name. The SDK of PagerDuty is loaded only where its resources are
 * asked for: no other stack needs its plugin.
 */
export async function chooseChannels(settings: AlertingSettings): Promise<Channels> {
  const { slackWebhookUrl, slackMonitoringWebhookUrl, heartbeatUrl } = settings;
  return {
    pagerduty: await choosePagerduty(settings),
    slack:
      slackWebhookUrl === undefined
        ? undefined
        : new SlackRoutes('slack', {
            ...settings.slack,
            webhookUrl: slackWebhookUrl,
            monitoringWebhookUrl: slackMonitoringWebhookUrl,
          }),
    heartbeatUrl,
  };
}

async function choosePagerduty(settings: AlertingSettings): Promise<Channels['pagerduty']> {
  const { pagerduty, pagerdutyRoutingKey, pagerdutyToken, environment } = settings;
  const eventsUrl = pagerduty.eventsUrl ?? eventsUrls[pagerduty.region];
  if (pagerduty.create && pagerdutyToken !== undefined) {
    const { PagerDutyService } = await import('./pagerduty');
    const service = new PagerDutyService('pagerduty', {
      settings: pagerduty,
      environment,
      token: pagerdutyToken,
    });
    const title = `PagerDuty service ${service.serviceName}`;
    return { title, routingKey: service.routingKey, eventsUrl };
  }
  if (pagerdutyRoutingKey === undefined) return undefined;
  return { title: 'PagerDuty', routingKey: pagerdutyRoutingKey, eventsUrl };
}

/** Channels in use, as the label `integration` of Alertmanager's metrics calls them. */
export function integrations(channels: Channels): ('pagerduty' | 'slack' | 'webhook')[] {
  return [
    ...(channels.pagerduty === undefined ? [] : (['pagerduty'] as const)),
    ...(channels.slack === undefined ? [] : (['slack'] as const)),
    ...(channels.heartbeatUrl === undefined ? [] : (['webhook'] as const)),
  ];
}

/** Where alerts of each severity go, in words for the outputs of the stack. */
export function delivery({ pagerduty, slack, heartbeatUrl }: Channels): Record<string, string> {
  const nobody = 'nobody is notified: look at Alertmanager';
  const alerts = slack === undefined ? nobody : `Slack ${slack.alertsChannel}`;
  return {
    critical: pagerduty?.title ?? alerts,
    warning: alerts,
    info: slack === undefined ? nobody : `Slack ${slack.monitoringChannel}`,
    heartbeat: heartbeatUrl === undefined ? 'none: set heartbeatUrl' : 'heartbeatUrl',
  };
}
