import * as pulumi from '@pulumi/pulumi';
import { address, type Endpoint } from '../workload';
import type { AlertingSecret, ParsedAlerting } from './settings-schema';
import { SlackRoutes } from './slack';

/** The complete settings of alerting, with secrets as outputs. */
export interface AlertingSettings
  extends
    Omit<ParsedAlerting, AlertingSecret>,
    Readonly<Partial<Record<AlertingSecret, pulumi.Output<string>>>> {
  /** Stack name, e.g. `dev`. */
  readonly stack: string;
  readonly environment: string;
}

/** Configured receivers. An undefined one notifies nobody. */
export interface Channels {
  /** Replaces receivers that are not configured. */
  readonly inbox?: { readonly endpoint: Endpoint; readonly accounts: Channels };
  readonly pagerduty?: {
    /** Display name. */
    readonly title: string;
    /** Secret. */
    readonly routingKey: pulumi.Output<string>;
    readonly eventsUrl: string;
  };
  readonly slack?: SlackRoutes;
  /** URL that is called while alerting works; secret. */
  readonly heartbeatUrl?: pulumi.Output<string>;
  /** Display name of the heartbeat. @default 'heartbeatUrl' */
  readonly heartbeatTitle?: string;
}

/** A heartbeat that the stack created. */
export interface Heartbeat {
  readonly title: string;
  /** Secret. */
  readonly url: pulumi.Output<string>;
}

/** See https://developer.pagerduty.com/docs/service-regions */
const eventsUrls = {
  us: 'https://events.pagerduty.com/v2/enqueue',
  eu: 'https://events.eu.pagerduty.com/v2/enqueue',
} as const;

/**
 * Chooses the receivers. The inbox, if there is one, replaces receivers that are not configured,
 * and `heartbeat` is used if heartbeatUrl is not set. The PagerDuty SDK is loaded only if its
 * resources are used, so other stacks do not need its plugin.
 */
export async function chooseChannels(
  settings: AlertingSettings,
  inbox?: Endpoint,
  heartbeat?: Heartbeat,
): Promise<Channels> {
  const { slackWebhookUrl, slackMonitoringWebhookUrl, heartbeatUrl } = settings;
  const accounts = {
    pagerduty: await choosePagerduty(settings),
    slack:
      slackWebhookUrl === undefined
        ? undefined
        : new SlackRoutes('slack', {
            ...settings.slack,
            webhookUrl: slackWebhookUrl,
            monitoringWebhookUrl: slackMonitoringWebhookUrl,
          }),
    heartbeatUrl: heartbeatUrl ?? heartbeat?.url,
    ...(heartbeatUrl === undefined && heartbeat ? { heartbeatTitle: heartbeat.title } : {}),
  };
  return inbox === undefined ? accounts : withInbox(accounts, inbox, settings);
}

/** The inbox implements the protocols of all three receivers, at different paths. */
function withInbox(accounts: Channels, inbox: Endpoint, { slack }: AlertingSettings): Channels {
  const base = `http://${address(inbox, 'http')}`;
  const webhook = (channel: string): string =>
    `${base}/slack/${encodeURIComponent(channel.replace(/^[#@]/, ''))}`;
  return {
    inbox: { endpoint: inbox, accounts },
    pagerduty: accounts.pagerduty ?? {
      title: `${inboxTitle(inbox)}, as PagerDuty`,
      // A dummy key in PagerDuty's format; it is not a real secret.
      routingKey: pulumi.output('0'.repeat(32)),
      eventsUrl: `${base}/v2/enqueue`,
    },
    slack:
      accounts.slack ??
      new SlackRoutes('slack', {
        ...slack,
        webhookUrl: webhook(slack.alertsChannel),
        monitoringWebhookUrl: webhook(slack.monitoringChannel),
        title: `${inboxTitle(inbox)}, as Slack`,
      }),
    heartbeatUrl: accounts.heartbeatUrl ?? pulumi.output(`${base}/heartbeat`),
    heartbeatTitle: accounts.heartbeatTitle,
  };
}

const inboxTitle = ({ url, host }: Endpoint): string => `inbox ${url ?? host}`;

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

/** Receiver types in use, as in the label `integration` of Alertmanager's metrics. */
export function integrations(channels: Channels): ('pagerduty' | 'slack' | 'webhook')[] {
  return [
    ...(channels.pagerduty === undefined ? [] : (['pagerduty'] as const)),
    ...(channels.slack === undefined ? [] : (['slack'] as const)),
    ...(channels.heartbeatUrl === undefined ? [] : (['webhook'] as const)),
  ];
}

/** Where alerts of each severity go, in words for the outputs of the stack. */
export function delivery(channels: Channels): Record<string, string> {
  const { pagerduty, slack } = channels;
  const nobody = 'nobody is notified; alerts show only in Alertmanager';
  const alerts = slack === undefined ? nobody : `${slack.title} ${slack.alertsChannel}`;
  return {
    critical: pagerduty?.title ?? alerts,
    warning: alerts,
    info: slack === undefined ? nobody : `${slack.title} ${slack.infosTo}`,
    heartbeat: heartbeatTo(channels),
  };
}

function heartbeatTo({ inbox, heartbeatUrl, heartbeatTitle = 'heartbeatUrl' }: Channels): string {
  if (inbox !== undefined && inbox.accounts.heartbeatUrl === undefined) {
    return inboxTitle(inbox.endpoint);
  }
  return heartbeatUrl === undefined ? 'none: set heartbeatUrl' : heartbeatTitle;
}
