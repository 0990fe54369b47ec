import * as pulumi from '@pulumi/pulumi';
import type { ConfigFile } from '../workload';
import { secretFiles } from './alertmanager-config-receivers';

export interface SlackRoutesArgs {
  /** Channel for warnings, e.g. `#audifi-alerts`. */
  readonly alertsChannel: string;
  /** Channel for infos. */
  readonly monitoringChannel: string;
  /** Incoming webhook for warnings; secret. */
  readonly webhookUrl: pulumi.Input<string>;
  /** Incoming webhook for infos; secret. @default that for warnings */
  readonly monitoringWebhookUrl?: pulumi.Input<string>;
  /** How people know it. @default 'Slack' */
  readonly title?: string;
}

/**
 * The way into Slack: which severity goes to which channel, by which webhook.
 *
 * Provisions nothing in Slack, where webhooks are made by hand: an app's webhook belongs to the one
 * channel that it was made for, so two channels take two of them. A webhook of the older kind follows
 * the channel, and one is enough.
 *
 * Upstream: https://api.slack.com/messaging/webhooks
 */
export class SlackRoutes extends pulumi.ComponentResource {
  readonly title: string;
  readonly alertsChannel: string;
  readonly monitoringChannel: string;
  /** The channel for infos has a webhook of its own. */
  readonly monitoringHasWebhook: boolean;
  /** The webhooks, by path below Alertmanager's folder. */
  readonly secrets: readonly ConfigFile[];

  constructor(name: string, args: SlackRoutesArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:alerting:SlackRoutes', name, {}, opts);
    const { webhookUrl, monitoringWebhookUrl } = args;
    this.title = args.title ?? 'Slack';
    this.alertsChannel = args.alertsChannel;
    this.monitoringChannel = args.monitoringChannel;
    this.monitoringHasWebhook = monitoringWebhookUrl !== undefined;
    this.secrets = [
      { path: secretFiles.slackAlerts, content: webhookUrl, secret: true },
      ...(monitoringWebhookUrl === undefined
        ? []
        : [{ path: secretFiles.slackMonitoring, content: monitoringWebhookUrl, secret: true }]),
    ];
    this.registerOutputs({ warning: this.alertsChannel, info: this.monitoringChannel });
  }
}
