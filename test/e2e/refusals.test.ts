import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Checkout, type Config } from './lib/checkout';
import { containerIds, ofStack } from './lib/engine';

/**
 * Invalid input is rejected in one message before anything is provisioned, and running containers
 * continue.
 */
const stack = 'e2e-refuse';
const port = 19091;
const sound: Config = { prometheus: { port }, alertmanager: { port: port + 100 } };

let checkout: Checkout;
let running: ReturnType<typeof containerIds>;

beforeAll(async () => {
  checkout = new Checkout(stack);
  checkout.configure(sound);
  const { code, output } = await checkout.make('up');
  if (code !== 0) throw new Error(output);
  running = containerIds(stack);
});

afterAll(async () => {
  checkout.configure(sound);
  await checkout.make('destroy', { PURGE: '1' });
  checkout.remove();
});

/** No text that only a developer of Pulumi or Node would understand. */
function expectOneMessage(output: string): void {
  expect(output).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect(output).not.toMatch(/unhandled exception|UnhandledPromise|TypeError/);
}

const broken: [name: string, config: Config, says: RegExp[]][] = [
  [
    'a number for a duration',
    { prometheus: { port, scrapeInterval: 15 } },
    [/prometheus\.scrapeInterval/],
  ],
  [
    'a duration without unit',
    { prometheus: { port, retention: '15' } },
    [/prometheus\.retention/, /15d/],
  ],
  [
    'a duration out of bounds',
    { prometheus: { port, scrapeInterval: '10m' } },
    [/prometheus\.scrapeInterval/],
  ],
  ['a text for a port', { prometheus: { port: 'web' } }, [/prometheus\.port/]],
  ['a port that is none', { prometheus: { port: 70000 } }, [/prometheus\.port/]],
  [
    'a size that is none',
    { prometheus: { port, retentionSize: 'lots' } },
    [/prometheus\.retentionSize/],
  ],
  ['an unknown key', { promethues: {} }, [/promethues/, /did you mean "prometheus"/]],
  [
    'an unknown key inside',
    { prometheus: { port, retentoin: '1d' } },
    [/did you mean "prometheus\.retention"/],
  ],
  ['a list for a group', { prometheus: [1] }, [/prometheus/]],
  ['a text for a group', { uptime: 'yes' }, [/uptime/]],
  ['an unknown platform', { platform: 'nomad' }, [/platform/, /docker, kubernetes/]],
  [
    'a URL without scheme',
    { uptime: { checks: [{ name: 'x', url: 'audifi.io' }] } },
    [/uptime\.checks\[0\]\.url/],
  ],
  [
    'another scheme',
    { uptime: { checks: [{ name: 'x', url: 'ftp://audifi.io' }] } },
    [/uptime\.checks\[0\]\.url/],
  ],
  [
    'a password in a URL',
    { prometheus: { port, externalUrl: 'https://a:b@c' } },
    [/prometheus\.externalUrl/],
  ],
  [
    'a certificate of http',
    { uptime: { checks: [{ name: 'x', url: 'http://a', kind: 'certificate' }] } },
    [/certificate/],
  ],
  [
    'two checks of one name',
    {
      uptime: {
        checks: [
          { name: 'x', url: 'http://a' },
          { name: 'x', url: 'http://b' },
        ],
      },
    },
    [/already the name of another check/],
  ],
  [
    'a clash of ports',
    { prometheus: { port }, cadvisor: { port } },
    [/cadvisor\.port/, new RegExp(String(port))],
  ],
  [
    'a target with a scheme',
    { targets: { 'api-server': { addresses: ['http://api:9090'] } } },
    [/targets\.api-server\.addresses\[0\]/],
  ],
  [
    'a job without a place',
    { targets: { 'api-sever': { interval: '5s' } } },
    [/targets\.api-sever/],
  ],
  [
    'a missing secret',
    { targets: { worker: { bearerToken: true } } },
    [/metricsToken/, /--secret/],
  ],
  ['a secret in plain text', { metricsToken: 'hunter2-hunter2' }, [/metricsToken/, /--secret/]],
  [
    'a label name that is none',
    { prometheus: { port, externalLabels: { 'a-b': 'x' } } },
    [/externalLabels/],
  ],
  [
    'a label of ours',
    { prometheus: { port, externalLabels: { env: 'x' } } },
    [/externalLabels\.env/],
  ],
  [
    'several at once',
    { platform: 'vm', prometheus: { port: 0, retention: 'x' }, nope: 1 },
    [/platform/, /prometheus\.port/, /prometheus\.retention/, /nope/, /4 settings/],
  ],
];

describe('invalid settings', () => {
  it.each(broken)('%s', async (_name, config, says) => {
    checkout.configure({ ...sound, ...config });
    const { code, output } = await checkout.make('up');
    expect(code).not.toBe(0);
    for (const text of says) expect(output).toMatch(text);
    expect(output).toMatch(/Example: .*\bconfig (set|rm) /);
    expectOneMessage(output);
    expect(output).not.toContain('hunter2-hunter2');
    expect(containerIds(stack)).toEqual(running);
  });

  it('a file that is not YAML: reports the line', async () => {
    checkout.writeStackFile('config:\n  audifi-observability:platform: docker\n   bad: [\n');
    const { code, output } = await checkout.make('up');
    expect(code).not.toBe(0);
    expect(output).toMatch(new RegExp(`Pulumi\\.${stack}\\.yaml:\\d+:\\d+ is not valid YAML`));
    expectOneMessage(output);
    expect(containerIds(stack)).toEqual(running);
  });

  it('a stack that does not exist: lists existing stacks', async () => {
    const other = new Checkout('nowhere');
    const { code, output } = await other.make('up');
    other.remove();
    expect(code).not.toBe(0);
    expect(output).toMatch(/there is no stack "nowhere".*dev, prod/s);
  });
});

describe('a command that is not complete', () => {
  beforeAll(() => checkout.configure(sound));

  it.each([
    [
      'bench',
      { PART: 'nope' },
      /there is no PART "nope"\. Known: engine, dashboards, .*\nExample: make/,
    ],
    ['changes', { BASE: 'nope' }, /BASE: "nope" is not a commit.* Example: make changes/],
    ['pulumi', { ARGS: '' }, /ARGS is missing\. Example: make pulumi ARGS=/],
    [
      'incident',
      { KIND: 'nope' },
      /there is no incident "nope"\. Known: errors, .*\nExample: make/,
    ],
  ])('make %s %j', async (target, env, message) => {
    const { code, output } = await checkout.make(target, env);
    expect(output).toMatch(message);
    expect(code).not.toBe(0);
    expectOneMessage(output);
  });
});

describe('a machine that is not ready', () => {
  let fresh: Checkout;
  beforeAll(() => {
    fresh = new Checkout('e2e-fresh');
    fresh.configure({ prometheus: { port: 19092 }, alertmanager: { port: 19192 } });
  });
  afterAll(() => fresh.remove());

  const refused = async (env: NodeJS.ProcessEnv, says: RegExp): Promise<void> => {
    const { code, output } = await fresh.make('up', env);
    expect(code).not.toBe(0);
    expect(output).toMatch(says);
    expectOneMessage(output);
    expect(ofStack('e2e-fresh')).toEqual({ containers: [], networks: [], volumes: [] });
  };

  it('a port in use: names it, and how to choose another', async () => {
    const server = await listen(19092);
    try {
      await refused(
        {},
        /port 19092 of this machine \(prometheus\.port\) is in use.*prometheus\.port 19093/s,
      );
    } finally {
      server.close();
    }
  });

  it('no Docker daemon: says what to do', async () => {
    await refused({ DOCKER_HOST: 'tcp://127.0.0.1:1' }, /Docker.*127\.0\.0\.1:1/s);
  });

  it('a full disk for the cache: names the folder', async () => {
    const mount = mkdtempSync(join(tmpdir(), 'audifi-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount]);
    try {
      mkdirSync(join(mount, 'cache'));
      // Filled completely, as a disk is after weeks of builds.
      execFileSync('sh', ['-c', `cat /dev/zero > ${mount}/rest 2>/dev/null || true`]);
      await refused(
        { AUDIFI_CACHE: join(mount, 'cache'), AUDIFI_KIT: 'offline' },
        new RegExp(`full.*${mount}|${mount}.*full`, 's'),
      );
    } finally {
      execFileSync('umount', [mount]);
      rmSync(mount, { recursive: true, force: true });
    }
  });

  it('a wrong passphrase: names the stack, and nothing is lost', async () => {
    checkout.configure(sound);
    const { code, output } = await checkout.make('up', { PULUMI_CONFIG_PASSPHRASE: 'not the one' });
    expect(code).not.toBe(0);
    expect(output).toMatch(/wrong passphrase/);
    expectOneMessage(output);
    expect(containerIds(stack)).toEqual(running);
    expect((await checkout.make('up')).code).toBe(0);
  });
});

function listen(number: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(number, '127.0.0.1', () => resolve(server));
  });
}
