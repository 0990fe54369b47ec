import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { prepare } from '../../offline/kit';
import { capture } from '../../scripts/process';
import { projectName, projectRoot } from '../../scripts/stack-files';
import { UptimeApi } from '../lib/uptime-api';

/**
 * The monitors at Better Stack on the real engine with its real host of dynamic providers, against
 * a local server with the published API. The program constructs them from settings as index.ts
 * does, and nothing else, so it needs no Docker.
 */
const token = 'planted-token-of-better-stack-51c9';
const secretPath = 's3cr3t';
const stack = 'e2e-uptime';
const api = new UptimeApi(token);
const dir = mkdtempSync(join(tmpdir(), 'audifi-uptime-'));
const components = join(projectRoot, 'components');

const program = `import '${components}/start-up';
import { readSettings } from '${components}/settings';
import { monitorsOutside } from '${components}/uptime/outside';

export = async function main(): Promise<Record<string, unknown>> {
  const outside = await monitorsOutside(readSettings());
  return { heartbeat: outside?.heartbeat?.url };
};
`;

let pulumi: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  await api.start();
  const kit = await prepare({ need: ['pulumi'], log: () => undefined });
  env = {
    ...process.env,
    ...kit.env,
    PULUMI_BACKEND_URL: `file://${join(dir, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE: 'e2e',
  };
  pulumi = kit.commands['pulumi'] ?? 'pulumi';
  mkdirSync(join(dir, 'state'));
  for (const file of ['Pulumi.yaml', 'package.json', 'tsconfig.json', 'tsconfig.pulumi.json']) {
    cpSync(join(projectRoot, file), join(dir, file));
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(dir, 'node_modules'));
  writeFileSync(join(dir, 'index.ts'), program);
  configure({});
  await run('stack', 'init', stack);
  await run('config', 'set', 'betterStackToken', token, '--secret');
});
afterAll(async () => {
  await api.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Sets these settings. The encrypted token is kept by the caller. */
function configure(settings: Readonly<Record<string, unknown>>): void {
  const all = { ...settings, betterStack: { apiUrl: api.url, ...(settings['betterStack'] ?? {}) } };
  const spaced = Object.entries(all).map(([key, value]) => [`${projectName}:${key}`, value]);
  const path = join(dir, `Pulumi.${stack}.yaml`);
  const before = readdirSync(dir).includes(`Pulumi.${stack}.yaml`)
    ? readFileSync(path, 'utf8')
    : '';
  const salt = /^encryptionsalt: .*$/m.exec(before)?.[0] ?? '';
  const sealed = /^ {2}\S+:betterStackToken:\n {4}secure: .*$/m.exec(before)?.[0] ?? '';
  const config = stringify({ config: Object.fromEntries(spaced) as unknown }, { lineWidth: 0 });
  writeFileSync(path, `${salt}\n${config}${sealed}\n`);
}

async function run(...args: string[]): Promise<string> {
  const words = ['--non-interactive', ...args];
  const { code, stdout, stderr } = await capture(pulumi, words, { cwd: dir, env });
  if (code !== 0) throw new Error(`pulumi ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout + stderr;
}

const up = (...more: string[]): Promise<string> =>
  run('up', '--yes', '--skip-preview', '--stack', stack, ...more);

/** The requests since the last call, except those that only read. */
function changes(): string[] {
  const said = api.said.filter((request) => !request.startsWith('GET'));
  api.requests.length = 0;
  return said.sort();
}

/** Id of the monitor of a check, or of the heartbeat. */
function idOf(name: string): string {
  const found = [...api.objects].filter(
    ([, o]) => (o['pronounceable_name'] ?? o['name']) === `AudiFi ${stack} ${name}`,
  );
  if (found.length !== 1) throw new Error(`${found.length} objects of ${name}`);
  return found[0]?.[0] ?? '';
}

const everywhere = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');

describe('on the real engine', () => {
  it('up creates the monitors and the heartbeat, and sends again after 429', async () => {
    api.planned.push({ status: 429, headers: { 'retry-after': '0' } });
    await up();
    const created = changes();
    expect(created.filter((request) => request === 'POST heartbeats')).toHaveLength(
      created.length - created.filter((request) => request === 'POST monitors').length,
    );
    expect(created).toHaveLength(5);
    expect(api.objects.get(idOf('api-health'))).toMatchObject({
      ...{ url: 'https://api.audifi.io/health', monitor_type: 'status', check_frequency: 30 },
      ...{ confirmation_period: 30, verify_ssl: true, ssl_expiration: 14, paused: false },
    });
    expect([...api.objects.keys()].sort()).toEqual(
      ['landing-page', 'app', 'api-health', 'Watchdog'].map(idOf).sort(),
    );
  });

  it('neither the token nor the URL of the heartbeat is readable in the state', () => {
    const state = everywhere(join(dir, 'state'));
    expect(state).toContain('pulumi-nodejs:dynamic/betterStack:Monitor');
    expect(state).toContain('exports.handler');
    expect(state).toContain(`AudiFi ${stack} api-health`);
    for (const text of [token, secretPath]) expect(state).not.toContain(text);
  });

  it('a second up changes nothing, at Better Stack or in the state', async () => {
    await up('--expect-no-changes');
    expect(changes()).toEqual([]);
  });

  it('up reverts what was changed by hand, and recreates what was deleted', async () => {
    const drifted = idOf('api-health');
    const gone = idOf('app');
    Object.assign(api.objects.get(drifted) ?? {}, { check_frequency: 180, recovery_period: 5 });
    api.objects.delete(gone);
    expect(await run('refresh', '--yes', '--skip-preview', '--stack', stack)).toMatch(
      /- 1 deleted/,
    );
    expect(changes()).toEqual([]);
    await up();
    expect(changes()).toEqual([`PATCH ${drifted}`, 'POST monitors']);
    // What the stack does not set stays as it is.
    expect(api.objects.get(drifted)).toMatchObject({ check_frequency: 30, recovery_period: 5 });
    expect(idOf('app')).not.toBe(gone);
  });

  it('a changed setting is an update in place', async () => {
    configure({ alerts: { thresholds: { certificateDays: 20 } } });
    const secured = ['landing-page', 'app', 'api-health'].map(idOf);
    await up();
    expect(changes()).toEqual(secured.map((id) => `PATCH ${id}`).sort());
    for (const id of secured) expect(api.objects.get(id)).toMatchObject({ ssl_expiration: 30 });
  });

  it('takes over an existing monitor, and creates none', async () => {
    api.objects.delete(idOf('landing-page'));
    api.objects.set('monitors/238', { url: 'https://audifi.io', recovery_period: 7 });
    configure({ betterStack: { monitors: { 'landing-page': 238 } } });
    await up('--refresh');
    expect(changes()).toContain('PATCH monitors/238');
    expect(api.said).not.toContain('POST monitors');
    expect(idOf('landing-page')).toBe('monitors/238');
    expect(api.objects.get('monitors/238')).toMatchObject({ recovery_period: 7 });
  });

  it('destroy deletes everything', async () => {
    await run('destroy', '--yes', '--skip-preview', '--stack', stack);
    expect(api.objects.size).toBe(0);
  });
});
