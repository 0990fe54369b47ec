import { describe, expect, it } from '@jest/globals';
import { alertsWarning, parseSettings } from '../../../components/settings';
import {
  afterCommand,
  fullGrafana,
  raw,
  refusal,
  type StackConfig,
  stackConfig,
  type Tree,
} from '../../lib/pulumi-config';

const slackWebhookUrl = 'https://hooks.slack.com/services/x';
const pagerdutyRoutingKey = '0123456789abcdef'.repeat(2);
const links = {
  grafana: { externalUrl: 'https://grafana.audifi.io' },
  alertmanager: { externalUrl: 'https://alerts.audifi.io' },
  prometheus: { externalUrl: 'https://prom.audifi.io' },
};
const runbooks = { runbookBase: 'https://wiki.audifi.io/runbooks' };
const heartbeatUrl = 'https://heartbeat.audifi.io/x';
const secrets = ['slackWebhookUrl', 'pagerdutyRoutingKey', 'pagerdutyToken', 'heartbeatUrl'].concat(
  'betterStackToken',
);

const config = (tree: Tree): StackConfig => {
  const secretKeys = secrets.filter((key) => key in tree);
  return stackConfig(tree, { secretKeys, needsReceivers: true });
};

const warning = (tree: Tree): string | undefined => alertsWarning(parseSettings(raw(config(tree))));

/** Keys that a stack is rejected for; empty if it is valid. */
const refused = (tree: Tree): string[] =>
  (refusal(config(tree))?.problems ?? []).map(({ key }) => key);

describe('in production', () => {
  const prod = { platform: 'kubernetes' };
  const keys = ['grafana.externalUrl', 'alertmanager.externalUrl', 'prometheus.externalUrl'];

  it('a stack without receivers is refused, together with everything else that is missing', () => {
    const all = ['slackWebhookUrl', 'heartbeatUrl', ...keys, 'alerts.runbookBase'];
    expect(refused(prod)).toEqual(all);
  });

  it.each<[string, Tree]>([
    ['grafana.externalUrl', {}],
    ['grafana.externalUrl', { grafana: { oauth: fullGrafana.oauth } }],
    ['grafana.externalUrl', { grafana: { externalUrl: 'http://grafana' } }],
    ['alerts.dashboardBase', { grafana: { enabled: false } }],
    ['alerts.dashboardBase', { alerts: { dashboardBase: 'http://localhost:3000' } }],
  ])('%s is named once for links to dashboards: %j', (key, tree) => {
    const found = refused({ ...prod, ...tree }).filter((one) => /grafana\.ext|Base$/.test(one));
    expect(found.filter((one) => one !== 'alerts.runbookBase')).toEqual([key]);
  });

  const created = {
    pagerduty: { create: true, users: ['ada@audifi.io'] },
    pagerdutyToken: 'token-of-eight',
  };

  it('Slack with links to this machine is refused', () => {
    const tree = { ...prod, slackWebhookUrl, heartbeatUrl, alerts: runbooks };
    expect(refused(tree)).toEqual(keys);
  });

  it.each<[string, Tree]>([
    ['PagerDuty', { pagerdutyRoutingKey }],
    ['a service in PagerDuty that is created', created],
  ])('%s without Slack is refused, because warnings notify nobody', (_, account) => {
    const tree = { ...prod, ...links, ...account, heartbeatUrl, alerts: runbooks };
    expect(refused(tree)).toEqual(['slackWebhookUrl']);
    expect(refused({ ...tree, slackWebhookUrl })).toEqual([]);
  });

  it.each([
    'http://localhost:9093',
    'http://127.0.0.1:9093/',
    'http://127.1.2.3',
    'http://[::1]:1',
    'http://0.0.0.0:9093',
    'http://alertmanager.monitoring.svc:9093',
    'http://alertmanager.monitoring.svc.cluster.local',
    'http://alertmanager.monitoring:9093',
    'http://alertmanager:9093/',
    'http://ALERTMANAGER.Monitoring.',
  ])('an address that works only here or in the cluster is refused: %s', (externalUrl) => {
    const tree = {
      ...prod,
      ...links,
      alertmanager: { externalUrl },
      slackWebhookUrl,
      heartbeatUrl,
    };
    expect(refused({ ...tree, alerts: runbooks })).toEqual(['alertmanager.externalUrl']);
  });

  it.each(['http://10.0.0.5:9093', 'http://[fd00::5]', 'https://alerts.internal'])(
    'an address in your own network is accepted: %s',
    (externalUrl) => {
      const tree = {
        ...prod,
        ...links,
        alertmanager: { externalUrl },
        slackWebhookUrl,
        heartbeatUrl,
      };
      expect(refused({ ...tree, alerts: runbooks })).toEqual([]);
    },
  );

  it('the default place of the runbooks with a slash at its end is refused', () => {
    const runbookBase = 'https://github.com/audifi/observability/blob/main/runbooks/';
    const tree = { ...prod, ...links, slackWebhookUrl, heartbeatUrl };
    expect(refused({ ...tree, alerts: { runbookBase } })).toEqual(['alerts.runbookBase']);
  });

  it('the default place of the runbooks is refused', () => {
    const tree = { ...prod, ...links, slackWebhookUrl, heartbeatUrl };
    expect(refused(tree)).toEqual(['alerts.runbookBase']);
  });

  it('a stack without a heartbeat is refused, because nobody would notice its outage', () => {
    const tree = { ...prod, ...links, slackWebhookUrl, alerts: runbooks };
    expect(refused(tree)).toEqual(['heartbeatUrl']);
  });

  it('a heartbeat that the stack creates at Better Stack is enough', () => {
    const tree = { ...prod, ...links, slackWebhookUrl, alerts: runbooks };
    expect(refused({ ...tree, betterStackToken: 'a-token' })).toEqual([]);
  });

  it('a complete stack passes without a warning', () => {
    const accounts = { slackWebhookUrl, pagerdutyRoutingKey, heartbeatUrl };
    const tree = { ...prod, ...links, ...accounts, alerts: runbooks };
    expect(warning(tree)).toBeUndefined();
  });

  it('alerts.acceptGaps accepts gaps', () => {
    expect(warning({ ...prod, alerts: { acceptGaps: true } })).toBeUndefined();
  });

  it.each<[string, Tree, string[]]>([
    ['and a wrong value elsewhere', { loki: { retention: 'soon' } }, ['loki.retention']],
    ['and a wrong URL', { alertmanager: { externalUrl: 'alerts' } }, []],
    ['and a mistake in its group', { alerts: { groupWait: 5 } }, ['alerts.groupWait']],
  ])('all gaps %s are one list, and its commands remove them all', (_, wrong, others) => {
    let current = config({ ...prod, ...wrong });
    const problems = refusal(current)?.problems ?? [];
    expect(problems.map(({ key }) => key).sort()).toEqual(
      ['slackWebhookUrl', 'heartbeatUrl', ...keys, 'alerts.runbookBase', ...others].sort(),
    );
    for (const { fix } of problems) current = afterCommand(current, fix);
    expect(refusal(current)).toBeUndefined();
  });

  it.each<[string, Tree]>([
    ['pagerdutyRoutingKey', { pagerdutyRoutingKey: 'short', slackWebhookUrl }],
    ['slackWebhookUrl', { slackWebhookUrl: 'hooks.slack.com' }],
  ])('%s that is wrong is one problem, and not a missing receiver as well', (key, account) => {
    const tree = { ...prod, ...links, heartbeatUrl, alerts: runbooks, ...account };
    expect(refused(tree)).toEqual([key]);
  });

  it('if alerts.acceptGaps is invalid, only that is reported', () => {
    expect(refused({ ...prod, alerts: { acceptGaps: 'maybe' } })).toEqual(['alerts.acceptGaps']);
  });
});

describe('in development', () => {
  it('no warning with the inbox, which shows all notifications', () => {
    expect(warning({})).toBeUndefined();
  });

  it('without inbox and account, a warning says that alerts notify nobody', () => {
    expect(warning({ inbox: { enabled: false } })).toMatch(
      /slackWebhookUrl .*alerts notify nobody/,
    );
  });

  it('with an account, a warning lists links that only work on this machine', () => {
    const said = warning({ slackWebhookUrl }) ?? '';
    expect(said).toMatch(
      /alertmanager\.externalUrl is missing: links in messages would only work on this machine/,
    );
    expect(said).toMatch(/alerts\.runbookBase is the default/);
    expect(said).not.toContain(slackWebhookUrl);
  });
});
