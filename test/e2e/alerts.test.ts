import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AlertmanagerApi } from './lib/alertmanager';
import { FakeTarget } from './lib/app';
import { Checkout } from './lib/checkout';
import { containerIds, docker, eventually, logsOf } from './lib/engine';
import { PrometheusApi } from './lib/prometheus';
import { events, heartbeat, pagerdutyEvents, type Receiver, slackWebhook } from './lib/receivers';

/**
 * Alerts of a stack from `make up` with accounts: an API server that is down pages once, even if
 * Alertmanager crashes, and no secret is readable. People reach both servers below a path of a
 * proxy.
 */
const stack = 'e2e-alerts';
const network = 'audifi-e2e-alerts-app';
const ports = { prometheus: 19094, alertmanager: 19095 };
const planted = {
  pagerdutyRoutingKey: 'plantedkey0123456789abcdef012345',
  slackPath: '/services/T0PLANTED/B0PLANTED/x',
  heartbeatPath: '/beat/planted-8d1c',
};
const api = new AlertmanagerApi(`http://127.0.0.1:${ports.alertmanager}`);

let checkout: Checkout;
let pagerduty: Receiver;
let slack: Receiver;
let beats: Receiver;
let app: FakeTarget;
let output: string;
let silence: string;

async function make(target: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const done = await checkout.make(target, env);
  if (done.code !== 0) throw new Error(`make ${target}: ${done.output}\n${logsOf(stack)}`);
  return done.output;
}

beforeAll(async () => {
  docker('network', 'create', network);
  const gatewayOf = '{{(index .IPAM.Config 0).Gateway}}';
  const [gateway = ''] = docker('network', 'inspect', '--format', gatewayOf, network);
  pagerduty = await pagerdutyEvents(gateway).open();
  slack = await slackWebhook(gateway).open();
  beats = await heartbeat(gateway).open();
  // Reserves a port, but is down from the start.
  app = await new FakeTarget(gateway).open();
  await app.close();

  const timing = { groupWait: '1s', groupInterval: '2s', repeatInterval: '1h' };
  checkout = new Checkout(stack);
  checkout.configure({
    network,
    prometheus: {
      ...{ port: ports.prometheus, scrapeInterval: '1s', evaluationInterval: '1s' },
      externalUrl: 'https://ops.audifi.io/prometheus',
    },
    alertmanager: {
      port: ports.alertmanager,
      externalUrl: 'https://ops.audifi.io/alerts',
      startDelay: '3s',
      heartbeatInterval: '2s',
      critical: timing,
      warning: timing,
    },
    pagerduty: { eventsUrl: pagerduty.url('/v2/enqueue') },
    // So that APIDown resolves half a minute after the end, and not five.
    alerts: { expectApp: true, speedUp: 10 },
    targets: {
      'api-server': { addresses: [app.address] },
      ...Object.fromEntries(
        ['caddy', 'ws-server', 'worker', 'postgres', 'redis'].map((j) => [j, { enabled: false }]),
      ),
    },
    nodeExporter: { enabled: false },
    cadvisor: { enabled: false },
    grafana: { enabled: false },
    uptime: { enabled: false },
  });
  for (const [key, value] of Object.entries({
    pagerdutyRoutingKey: planted.pagerdutyRoutingKey,
    slackWebhookUrl: slack.url(planted.slackPath),
    heartbeatUrl: beats.url(planted.heartbeatPath),
  })) {
    await make('pulumi', { ARGS: `config set ${key} ${value} --secret` });
  }
  output = await make('up');
  silence = await api.silence('SomethingElse');
});

afterAll(async () => {
  await checkout.make('destroy', { PURGE: '1' });
  docker('network', 'rm', network);
  await Promise.all([pagerduty, slack, beats, app].map((s) => s.close()));
  checkout.remove();
});

const pages = () => events(pagerduty.delivered).filter((e) => e.payload.class === 'APIDown');

describe('a stack with accounts', () => {
  it('prints the receivers', () => {
    expect(output).toMatch(/^alertmanager +http:\/\/127\.0\.0\.1:19095 +yes$/m);
    expect(output).toMatch(/critical +PagerDuty$/m);
    expect(output).toMatch(/warning +Slack #audifi-alerts$/m);
    expect(output).toMatch(
      /info +Slack #audifi-alerts \(with a legacy webhook: #audifi-monitoring\)$/m,
    );
  });

  it('answers at its own ports without the path of the proxy, to probes, scrapes and people', async () => {
    const status = await make('status');
    expect(status).toMatch(/^prometheus .* yes$/m);
    expect(status).toMatch(/^alertmanager .* yes$/m);
    const prometheus = new PrometheusApi(`http://127.0.0.1:${ports.prometheus}`);
    await eventually('both are scraped', 30, async () => {
      const found = await prometheus.query('up{job=~"prometheus|alertmanager"}');
      return found.length === 2 && found.every(({ value }) => value === 1) ? true : undefined;
    });
  });

  it('calls the heartbeat', async () => {
    // Prometheus sends alerts that it found before it discovered Alertmanager again only after a
    // minute.
    await eventually('heartbeats', 90, () => (beats.delivered.length > 2 ? true : undefined));
    expect(beats.delivered[0]?.path).toBe(planted.heartbeatPath);
  });

  it('has its secrets in files that only Alertmanager can read', () => {
    const where = '{{range .Mounts}}{{.Destination}} {{.Source}} {{.RW}}\n{{end}}';
    const mounts = docker('inspect', '--format', where, containerIds(stack)['alertmanager'] ?? '');
    const [, source = '', writable] =
      mounts.find((m) => m.startsWith('/etc/alertmanager '))?.split(' ') ?? [];
    expect(writable).toBe('false');
    const files = ['pagerduty-routing-key', 'slack-alerts-url', 'heartbeat-url'];
    for (const file of files) {
      const { mode, uid } = statSync(join(source, 'secrets', file));
      expect({ file, mode: mode & 0o777, uid }).toEqual({ file, mode: 0o400, uid: 65534 });
    }
  });
});

describe('an API server that is down', () => {
  it('pages', async () => {
    await eventually('the page', 90, () => (pages().length > 0 ? true : undefined));
    const [page] = pages();
    expect(page?.event_action).toBe('trigger');
    expect(page?.routing_key).toBe(planted.pagerdutyRoutingKey);
    expect(page?.payload).toMatchObject({
      summary: `[${stack}] API server is down (api-server)`,
      severity: 'critical',
      group: stack,
    });
    expect(page?.client_url).toContain('https://ops.audifi.io/alerts/#/alerts');
    const [alert] = await api.alerts();
    expect(alert?.link).toMatch(/^https:\/\/ops\.audifi\.io\/prometheus\/graph\?/);
  });

  it('pages once even if Alertmanager is killed, and silences survive', async () => {
    // Sent notifications are on disk after at most ten seconds.
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    const id = containerIds(stack)['alertmanager'] ?? '';
    const pid = (): string => docker('inspect', '--format', '{{.State.Pid}}', id)[0] ?? '';
    const before = pid();
    process.kill(Number(before), 'SIGKILL');
    const silences = await eventually('Alertmanager answers again', 30, async () =>
      pid() !== before ? api.silences() : undefined,
    );
    expect(silences).toEqual([silence]);
    // Prometheus sends every alert again once a minute.
    await eventually('it knows the alert again', 75, async () =>
      (await api.alerts()).some(({ name }) => name === 'APIDown') ? true : undefined,
    );
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(pages()).toHaveLength(1);
  });

  it('resolves under the same key when it is back', async () => {
    await app.open();
    await eventually('the end', 75, () => (pages().length > 1 ? true : undefined));
    const told = pages();
    expect(told.map((e) => e.event_action)).toEqual(['trigger', 'resolve']);
    expect(new Set(told.map((e) => e.dedup_key)).size).toBe(1);
  });
});

describe('no secret', () => {
  it('is readable in the state, output, containers, environments, logs or the stack file', async () => {
    const exported = await make('pulumi', { ARGS: 'stack export' });
    expect(exported).toContain('alertmanager-files');
    const ids = Object.values(containerIds(stack));
    // On macOS, the processes run on another machine. `containers` below has their variables too.
    const environments = docker('ps', '--quiet', '--filter', `label=io.audifi.stack=${stack}`)
      .map((id) => docker('inspect', '--format', '{{.State.Pid}}', id)[0] ?? '')
      .map((pid) => (existsSync('/proc') ? readFileSync(`/proc/${pid}/environ`, 'utf8') : 'none'));
    const preview = await make('preview');
    // Secrets must not cause a diff either.
    expect(preview).not.toMatch(/to (create|update|replace|delete)/);
    const places = {
      output: output + preview,
      state: exported,
      outputs: await make('pulumi', { ARGS: 'stack output --json' }),
      stackFile: readFileSync(join(checkout.dir, `Pulumi.${stack}.yaml`), 'utf8'),
      containers: docker('inspect', ...ids).join('\n'),
      environments: environments.join('\n'),
      logs: ids.map((id) => spawnSync('docker', ['logs', id]).stderr.toString()).join('\n'),
    };
    const secrets = [planted.pagerdutyRoutingKey, 'PLANTED', 'planted-8d1c'];
    for (const [place, text] of Object.entries(places)) {
      expect(text).not.toBe('');
      const found = secrets.filter((secret) => text.includes(secret));
      expect({ place, found }).toEqual({ place, found: [] });
    }
  });
});
