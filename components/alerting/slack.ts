import * as pulumi from '@pulumi/pulumi';
import type { ConfigFile } from '../workload';
import { secretFiles } from './alertmanager-config-receivers';

export interface SlackRoutesArgs {
  /** Channel for warnings, e.g. `#audifi-alerts`. */
  readonly alertsChannel: string;
  /** Channel for info alerts. */
  readonly monitoringChannel: string;
  /** Incoming webhook for warnings; secret. */
  readonly webhookUrl: pulumi.Input<string>;
  /** Incoming webhook for info alerts; secret. @default that for warnings */
  readonly monitoringWebhookUrl?: pulumi.Input<string>;
  /** Display name. @default 'Slack' */
  readonly title?: string;
}

/**
 * Slack channels and webhooks by severity.
 *
 * Provisions nothing in Slack; webhooks are created by hand. The webhook of a Slack app belongs to
 * one channel, so two channels need two webhooks. A single legacy webhook can post to any channel.
 *
 * Upstream: https://api.slack.com/messaging/webhooks
 */
export class SlackRoutes extends pulumi.ComponentResource {
  readonly title: string;
  readonly alertsChannel: string;
  readonly monitoringChannel: string;
  /** Whether the channel for info alerts has its own webhook. */
  readonly monitoringHasWebhook: boolean;
  /** Where info alerts arrive, in words for people. */
  readonly infosTo: string;
  /** The webhooks, by path below Alertmanager's folder. */
  readonly secrets: readonly ConfigFile[];

  constructor(name: string, args: SlackRoutesArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:alerting:SlackRoutes', name, {}, opts);
    const { webhookUrl, monitoringWebhookUrl } = args;
    this.title = args.title ?? 'Slack';
    this.alertsChannel = args.alertsChannel;
    this.monitoringChannel = args.monitoringChannel;
    this.monitoringHasWebhook = monitoringWebhookUrl !== undefined;
    this.infosTo =
      this.monitoringHasWebhook || this.monitoringChannel === this.alertsChannel
        ? this.monitoringChannel
        : `${this.alertsChannel} (with a legacy webhook: ${this.monitoringChannel})`;
    this.secrets = [
      { path: secretFiles.slackAlerts, content: webhookUrl, secret: true },
      ...(monitoringWebhookUrl === undefined
        ? []
        : [{ path: secretFiles.slackMonitoring, content: monitoringWebhookUrl, secret: true }]),
    ];
    this.registerOutputs({ warning: this.alertsChannel, info: this.infosTo });
  }
}
