import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepare } from '../../offline/kit';
import { alertingRule, allAlerts, defaultOptions } from '../../rules';
import { capture } from '../../scripts/process';
import { render, replaceDirectory } from '../../scripts/render';
import { Service, renderedServices } from './lib/processes';

/** The program's Alertmanager configuration, checked with amtool. */
const secrets = {
  slackWebhookUrl: 'https://hooks.slack.com/services/T0/B0/planted',
  pagerdutyRoutingKey: '0123456789abcdef'.repeat(2),
  heartbeatUrl: 'https://heartbeat.example/planted',
};

let amtool: string;
let service: Service;
let scratch: string;

beforeAll(async () => {
  const kit = await prepare({ need: ['amtool'], log: () => undefined });
  amtool = kit.commands['amtool'] ?? '';
  const alertmanager = (await renderedServices('e2e', {}, secrets))('alertmanager');
  service = new Service('', alertmanager, [['/etc/alertmanager', '{dir}/etc/alertmanager']], '');
  scratch = mkdtempSync(join(tmpdir(), 'audifi-alerts-'));
});
afterAll(async () => {
  await service.remove();
  rmSync(scratch, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await capture(amtool, args);
  if (code !== 0) throw new Error(`amtool ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

const configFile = (): string => join(service.dir, 'etc/alertmanager/alertmanager.yml');

describe('amtool check-config accepts', () => {
  it('a stack with all accounts, with its templates', async () => {
    const output = await run('check-config', configFile());
    expect(output).toMatch(/- [1-9]\d* inhibit rules/);
    expect(output).toMatch(/- 5 receivers/);
    expect(output).toMatch(/- 1 templates\s+SUCCESS/);
  });

  it.each(['dev', 'prod'])('the stack %s in the output of make render', async (stack) => {
    const folder = join(scratch, stack);
    replaceDirectory(folder, await render(stack));
    const output = await run('check-config', join(folder, 'alertmanager', 'alertmanager.yml'));
    expect(output).toContain('SUCCESS');
  });
});

describe('a stack with PagerDuty as resources', () => {
  it('can be rendered without PagerDuty', async () => {
    const pagerduty = { create: true, users: ['ada@audifi.io'] };
    const services = await renderedServices('e2e', { pagerduty }, { pagerdutyToken: 'planted-x' });
    const { files } = services('alertmanager');
    expect(files['/etc/alertmanager/secrets/pagerduty-routing-key']).toBe(
      '<secret:pagerduty-integration>',
    );
    expect(JSON.stringify(files)).not.toContain('planted-x');
  });
});

describe('amtool config routes test', () => {
  const receiverOf = async (labels: Readonly<Record<string, string>>): Promise<string> => {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return (
      await run('config', 'routes', 'test', `--config.file=${configFile()}`, ...pairs)
    ).trim();
  };

  /** The spec's eleven alerts: PagerDuty, #audifi-alerts, #audifi-monitoring. */
  it.each([
    ['HighErrorRate', 'critical', 'on-call'],
    ['APIDown', 'critical', 'on-call'],
    ['WebSocketDown', 'critical', 'on-call'],
    ['DatabaseDown', 'critical', 'on-call'],
    ['HighLatency', 'warning', 'alerts'],
    ['LowDiskSpace', 'warning', 'alerts'],
    ['HighMemoryUsage', 'warning', 'alerts'],
    ['WebSocketConnectionSpike', 'warning', 'alerts'],
    ['StripeWebhookFailures', 'warning', 'alerts'],
    ['DeploymentDetected', 'info', 'monitoring'],
    ['VStudioSessionActive', 'info', 'monitoring'],
  ])("sends the spec's %s (%s) to %s", async (alertname, severity, receiver) => {
    const rule = allAlerts(defaultOptions).find(({ name }) => name === alertname);
    expect(rule?.severity).toBe(severity);
    expect(await receiverOf({ alertname, severity, env: 'prod' })).toBe(receiver);
  });

  const every = allAlerts(defaultOptions).map((alert): Record<string, string> => ({
    alertname: alert.name,
    ...alertingRule(alert, defaultOptions).labels,
  }));
  const bySeverity: Readonly<Record<string, string>> = {
    critical: 'on-call',
    warning: 'alerts',
    info: 'monitoring',
    none: 'heartbeat',
  };

  const failing = 'AlertmanagerNotificationsFailing';
  const others = every.filter(({ alertname }) => alertname !== failing);
  it.each(others)(
    'sends $alertname of $service to the receiver of its severity',
    async (labels) => {
      expect(await receiverOf(labels)).toBe(bySeverity[labels['severity'] ?? '']);
    },
  );

  it('sends a failing receiver to another one, and pages only if warnings do not arrive', async () => {
    const all = every.filter(({ alertname }) => alertname === failing);
    const to = all.map(async (labels) => [labels['receiver_name'], await receiverOf(labels)]);
    expect(await Promise.all(to)).toEqual([
      ['on-call', 'alerts'],
      ['alerts', 'on-call'],
      ['monitoring', 'alerts'],
    ]);
    const heartbeat = { alertname: failing, receiver_name: 'heartbeat', severity: 'warning' };
    expect(await receiverOf(heartbeat)).toBe('alerts');
  });

  it.each<Record<string, string>>([
    { alertname: 'Unheard' },
    { alertname: 'Odd', severity: 'page' },
    { job: 'x' },
  ])('never drops %j', async (labels) => {
    expect(await receiverOf(labels)).toBe('unmatched');
  });
});

describe('messages', () => {
  const alert = (status: 'firing' | 'resolved', labels: object, summary = 'API is down') => ({
    status,
    labels: { alertname: 'APIDown', service: 'api-server', ...labels },
    annotations: { summary, description: 'No instance answers (0 < 1).' },
    startsAt: '2026-11-23T10:00:00Z',
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-11-23T10:05:30Z',
    generatorURL: 'http://prometheus/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
  });
  const data = (alerts: readonly { readonly status: string }[], labels: object = {}) => ({
    receiver: 'on-call',
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    externalURL: 'http://127.0.0.1:9093',
    commonLabels: { alertname: 'APIDown', service: 'api-server', env: 'prod', ...labels },
    commonAnnotations: { owner: 'backend', runbook_url: 'https://r/APIDown.md' },
    alerts,
  });
  const text = async (template: string, input: object): Promise<string> => {
    const file = join(scratch, 'data.json');
    writeFileSync(file, JSON.stringify(input));
    return run(
      ...['template', 'render', '--template.glob', `${service.dir}/etc/alertmanager/templates/*`],
      ...['--template.data', file, '--template.text', `{{ template "audifi.${template}" . }}`],
    );
  };

  it('Slack: a firing alert', async () => {
    const input = data([alert('firing', { instance: 'a:1' })], { severity: 'critical' });
    expect(await text('slack.title', input)).toBe(
      ':rotating_light: CRITICAL APIDown · api-server (prod)',
    );
    expect(await text('slack.color', input)).toBe('danger');
    expect((await text('slack.text', input)).split('\n')).toEqual([
      '*API is down*',
      'since <!date^1795428000^{date_short_pretty} {time_secs}|2026-11-23 10:00:00 UTC>',
      '`instance=a:1`',
      'No instance answers (0 &lt; 1).',
      expect.stringMatching(
        /^<https:\/\/r\/APIDown\.md\|Runbook> · <http:\/\/prometheus\/graph\?g0\.expr=up\+%3D%3D\+0&amp;g0\.tab=1\|Query> · <[^|>]+\|Silence>$/,
      ),
    ]);
  });

  it('Slack: a resolved alert looks different, and has no silence link', async () => {
    const input = data([alert('resolved', { instance: 'a:1' })], { severity: 'critical' });
    expect(await text('slack.title', input)).toBe(
      ':white_check_mark: RESOLVED APIDown · api-server (prod)',
    );
    expect(await text('slack.color', input)).toBe('good');
    const body = await text('slack.text', input);
    expect(body).toMatch(/^~API is down~\nfrom <!date.* to <!date.*, 5m 30s\n/);
    expect(body).not.toContain('Silence');
  });

  it('Slack: counts of a group, with at most five alerts in the list', async () => {
    const many = Array.from({ length: 25 }, (_, i) => alert('firing', { instance: `a:${i}` }));
    const input = data([...many, alert('resolved', { instance: 'b:1' })], { severity: 'warning' });
    expect(await text('slack.title', input)).toBe(
      ':warning: WARNING APIDown · api-server (prod) – 25 firing, 1 resolved',
    );
    const body = await text('slack.text', input);
    expect(body.match(/^\*API is down\*$/gm)).toHaveLength(5);
    expect(body).toContain('… and more: 25 are firing');
  });

  it('Slack: a label can neither notify everybody nor end a link', async () => {
    const evil = '<!channel>|x&"';
    const input = data([alert('firing', { path: evil }, `${evil} is down`)], { path: evil });
    const body = await text('slack.text', input);
    expect(body).not.toContain('<!channel>');
    expect(body).toContain('*&lt;!channel&gt;|x&amp;" is down*');
  });

  it('Slack: long texts are cut, links are not, and the least important comes last', async () => {
    const long = (text: string, length: number) => text.padEnd(length, ' &<>`~');
    const labels = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`label_${i}`, long('v', 100)]),
    );
    const many = Array.from({ length: 500 }, (_, i) => ({
      ...alert('firing', { ...labels, instance: `a:${i}` }, long('Summary', 900)),
      generatorURL: `http://prometheus/graph?g0.expr=${'x'.repeat(2_000)}`,
    }));
    const annotations = {
      runbook_url: 'https://r/APIDown.md',
      impact: long('impact', 900),
      first_look: long('first', 900),
      decisions: long('decisions', 2_000),
    };
    const input = { ...data(many, labels), commonAnnotations: annotations };
    const body = await text('slack.text', input);
    // With the links, this part is what Slack shows even if it cuts the rest.
    const kept = body.slice(0, 3_000);
    expect(kept).toContain('<https://r/APIDown.md|Runbook>');
    expect(kept.match(/^\*Summary.*…\*$/m)).not.toBeNull();
    expect(kept).toContain('Impact: impact');
    expect(kept).toContain('First look: `first');
    expect(body.indexOf('and more: 500 are firing')).toBeLessThan(body.indexOf('decisions'));
    // Too long for a message. The page behind the title has both.
    expect(body).not.toMatch(/\|(Query|Silence)>/);
    expect(body.length).toBeLessThan(9_000);
  });

  it('the silence form contains exactly the labels of the message', async () => {
    const input = data([alert('firing', {})], { path: 'a b+c"d' });
    const [, filter = ''] = (await text('silence.url', input)).split(
      'http://127.0.0.1:9093/#/silences/new?filter=',
    );
    // The page does not decode a plus sign as a space.
    expect(filter).not.toContain('+');
    expect(decodeURIComponent(filter)).toBe(
      '{alertname="APIDown", env="prod", path="a b+c\\"d", service="api-server"}',
    );
  });

  it('PagerDuty: title, counts and one of its severities', async () => {
    const two = [alert('firing', { instance: 'a:1' }), alert('firing', { instance: 'a:2' })];
    const input = data(two, { severity: 'critical' });
    expect(await text('pagerduty.summary', input)).toBe(
      '[prod] API is down (api-server), 2 firing',
    );
    expect(await text('pagerduty.severity', input)).toBe('critical');
    expect(await text('pagerduty.severity', data(two, { severity: 'page' }))).toBe('error');
    expect(JSON.parse(await text('pagerduty.firing', input))).toEqual(
      [1, 2].map(
        (i) =>
          `API is down – instance=a:${i} since 2026-11-23 10:00:00 UTC. No instance answers (0 < 1).`,
      ),
    );
    expect(JSON.parse(await text('pagerduty.resolved', input))).toEqual([]);
    expect(await text('pagerduty.source', data(two, { instance: 'a:1' }))).toBe('a:1');
    expect(await text('pagerduty.source', { ...input, commonLabels: {} })).toBe('AudiFi');
  });

  it('PagerDuty: at most twenty alerts of a group in the list', async () => {
    const many = Array.from({ length: 30 }, (_, i) => alert('resolved', { instance: `a:${i}` }));
    const resolved = JSON.parse(await text('pagerduty.resolved', data(many))) as string[];
    expect(resolved).toHaveLength(21);
    expect(resolved[0]).toBe('API is down – instance=a:0 for 5m 30s');
    expect(resolved[20]).toBe('… and more: 30 are resolved');
  });

  it('PagerDuty: long texts are cut, so that details and counts arrive', async () => {
    const many = Array.from({ length: 500 }, (_, i) =>
      alert('firing', { instance: `a:${i}`, long: '€'.repeat(3_000) }, '€'.repeat(3_000)),
    );
    const summary = await text('pagerduty.summary', data(many));
    expect(summary).toMatch(/^\[prod\] €{700}… \(api-server\), 500 firing$/);
    const firing = JSON.parse(await text('pagerduty.firing', data(many))) as string[];
    expect(firing).toHaveLength(21);
    for (const line of firing) expect(line.length).toBeLessThanOrEqual(1_001);
  });

  it('an alert without labels and annotations is valid', async () => {
    const bare = { ...alert('firing', {}), labels: {}, annotations: {} };
    const input = { ...data([bare]), commonLabels: {}, commonAnnotations: {} };
    for (const name of ['slack.title', 'slack.text', 'slack.footer', 'pagerduty.firing']) {
      expect(await text(name, input)).not.toContain('<no value>');
    }
    expect(await text('slack.title', input)).toBe(':rotating_light: ALERT ');
  });
});
