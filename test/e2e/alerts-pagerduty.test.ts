import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { AlertmanagerApi } from './lib/alertmanager';
import { Checkout, type Config } from './lib/checkout';
import { docker, eventually, logsOf } from './lib/engine';
import { PagerDutyApi } from './lib/pagerduty-api';
import { events, pagerdutyEvents, type Receiver } from './lib/receivers';

/**
 * PagerDuty's resources on the real engine, against a local server with its REST API. The provider
 * is a stand-in, because package registries do not have the released one.
 */
const stack = 'e2e-pagerduty';
const network = 'audifi-e2e-pagerduty-app';
const ports = { prometheus: 19096, alertmanager: 19097 };
const token = 'planted-token-77aa';
const api = new PagerDutyApi(token, [
  { id: 'PADA001', name: 'Ada', email: 'ada@audifi.io' },
  { id: 'PBO0002', name: 'Bo', email: 'bo@audifi.io' },
]);

let checkout: Checkout;
let receiver: Receiver;
let env: NodeJS.ProcessEnv;

const config = (pagerduty: Config = {}): Config => ({
  network,
  prometheus: { port: ports.prometheus },
  alertmanager: {
    port: ports.alertmanager,
    startDelay: '1s',
    critical: { groupWait: '1s', groupInterval: '2s', repeatInterval: '1h' },
  },
  pagerduty: {
    create: true,
    users: ['ada@audifi.io', 'bo@audifi.io'],
    apiUrl: api.url(''),
    eventsUrl: receiver.url('/v2/enqueue'),
    ...pagerduty,
  },
  nodeExporter: { enabled: false },
  cadvisor: { enabled: false },
  grafana: { enabled: false },
  uptime: { enabled: false },
});

/** Writes the settings and keeps the encrypted token. */
function configure(changes: Config = {}): void {
  const path = join(checkout.dir, `Pulumi.${stack}.yaml`);
  const file = parse(readFileSync(path, 'utf8')) as { config: Config };
  const key = 'audifi-observability:pagerduty';
  const changed = { ...file.config, [key]: config(changes)['pagerduty'] };
  checkout.writeStackFile(stringify({ ...file, config: changed }));
}

async function make(target: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
  const done = await checkout.make(target, { ...env, ...more });
  if (done.code !== 0) throw new Error(`make ${target}: ${done.output}\n${logsOf(stack)}`);
  return done.output;
}

beforeAll(async () => {
  await api.open();
  docker('network', 'create', network);
  const gatewayOf = '{{(index .IPAM.Config 0).Gateway}}';
  const [gateway = ''] = docker('network', 'inspect', '--format', gatewayOf, network);
  receiver = await pagerdutyEvents(gateway).open();
  checkout = new Checkout(stack);
  const bin = join(checkout.dir, '.bin');
  mkdirSync(bin);
  const tsx = join(checkout.dir, 'node_modules', '.bin', 'tsx');
  const source = join(checkout.dir, 'offline', 'standins', 'pagerduty', 'main.ts');
  const plugin = join(bin, 'pulumi-resource-pagerduty');
  writeFileSync(plugin, `#!/bin/sh\nexec '${tsx}' '${source}' "$@"\n`);
  chmodSync(plugin, 0o755);
  env = { PATH: [bin, process.env['PATH'] ?? ''].join(delimiter) };
  checkout.configure(config());
  await make('pulumi', { ARGS: `config set pagerdutyToken ${token} --secret` });
});

afterAll(async () => {
  await checkout.make('destroy', { ...env, PURGE: '1' });
  docker('network', 'rm', network);
  await receiver.close();
  await api.close();
  checkout.remove();
});

const only = <T>(things: ReadonlyMap<string, T>): T => {
  const [thing, ...more] = things.values();
  if (thing === undefined || more.length > 0) throw new Error(`${things.size} instead of one`);
  return thing;
};

describe('before the first up', () => {
  it('an unknown user in PagerDuty is an error, and nothing is created', async () => {
    configure({ users: ['nobody@audifi.io'] });
    const { code, output } = await checkout.make('preview', env);
    expect(code).not.toBe(0);
    expect(output).toContain('nobody@audifi.io');
    expect(api.changes).toEqual([]);
  });

  it('a preview only reads, and shows the planned resources without the token', async () => {
    configure();
    const output = await make('preview');
    for (const kind of ['Schedule', 'EscalationPolicy', 'Service', 'ServiceIntegration']) {
      expect(output).toMatch(new RegExp(`\\+ pagerduty:index/\\w+:${kind}`));
    }
    expect(output).not.toContain(token);
    expect(api.changes).toEqual([]);
  });
});

describe('make up', () => {
  it('creates schedule, escalation policy, service and integration', async () => {
    const output = await make('up');
    expect(output).toMatch(new RegExp(`critical +PagerDuty service AudiFi ${stack}$`, 'm'));
    const schedule = only(api.schedules);
    const policy = only(api.escalation_policies);
    const service = only(api.services);
    expect(schedule).toMatchObject({
      name: `AudiFi ${stack} on call`,
      time_zone: 'UTC',
      schedule_layers: [
        {
          rotation_turn_length_seconds: 604_800,
          users: [{ user: { id: 'PADA001' } }, { user: { id: 'PBO0002' } }],
        },
      ],
    });
    expect(policy).toMatchObject({
      name: `AudiFi ${stack}`,
      num_loops: 3,
      escalation_rules: [
        {
          escalation_delay_in_minutes: 10,
          targets: [{ id: schedule.id, type: 'schedule_reference' }],
        },
        {
          escalation_delay_in_minutes: 10,
          targets: [
            { id: 'PADA001', type: 'user_reference' },
            { id: 'PBO0002', type: 'user_reference' },
          ],
        },
      ],
    });
    expect(service).toMatchObject({
      escalation_policy: { id: policy.id, type: 'escalation_policy_reference' },
      alert_creation: 'create_alerts_and_incidents',
      auto_resolve_timeout: null,
      acknowledgement_timeout: 1800,
      incident_urgency_rule: { type: 'constant', urgency: 'severity_based' },
    });
    expect(only(api.integrations)).toMatchObject({
      type: 'events_api_v2_inbound_integration',
      service: { id: service.id },
    });
  });

  it("sends pages with the integration's key, which is readable nowhere", async () => {
    const key = String(only(api.integrations)['integration_key']);
    await new AlertmanagerApi(`http://127.0.0.1:${ports.alertmanager}`).send([
      { labels: { alertname: 'Forced', severity: 'critical' }, annotations: { summary: 'forced' } },
    ]);
    await eventually('the page', 30, () => (receiver.delivered.length > 0 ? true : undefined));
    expect(events(receiver.delivered)[0]?.routing_key).toBe(key);
    const places = {
      state: await make('pulumi', { ARGS: 'stack export' }),
      outputs: await make('pulumi', { ARGS: 'stack output --json' }),
      logs: logsOf(stack),
    };
    expect(places.state).toContain('pagerduty-integration');
    for (const [place, text] of Object.entries(places)) {
      expect({ place, found: text.includes(key) || text.includes(token) }).toEqual({
        place,
        found: false,
      });
    }
  });

  it('changes nothing at the second run', async () => {
    const before = api.changes.length;
    expect(await make('preview')).not.toMatch(/to (create|update|replace|delete)/);
    expect(await make('up')).toMatch(/^ +\d+ unchanged$/m);
    expect(api.changes).toHaveLength(before);
  });
});

describe('a change', () => {
  it('of a setting only affects its resource', async () => {
    configure({ escalateAfter: '5m' });
    const before = api.changes.length;
    await make('up');
    const made = api.changes.slice(before).map(({ method, path }) => `${method} ${path}`);
    expect(made).toEqual([`PUT /escalation_policies/${only(api.escalation_policies).id}`]);
    expect(only(api.escalation_policies)).toMatchObject({
      escalation_rules: [{ escalation_delay_in_minutes: 5 }, { escalation_delay_in_minutes: 5 }],
    });
  });

  it('by hand is detected by refresh, and reverted by up', async () => {
    const service = only(api.services);
    service['acknowledgement_timeout'] = 60;
    expect(await make('refresh')).toMatch(/1 updated/);
    await make('up');
    expect(only(api.services)['acknowledgement_timeout']).toBe(1800);
  });

  it('recreates a service that was deleted by hand, with a new key', async () => {
    const before = String(only(api.integrations)['integration_key']);
    api.services.clear();
    api.integrations.clear();
    await make('refresh');
    await make('up');
    expect(only(api.integrations)['integration_key']).not.toBe(before);
  });

  it('recreates everything as docs/alerts.md says, if the policy was deleted by hand too', async () => {
    const pulumi = (ARGS: string): Promise<string> => make('pulumi', { ARGS });
    api.services.clear();
    api.integrations.clear();
    api.escalation_policies.clear();
    api.schedules.clear();
    expect((await checkout.make('refresh', env)).output).toContain('404 Not Found');
    await pulumi('refresh --yes --target **pagerduty-service --target **pagerduty-integration');
    const urns = await pulumi('stack --show-urns');
    for (const name of ['pagerduty-escalation', 'pagerduty-schedule']) {
      const [urn] = new RegExp(`urn:\\S+::${name}(?=\\s)`).exec(urns) ?? [];
      // A dollar sign means something to make and to the shell.
      await pulumi(`state delete --yes '${urn?.replaceAll('$', '$$$$')}'`);
    }
    await make('up');
    expect(api.count).toBe(4);
    expect(await make('preview')).not.toMatch(/to (create|update|replace|delete)/);
  });
});

describe('make destroy', () => {
  it('deletes everything in an order that PagerDuty accepts', async () => {
    await make('destroy');
    expect(api.count).toBe(0);
  });
});
