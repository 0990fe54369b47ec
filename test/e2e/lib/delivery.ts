import { parseDocument } from 'yaml';
import { prepare } from '../../../offline/kit';
import type { Inhibition } from '../../../rules';
import { AlertmanagerApi, type SentAlert } from './alertmanager';
import { eventually } from './engine';
import { alertmanagerProcess, type Rendered, renderedServices, type Service } from './processes';
import { type Call, heartbeat, pagerdutyEvents, type Receiver, slackWebhook } from './receivers';

const timing = (wait: string) => ({ groupWait: wait, groupInterval: '2s', repeatInterval: '1h' });

/**
 * The real Alertmanager with the program's own configuration, at short intervals, and local
 * endpoints that replace PagerDuty, Slack and the heartbeat. Alerts are sent as Prometheus does.
 */
export class Delivery {
  readonly pagerduty = pagerdutyEvents();
  /** Channel for warnings. */
  readonly slack = slackWebhook();
  /** Channel for info alerts. */
  readonly infos = slackWebhook();
  readonly beats = heartbeat();
  readonly receivers = [this.pagerduty, this.slack, this.infos, this.beats];
  readonly routingKey = '0123456789abcdef'.repeat(2);
  private service?: Service;
  private api?: AlertmanagerApi;

  /**
   * @param channels receivers that have an account
   * @param settings more settings of Alertmanager
   * @param inhibits inhibition rules of another stack, e.g. of one on a cluster
   */
  constructor(
    private readonly channels: readonly ('pagerduty' | 'slack')[] = ['pagerduty', 'slack'],
    private readonly settings: Readonly<Record<string, unknown>> = {},
    private readonly inhibits?: readonly Inhibition[],
  ) {}

  async start(): Promise<void> {
    const kit = await prepare({ need: ['alertmanager'], log: () => undefined });
    await Promise.all(this.receivers.map((r) => r.open()));
    const config = {
      pagerduty: { eventsUrl: this.pagerduty.url('/v2/enqueue') },
      alertmanager: {
        startDelay: '1s',
        critical: timing('1s'),
        warning: timing('2s'),
        info: timing('3s'),
        heartbeatInterval: '2s',
        ...this.settings,
      },
      // Without an account, nobody is notified.
      inbox: { enabled: false },
    };
    const slack = {
      slackWebhookUrl: this.slack.url('/services/T0/B0/alerts'),
      slackMonitoringWebhookUrl: this.infos.url('/services/T0/B0/infos'),
    };
    const secrets = {
      ...(this.channels.includes('pagerduty') ? { pagerdutyRoutingKey: this.routingKey } : {}),
      ...(this.channels.includes('slack') ? slack : {}),
      heartbeatUrl: this.beats.url('/beat'),
    };
    const rendered = (await renderedServices('e2e', config, secrets))('alertmanager');
    const service = this.inhibits === undefined ? rendered : inhibiting(rendered, this.inhibits);
    this.service = await alertmanagerProcess(kit.commands['alertmanager'] ?? '', service);
    await this.service.start();
    this.api = new AlertmanagerApi(this.service.url);
  }

  async stop(): Promise<void> {
    await this.service?.remove();
    await Promise.all(this.receivers.map((r) => r.close()));
  }

  get alertmanager(): AlertmanagerApi {
    if (this.api === undefined) throw new Error('Alertmanager was not started');
    return this.api;
  }

  get log(): string {
    return this.service?.log ?? '';
  }

  /**
   * Waits until this many notifications about an alert of this name were accepted, and returns
   * them.
   */
  arrived(receiver: Receiver, alertname: string, count = 1, seconds = 20): Promise<Call[]> {
    return eventually(`${alertname} arrives ${count} times`, seconds, () => {
      const taken = about(receiver, alertname).filter((c) => receiver.delivered.includes(c));
      return taken.length >= count ? taken : undefined;
    });
  }
}

/** The same service with other inhibition rules. */
function inhibiting(rendered: Rendered, inhibits: readonly Inhibition[]): Rendered {
  const path = '/etc/alertmanager/alertmanager.yml';
  const config = parseDocument(rendered.files[path] ?? '', { version: '1.1' });
  config.set(
    'inhibit_rules',
    inhibits.map(({ source_matchers, target_matchers, equal }) => ({
      source_matchers,
      target_matchers,
      equal,
    })),
  );
  return { ...rendered, files: { ...rendered.files, [path]: config.toString({ lineWidth: 0 }) } };
}

/** All requests about an alert of this name, accepted or not. */
export function about(receiver: Receiver, alertname: string): Call[] {
  return receiver.calls.filter(({ body }) => JSON.stringify(body).includes(summary(alertname)));
}

const summary = (alertname: string): string => `${alertname} (5%)`;

/** Start time of all alerts. */
export const started = new Date(Date.now() - 500);

export function alert(
  alertname: string,
  severity: string,
  labels: Record<string, string> = {},
): SentAlert {
  return {
    labels: { alertname, severity, service: 'api-server', env: 'e2e', stack: 'e2e', ...labels },
    annotations: {
      summary: summary(alertname),
      description: `What ${alertname} means: a: b.`,
      owner: 'backend',
      impact: 'Customers: nobody can log in.',
      // Lines as in runbooks, which are also valid YAML with a different meaning.
      first_look: 'up{job="api-server"} == 0\n{job="caddy"} |~ "a\\\\n"',
      decisions: '- all: down → roll back',
      runbook_url: `https://runbooks.example/${alertname}.md`,
      dashboard_url: 'http://grafana.example/d/audifi-api',
    },
    startsAt: started.toISOString(),
    generatorURL: 'http://prometheus.example/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
  };
}

/** The same alert, resolved. */
export const over = (one: SentAlert): SentAlert => ({ ...one, endsAt: new Date().toISOString() });

export const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));
