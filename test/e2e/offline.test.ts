import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { imageRef, images } from '../../components/images';

/**
 * The offline kit alone: a small program on the real engine with the stand-in plugins, on real
 * Docker. Its objects have their own names, and are removed only by ID or by these names.
 */
jest.setTimeout(600_000);

const root = join(__dirname, '..', '..');
const name = `kit-e2e-${process.pid}`;
const image = imageRef(images.nodeExporter);

const program = `
import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

const config = new pulumi.Config();
const network = new docker.Network('network', { name: '${name}' });
const volume = new docker.Volume('volume', { name: '${name}' });
const image = new docker.RemoteImage('image', { name: '${image}', keepLocally: true });
const password = new random.RandomPassword('password', { length: 24, special: false });
const server = new docker.Container('server', {
  name: '${name}-server',
  image: image.imageId,
  command: ['--web.listen-address=:9100'],
  memory: Number(config.require('memory')),
  memorySwap: 256,
  networksAdvanced: [{ name: network.name, aliases: ['server'] }],
  volumes: [{ volumeName: volume.name, containerPath: '/data' }],
  uploads: [
    { file: '/etc/kit/password', content: password.result },
    { file: '/etc/kit/token', content: config.requireSecret('token') },
  ],
  labels: [{ label: 'kit.revision', value: config.require('revision') }],
});
new docker.Container('client', {
  name: '${name}-client',
  image: image.imageId,
  envs: [pulumi.interpolate\`SERVER=\${server.name}\`],
  networksAdvanced: [{ name: network.name }],
});
export const serverId = server.id;
export const address = server.networkDatas[0].ipAddress;
export const secret = password.result;
`;

interface Result {
  readonly code: number;
  readonly output: string;
}

let folder: string;
let env: NodeJS.ProcessEnv;
let summary: string;

function pulumi(...args: string[]): Result {
  const { status, stdout, stderr } = spawnSync('pulumi', [...args, '--non-interactive'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { code: status ?? 1, output: `${stdout}${stderr}` };
}

const up = (): Result => pulumi('up', '--yes', '--skip-preview');
const preview = (...args: string[]): Result => pulumi('preview', '--diff', ...args);
const output = (key: string): string =>
  pulumi('stack', 'output', key, '--show-secrets').output.trim();
const docker = (...args: string[]): string =>
  execFileSync('docker', args, { encoding: 'utf8' }).trim();

interface Inspected {
  readonly NetworkSettings: { readonly Networks: Record<string, { readonly IPAddress: string }> };
}
const inspect = (id: string): Inspected => {
  const [found] = JSON.parse(docker('inspect', id)) as [Inspected];
  return found;
};

beforeAll(() => {
  const needs = ['pulumi', 'image:nodeExporter'];
  const kit = spawnSync('node', ['--import', 'tsx', 'offline/kit.ts', ...needs], {
    cwd: root,
    env: { ...process.env, AUDIFI_KIT: 'offline' },
    encoding: 'utf8',
  });
  if (kit.status !== 0) throw new Error(kit.stderr);
  summary = kit.stderr;
  const exported = [...kit.stdout.matchAll(/^export (\w+)='(.*)'$/gm)];
  folder = mkdtempSync(join(tmpdir(), 'kit-e2e-'));
  mkdirSync(join(folder, 'state'));
  env = {
    ...process.env,
    ...Object.fromEntries(exported.map(([, key = '', value = '']) => [key, value])),
    PULUMI_BACKEND_URL: `file://${join(folder, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE: 'kit',
    PULUMI_OPTION_COLOR: 'never',
    PULUMI_STACK: 'kit',
  };
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'index.ts'), program);
  writeFileSync(join(folder, 'Pulumi.yaml'), 'name: kit-e2e\nruntime: nodejs\n');
  const dependencies = { '@pulumi/docker': '*', '@pulumi/random': '*', '@pulumi/kubernetes': '*' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ main: 'index.ts', dependencies }));
  const compilerOptions = {
    target: 'es2022',
    module: 'commonjs',
    moduleResolution: 'node10',
    noCheck: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  expect(pulumi('stack', 'init', 'kit')).toMatchObject({ code: 0 });
  pulumi('config', 'set', 'memory', '64');
  pulumi('config', 'set', 'revision', '1');
  pulumi('config', 'set', '--secret', 'token', 'hunter2-in-the-clear');
});

afterAll(() => {
  if (folder === undefined) return;
  pulumi('destroy', '--yes', '--skip-preview');
  rmSync(folder, { recursive: true, force: true });
});

describe('the kit', () => {
  test('lists its stand-ins', () => {
    expect(summary).toMatch(/real .*engine pulumi v3\.259\.0 \(built from Go modules\)/);
    for (const part of [
      'pulumi-language-nodejs',
      'pulumi-resource-docker',
      'pulumi-resource-random',
    ]) {
      expect(summary.split('STAND-INS')[1]).toContain(part);
    }
  });

  test('previews new resources, with unknown values', () => {
    const { code, output: text } = preview();
    expect(text).toContain('+ 7 to create');
    expect(text).toContain('[unknown]');
    expect(text).not.toContain('hunter2');
    expect(code).toBe(0);
  });

  test('up creates the real objects', () => {
    const { code, output: text } = up();
    expect(text).toContain('+ 7 created');
    expect(code).toBe(0);
    const server = inspect(output('serverId'));
    expect(server).toMatchObject({
      Name: `/${name}-server`,
      State: { Running: true },
      HostConfig: { Memory: 64 * 1024 * 1024 },
    });
    expect(Object.keys(server.NetworkSettings.Networks)).toEqual([name]);
    expect(server.NetworkSettings.Networks[name]?.IPAddress).toBe(output('address'));
    const file = docker('cp', `${output('serverId')}:/etc/kit/token`, '-');
    expect(file).toContain('hunter2-in-the-clear');
  });

  test('a second up, a preview and a preview with refresh see no change', () => {
    expect(up().output).toContain('7 unchanged');
    expect(preview().output).toContain('7 unchanged');
    const refreshed = preview('--refresh').output;
    expect(refreshed).toContain('7 unchanged');
    expect(refreshed).not.toMatch(/^\s+[~+-] /m);
  });

  test('secrets are encrypted in the state', () => {
    const state = pulumi('stack', 'export').output;
    expect(state).not.toContain('hunter2-in-the-clear');
    expect(state).not.toContain(output('secret'));
    expect(output('secret')).toMatch(/^[A-Za-z0-9]{24}$/);
  });

  test('refresh detects a container that was removed by hand, and up restores it', () => {
    const removed = output('serverId');
    docker('rm', '--force', removed);
    expect(pulumi('refresh', '--yes', '--skip-preview').output).toMatch(/- 1 deleted/);
    expect(up().output).toMatch(/\+ 1 created/);
    expect(output('serverId')).not.toBe(removed);
  });

  test('refresh detects a stopped container and a changed limit, and up restores both', () => {
    const id = output('serverId');
    docker('update', '--memory', '100m', id);
    docker('stop', '--time', '1', id);
    expect(preview('--refresh').output).toMatch(/memory *: 100 => 64|mustRun *: false => true/);
    expect(up().code).toBe(0);
    expect(pulumi('refresh', '--yes', '--skip-preview').output).toMatch(/unchanged/);
    expect(up().code).toBe(0);
    const repaired = inspect(output('serverId'));
    expect(repaired).toMatchObject({
      State: { Running: true },
      HostConfig: { Memory: 64 * 1024 * 1024 },
    });
  });

  test('a limit is updated in place', () => {
    const id = output('serverId');
    pulumi('config', 'set', 'memory', '96');
    expect(up().output).toMatch(/~ 1 updated/);
    expect(output('serverId')).toBe(id);
    expect(docker('inspect', '-f', '{{.HostConfig.Memory}}', id)).toBe(String(96 * 1024 * 1024));
  });

  test('a label replaces the container and its dependent, and nothing else', () => {
    const id = output('serverId');
    pulumi('config', 'set', 'revision', '2');
    expect(up().output).toMatch(/\+-2 replaced[^]*5 unchanged/);
    expect(output('serverId')).not.toBe(id);
  });

  test('an input that the released provider does not have is rejected before any change', () => {
    const wrong = program.replace("aliases: ['server']", "aliasses: ['server'] as never");
    writeFileSync(join(folder, 'index.ts'), wrong);
    const { code, output: text } = up();
    expect(code).not.toBe(0);
    expect(text).toContain('networksAdvanced[0].aliasses');
    writeFileSync(join(folder, 'index.ts'), program);
    expect(preview().output).toContain('7 unchanged');
  });

  test('an error of the program is reported once, and nothing changes', () => {
    writeFileSync(join(folder, 'index.ts'), `${program}\nthrow new Error('thrown on purpose');\n`);
    const { code, output: text } = up();
    expect(code).not.toBe(0);
    expect(text).toContain('thrown on purpose');
    expect(text).not.toContain('exit code: 32');
    writeFileSync(join(folder, 'index.ts'), program);
  });

  test('destroy leaves nothing behind', () => {
    expect(pulumi('destroy', '--yes', '--skip-preview').code).toBe(0);
    expect(docker('ps', '--all', '--quiet', '--filter', `name=${name}`)).toBe('');
    expect(docker('network', 'ls', '--quiet', '--filter', `name=${name}`)).toBe('');
    expect(docker('volume', 'ls', '--quiet', '--filter', `name=${name}`)).toBe('');
    expect(docker('image', 'inspect', '-f', '{{.Id}}', image)).toMatch(/^sha256:/);
  });
});
