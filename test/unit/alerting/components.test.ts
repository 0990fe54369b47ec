import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it, jest } from '@jest/globals';
import type { z } from 'zod';
import { alertmanagerWorkload, messageTemplates } from '../../../components/alerting/alertmanager';
import {
  type AlertingSettings,
  chooseChannels,
  delivery,
  integrations,
} from '../../../components/alerting/channels';
import { alertingSchema } from '../../../components/alerting/settings-schema';
import type { Workload } from '../../../components/workload';
import { workloadProblems } from '../../../components/workload-validation';
import { run, value } from '../../lib/mocks';
import { endpoint } from '../../lib/workloads';

type AlertingInput = z.input<typeof alertingSchema>;

let pagerdutyLoaded = false;
jest.mock('@pulumi/pagerduty', () => {
  pagerdutyLoaded = true;
  return jest.requireActual('@pulumi/pagerduty');
});

const secrets = {
  slackWebhookUrl: 'https://hooks.slack.com/services/T0/B0/planted',
  pagerdutyRoutingKey: 'planted0'.repeat(4),
  heartbeatUrl: 'https://heartbeat.example/planted',
} as const;

function settings(input: AlertingInput = {}): AlertingSettings {
  const { slackWebhookUrl, slackMonitoringWebhookUrl, ...rest } = alertingSchema.parse(input);
  const { pagerdutyRoutingKey, pagerdutyToken, heartbeatUrl, ...plain } = rest;
  const secret = (text: string | undefined): pulumi.Output<string> | undefined =>
    text === undefined ? undefined : pulumi.secret(text);
  return {
    ...plain,
    stack: 'dev',
    environment: 'dev',
    slackWebhookUrl: secret(slackWebhookUrl),
    slackMonitoringWebhookUrl: secret(slackMonitoringWebhookUrl),
    pagerdutyRoutingKey: secret(pagerdutyRoutingKey),
    pagerdutyToken: secret(pagerdutyToken),
    heartbeatUrl: secret(heartbeatUrl),
  };
}

const platform = {
  instanceHosts: ({ name, replicas = 1 }: { name: string; replicas?: number }): string[] =>
    Array.from({ length: replicas }, (_, i) => `${name}-${i}.peers`),
};

async function workload(input: AlertingInput = {}): Promise<Workload> {
  const { result } = await run(async () => {
    const given = settings(input);
    const channels = await chooseChannels(given);
    return {
      deployed: alertmanagerWorkload('alertmanager', { platform, settings: given, channels }),
    };
  });
  return result.deployed;
}

describe('the workload', () => {
  it('is valid, stores silences, and is published on the loopback interface', async () => {
    const { volumes, ports, user, ...rest } = await workload();
    expect(workloadProblems({ volumes, ports, user, ...rest })).toEqual([]);
    expect(volumes).toEqual([{ name: 'data', path: '/alertmanager', sizeMiB: 256 }]);
    expect(ports).toEqual([{ name: 'http', number: 9093, publish: 9093 }]);
    expect(user.uid).toBe(65534);
  });

  it('records events for make drill, and counts each receiver separately for its alert', async () => {
    const { args } = await workload();
    expect(args).toContain('--enable-feature=event-recorder,receiver-name-in-metrics');
  });

  it('passes durations in the syntax of Go', async () => {
    const { args } = await workload({ alertmanager: { retention: '5d', startDelay: '1m30s' } });
    expect(args).toEqual(
      expect.arrayContaining([
        '--data.retention=432000s',
        '--dispatch.start-delay=90s',
        '--cluster.listen-address=',
        '--web.external-url=http://127.0.0.1:9093',
      ]),
    );
  });

  it('with several instances, lists all peers, the cluster port and the cluster name', async () => {
    const { args, ports, ...rest } = await workload({ alertmanager: { replicas: 3 } });
    const flags = args?.filter((arg) => typeof arg === 'string' && arg.startsWith('--cluster.'));
    expect(flags).toEqual([
      '--cluster.listen-address=0.0.0.0:9094',
      '--cluster.peer=alertmanager-0.peers:9094',
      '--cluster.peer=alertmanager-1.peers:9094',
      '--cluster.peer=alertmanager-2.peers:9094',
      '--cluster.peer-name=$(INSTANCE_NAME)',
      '--cluster.label=dev',
      '--cluster.peer-timeout=10s',
      '--cluster.allow-insecure-public-advertise-address-discovery',
    ]);
    expect(ports).toContainEqual({
      ...{ name: 'cluster', number: 9094, udp: true, membersOnly: true },
    });
    expect(rest).toMatchObject({
      replicas: 3,
      clusterPorts: ['cluster'],
      publishNotReadyAddresses: true,
    });
    expect(workloadProblems({ args, ports, ...rest })).toEqual([]);
  });

  it('contains the message templates', async () => {
    const names = Object.keys(messageTemplates());
    expect(names).toEqual(['common.tmpl', 'pagerduty.tmpl', 'slack.tmpl']);
    const paths = (await workload()).files?.map((f) => f.path);
    for (const name of names) expect(paths).toContain(`/etc/alertmanager/templates/${name}`);
  });

  it('connects to nothing without accounts, and to the internet with them', async () => {
    expect((await workload()).connectsTo).toEqual([]);
    expect((await workload(secrets)).connectsTo).toEqual([{ external: 'internet', ports: [443] }]);
    const relay = { pagerduty: { eventsUrl: 'http://relay:8080/' }, ...secrets };
    expect((await workload(relay)).connectsTo).toEqual([
      { external: 'internet', ports: [443, 8080] },
    ]);
  });

  it('has each secret in one secret file only', async () => {
    const { files = [], ...rest } = await workload(secrets);
    const planted = files.filter((f) => /planted/.test(f.content as string));
    expect(planted.map(({ path, secret }) => [path, secret])).toEqual([
      ['/etc/alertmanager/secrets/pagerduty-routing-key', true],
      ['/etc/alertmanager/secrets/slack-alerts-url', true],
      ['/etc/alertmanager/secrets/heartbeat-url', true],
    ]);
    expect(JSON.stringify(rest)).not.toContain('planted');
  });
});

describe('receiver types in use', () => {
  it.each<[string, AlertingInput, readonly string[]]>([
    ['none', {}, []],
    ['all', secrets, ['pagerduty', 'slack', 'webhook']],
  ])("have the names of Alertmanager's metrics: %s", async (_, input, expected) => {
    const { result } = await run(async () => integrations(await chooseChannels(settings(input))));
    expect(result).toEqual(expected);
  });
});

describe('the output `delivery`', () => {
  const said = async (input: AlertingInput): Promise<Record<string, string>> =>
    (await run(async () => delivery(await chooseChannels(settings(input))))).result;

  it('says without accounts that nobody is notified', async () => {
    expect(await said({})).toEqual({
      critical: 'nobody is notified; alerts show only in Alertmanager',
      warning: 'nobody is notified; alerts show only in Alertmanager',
      info: 'nobody is notified; alerts show only in Alertmanager',
      heartbeat: 'none: set heartbeatUrl',
    });
    expect(pagerdutyLoaded).toBe(false);
  });

  it('lists the accounts, but no secret', async () => {
    const texts = await said(secrets);
    expect(texts).toEqual({
      critical: 'PagerDuty',
      warning: 'Slack #audifi-alerts',
      info: 'Slack #audifi-alerts (with a legacy webhook: #audifi-monitoring)',
      heartbeat: 'heartbeatUrl',
    });
    expect(pagerdutyLoaded).toBe(false);
  });

  it.each([
    ['which has a webhook', { slackMonitoringWebhookUrl: secrets.slackWebhookUrl }],
    ['which is that of the warnings', { slack: { alertsChannel: '#audifi-monitoring' } }],
  ])('names the channel for infos, %s', async (_, input) => {
    const { info } = await said({ ...secrets, ...input });
    expect(info).toBe('Slack #audifi-monitoring');
  });
});

describe('the inbox', () => {
  const inbox = endpoint('inbox', {
    ports: [{ name: 'http', number: 8025, publish: 8025 }],
    url: 'http://127.0.0.1:8025',
  });
  interface Planned {
    readonly said: Record<string, string>;
    readonly used: readonly string[];
    readonly names: readonly string[];
    readonly files: Readonly<Record<string, string>>;
  }
  const planned = async (input: AlertingInput): Promise<Planned> =>
    (
      await run(async () => {
        const given = settings(input);
        const channels = await chooseChannels(given, inbox);
        const { connectsTo, files } = alertmanagerWorkload('a', {
          platform,
          settings: given,
          channels,
        });
        return {
          said: delivery(channels),
          used: integrations(channels),
          names: connectsTo?.map((c) => ('external' in c ? c.external : c.name)),
          files: Object.fromEntries<pulumi.Input<string>>(
            (files ?? []).map((f) => [f.path.replace(/^.*\//, ''), f.content]),
          ),
        };
      })
    ).result as Planned;

  it('replaces all missing accounts, with the same routes', async () => {
    const { said, used, names, files } = await planned({});
    expect(used).toEqual(['pagerduty', 'slack', 'webhook']);
    expect(said).toEqual({
      critical: 'inbox http://127.0.0.1:8025, as PagerDuty',
      warning: 'inbox http://127.0.0.1:8025, as Slack #audifi-alerts',
      info: 'inbox http://127.0.0.1:8025, as Slack #audifi-monitoring',
      heartbeat: 'inbox http://127.0.0.1:8025',
    });
    expect(names).toEqual(['inbox']);
    expect(files['alertmanager.yml']).toContain('pagerduty_url: http://inbox:8025/v2/enqueue');
    expect(files['slack-alerts-url']).toBe('http://inbox:8025/slack/audifi-alerts');
    expect(files['slack-monitoring-url']).toBe('http://inbox:8025/slack/audifi-monitoring');
    expect(files['heartbeat-url']).toBe('http://inbox:8025/heartbeat');
  });

  it('does not replace accounts that are set', async () => {
    const { said, names, files } = await planned({ slackWebhookUrl: secrets.slackWebhookUrl });
    expect(said).toMatchObject({
      critical: 'inbox http://127.0.0.1:8025, as PagerDuty',
      warning: 'Slack #audifi-alerts',
    });
    expect(names).toEqual(['inbox', 'internet']);
    expect(files['slack-alerts-url']).toBe(secrets.slackWebhookUrl);
  });
});

describe('PagerDuty as resources', () => {
  const created = (pagerduty: AlertingInput['pagerduty'] = {}) =>
    run(
      async () => {
        const given = settings({
          pagerduty: { create: true, users: ['ada@audifi.io', 'bo@audifi.io'], ...pagerduty },
          pagerdutyToken: 'planted-token',
        });
        const { pagerduty: made } = await chooseChannels(given);
        return { ...made, secret: made !== undefined && (await pulumi.isSecret(made.routingKey)) };
      },
      {
        calls: { 'pagerduty:index/getUser:getUser': { id: 'PUSER', name: 'Ada', email: 'a' } },
        outputs: (type) =>
          type.endsWith(':ServiceIntegration') ? { integrationKey: 'made-key' } : {},
      },
    );

  it('loads the SDK only in this case', async () => {
    await created();
    expect(pagerdutyLoaded).toBe(true);
  });

  it('passes the integration key on as a secret', async () => {
    const made = await created();
    expect(made.result).toMatchObject({ routingKey: 'made-key', secret: true });
    const { opts } = made.get('ServiceIntegration', 'pagerduty-integration');
    expect(opts.additionalSecretOutputs).toEqual(['integrationKey']);
  });

  it('service: never resolves incidents by itself, and takes the urgency from the alert', async () => {
    const made = await created({ acknowledgementTimeout: '1h' });
    expect(made.get('Service', 'pagerduty-service').inputs).toEqual({
      name: 'AudiFi dev',
      description: 'Managed by Pulumi, project audifi-observability.',
      escalationPolicy: 'pagerduty-escalation-id',
      alertCreation: 'create_alerts_and_incidents',
      autoResolveTimeout: 'null',
      acknowledgementTimeout: '3600',
      incidentUrgencyRule: { type: 'constant', urgency: 'severity_based' },
    });
    expect(made.get('ServiceIntegration', 'pagerduty-integration').inputs).toEqual({
      name: 'Alertmanager',
      type: 'events_api_v2_inbound_integration',
      service: 'pagerduty-service-id',
    });
  });

  it('schedule: users in rotation, from the first handover on', async () => {
    const made = await created({ rotation: '1d', timeZone: 'Europe/Berlin' });
    expect(made.get('Schedule', 'pagerduty-schedule').inputs).toEqual({
      name: 'AudiFi dev on call',
      description: 'Managed by Pulumi, project audifi-observability.',
      timeZone: 'Europe/Berlin',
      layers: [
        {
          name: 'Rotation',
          start: '2026-01-05T09:00:00Z',
          rotationVirtualStart: '2026-01-05T09:00:00Z',
          rotationTurnLengthSeconds: 86_400,
          users: ['PUSER', 'PUSER'],
        },
      ],
    });
  });

  it('escalation: the schedule, then all users, three times', async () => {
    const made = await created({ escalateAfter: '5m' });
    expect(made.get('EscalationPolicy', 'pagerduty-escalation').inputs).toEqual({
      name: 'AudiFi dev',
      description: 'Managed by Pulumi, project audifi-observability.',
      numLoops: 3,
      rules: [
        {
          escalationDelayInMinutes: 5,
          targets: [{ type: 'schedule_reference', id: 'pagerduty-schedule-id' }],
        },
        {
          escalationDelayInMinutes: 5,
          targets: [
            { type: 'user_reference', id: 'PUSER' },
            { type: 'user_reference', id: 'PUSER' },
          ],
        },
      ],
    });
  });

  it('provider: the token as a secret, and region and URL as in the settings', async () => {
    const eu = await created({ region: 'eu', apiUrl: 'http://127.0.0.1:1' });
    const provider = eu.resources.find((r) => r.type === 'pulumi:providers:pagerduty');
    expect(provider?.inputs).toMatchObject({
      token: 'planted-token',
      serviceRegion: 'eu',
      apiUrlOverride: 'http://127.0.0.1:1',
    });
    expect(await value(pulumi.isSecret(provider?.props['token'] as pulumi.Output<string>))).toBe(
      true,
    );
    expect(eu.result.eventsUrl).toBe('https://events.eu.pagerduty.com/v2/enqueue');
  });
});
