import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { containerIds, docker, eventually, ofStack } from './lib/engine';

/**
 * Replicas and companions on the real daemon: two instances of Prometheus, each with a companion on
 * its volume. The companion reports what it sees.
 */
jest.setTimeout(300_000);

const root = join(__dirname, '..', '..');
const stack = 'e2e-workload';
const port = 19471;

/**
 * The companion of Prometheus: `node server.js <own name> <URL of its sibling> <data of its
 * sibling>`.
 */
const server = `
const { readdirSync, writeFileSync } = require('node:fs');
const { resolve4 } = require('node:dns').promises;
const [name, sibling, data] = process.argv.slice(2);
const answers = {
  '/name': () => name,
  '/sibling': async () => (await fetch(sibling)).text(),
  '/files': () => readdirSync(data),
  '/mark': () => writeFileSync(data + '/mark-of-' + name, ''),
  '/resolve': (query) => resolve4(query.get('host')),
  '/ask': async (query) => (await fetch(query.get('url'))).json(),
};
require('node:http').createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  // A connection that is kept alive would break at the next up without the test noticing.
  response.setHeader('connection', 'close');
  try {
    response.end(JSON.stringify((await answers[pathname](searchParams)) ?? null));
  } catch (error) {
    response.writeHead(500).end(String(error.cause ?? error));
  }
}).listen(8080);
process.on('SIGTERM', () => process.exit());
`;

const program = `
import * as pulumi from '@pulumi/pulumi';
import { images } from '${root}/components/images';
import { DockerPlatform } from '${root}/components/platform/docker';
import { probeOverHttp } from '${root}/components/platform/readiness';
import { instanceName } from '${root}/components/workload';

const platform = new DockerPlatform('docker', {
  stack: '${stack}',
  waitUntilReady: probeOverHttp,
});
const endpoint = platform.deploy(
  {
    name: 'store',
    replicas: new pulumi.Config().requireNumber('replicas'),
    image: images.prometheus,
    args: ['--config.file=/etc/store/store.yml', '--storage.tsdb.path=/prometheus'],
    files: [{ path: '/etc/store/store.yml', content: 'scrape_configs: []' }],
    volumes: [{ name: 'data', path: '/prometheus', sizeMiB: 64 }],
    ports: [{ name: 'http', number: 9090 }],
    readiness: { port: 'http', path: '/-/ready' },
    resources: { memoryMiB: 128, cpus: 0.5 },
    user: { uid: 65534, gid: 65534 },
    companions: [
      {
        name: 'beside',
        image: images.node,
        command: ['node', '/etc/beside/server.js'],
        args: [instanceName, \`http://\${platform.siblingHost()}:9090/-/ready\`, '/shared'],
        files: [{ path: '/etc/beside/server.js', content: ${JSON.stringify(server)} }],
        mounts: [{ volume: 'data', path: '/shared' }],
        ports: [{ name: 'beside', number: 8080, publish: ${port} }],
        readiness: { port: 'beside', path: '/name' },
        resources: { memoryMiB: 128, cpus: 0.5 },
      },
    ],
  },
  { parent: platform },
);
export const ready = platform.ready(endpoint);
`;

let folder: string;
let env: NodeJS.ProcessEnv;

function pulumi(...args: string[]): { code: number; output: string } {
  const done = spawnSync('pulumi', [...args, '--non-interactive'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { code: done.status ?? 1, output: `${done.stdout}${done.stderr}` };
}

function up(replicas: number): string {
  pulumi('config', 'set', 'replicas', String(replicas));
  const { code, output } = pulumi('up', '--yes', '--skip-preview');
  if (code !== 0) throw new Error(output);
  return output;
}

/** Queries the companion of the first instance, or through it that of another instance. */
async function ask(path: string, host?: string): Promise<unknown> {
  const there = `http://${host ?? ''}:8080${path}`;
  const query = host === undefined ? path : `/ask?url=${encodeURIComponent(there)}`;
  const response = await fetch(`http://127.0.0.1:${port}${query}`);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'workload-e2e-'));
  mkdirSync(join(folder, 'state'));
  env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(folder, 'state')}`,
    PULUMI_CONFIG_PASSPHRASE: 'workload',
    PULUMI_OPTION_COLOR: 'never',
    PULUMI_STACK: stack,
  };
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'index.ts'), program);
  writeFileSync(join(folder, 'Pulumi.yaml'), 'name: workload-e2e\nruntime: nodejs\n');
  const dependencies = { '@pulumi/docker': '*' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ main: 'index.ts', dependencies }));
  const compilerOptions = {
    target: 'es2022',
    module: 'commonjs',
    moduleResolution: 'node10',
    noCheck: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  expect(pulumi('stack', 'init', stack)).toMatchObject({ code: 0 });
});

afterAll(() => {
  if (folder === undefined) return;
  pulumi('destroy', '--yes', '--skip-preview');
  const { volumes } = ofStack(stack);
  if (volumes.length > 0) docker('volume', 'rm', ...volumes);
  rmSync(folder, { recursive: true, force: true });
});

const both = ['store-0', 'store-0-beside', 'store-1', 'store-1-beside'];
const running = (): string[] =>
  docker(...['ps', '--filter', `label=io.audifi.stack=${stack}`, '--format', '{{.Names}}'])
    .map((name) => name.replace(`audifi-${stack}-`, ''))
    .sort();

describe('two instances, each with a companion', () => {
  test('run as separate containers', () => {
    up(2);
    expect(running()).toEqual(both);
    expect(pulumi('stack', 'output', 'ready').output.trim()).toBe('true');
  });

  test('have their own names and a common one', async () => {
    expect(await ask('/name')).toBe('store-0');
    expect(await ask('/name', 'store-1-beside')).toBe('store-1');
    const all = (await ask('/resolve?host=store')) as string[];
    const each = await Promise.all(
      ['store-0', 'store-1'].map(async (host) => (await ask(`/resolve?host=${host}`)) as string[]),
    );
    expect(each.flat()).toHaveLength(2);
    expect(all.sort()).toEqual(each.flat().sort());
  });

  test('share their volume only with their companion', async () => {
    await ask('/mark');
    const [own, other] = await Promise.all([ask('/files'), ask('/files', 'store-1-beside')]);
    expect(own).toEqual(expect.arrayContaining(['wal', 'mark-of-store-0']));
    expect(other).toEqual(expect.arrayContaining(['wal']));
    expect(other).not.toContain('mark-of-store-0');
  });

  test('reach their sibling, even after it was restarted', async () => {
    // Just after its start, it answers "Service Unavailable".
    const seesSibling = (): Promise<unknown> =>
      eventually('the sibling is ready', 30, async () => {
        const answer = await ask('/sibling', 'store-1-beside');
        if (!String(answer).includes('Ready')) throw new Error(String(answer));
        return answer;
      });
    await seesSibling();
    docker('restart', `audifi-${stack}-store-1`);
    await seesSibling();
  });

  test('do not change at a second up, with or without refresh', () => {
    const before = containerIds(stack);
    expect(up(2)).not.toMatch(/created|updated|replaced|deleted/);
    const refreshed = pulumi('preview', '--refresh', '--expect-no-changes');
    expect(refreshed).toMatchObject({ code: 0 });
    expect(containerIds(stack)).toEqual(before);
  });
});

describe('scaling from two instances to one', () => {
  test('keeps the data of the first in use, and that of the second on its volume', async () => {
    up(1);
    expect(running()).toEqual(['store', 'store-beside']);
    expect(await ask('/name')).toBe('store');
    expect(await ask('/files')).toContain('mark-of-store-0');
    expect(ofStack(stack).volumes).toEqual([
      `audifi-${stack}-store-1-data`,
      `audifi-${stack}-store-data`,
    ]);
  });

  test('destroy keeps the volumes, and two instances find them again', async () => {
    expect(pulumi('destroy', '--yes', '--skip-preview')).toMatchObject({ code: 0 });
    expect(ofStack(stack)).toMatchObject({ containers: [], networks: [] });
    up(2);
    expect(running()).toEqual(both);
    expect(await ask('/files')).toContain('mark-of-store-0');
  });
});
