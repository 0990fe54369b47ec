import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Context } from '../../scripts/stack/context';
import { upWithContents } from '../../scripts/stack/contents';
import { tunnelPort, withTunnel } from '../../scripts/stack/tunnel';
import { shapeOf } from '../../scripts/stack-settings';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();
/** The calls of pulumi and kubectl, one a line. */
const calls = (): string[] =>
  readFileSync(join(commands.folder, 'calls'), 'utf8').trim().split('\n');
const said = (name: string): string[] => calls().filter((line) => line.startsWith(name));
/** Pulumi's calls that provision. */
const ran = (): string[] => said('pulumi').filter((line) => !line.startsWith('pulumi stack'));

let grafana: Server;
let port: number;
/** How Grafana answers (0: not at all), and what it was asked. */
let status: number;
let asked: IncomingMessage[];
/** What the command prints on standard error. */
let printed: string;
beforeEach(async () => {
  [status, asked, printed] = [200, [], ''];
  grafana = createServer((request, response) => {
    asked.push(request);
    if (status === 0) request.socket.destroy();
    else response.writeHead(status).end('{}');
  });
  await new Promise<void>((done) => void grafana.listen(0, '127.0.0.1', done));
  port = (grafana.address() as AddressInfo).port;
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  writeFileSync(join(commands.folder, 'calls'), '');
  cluster('Forwarding');
});
afterEach(async () => {
  jest.restoreAllMocks();
  await new Promise((done) => grafana.close(done));
});

const provider = (url: string) => ({ type: 'pulumi:providers:grafana', inputs: { url } });
const folder = { type: 'grafana:oss/folder:Folder', id: 'audifi' };
const log = 'echo "${0##*/} $*" >> "${0%/*}/calls"';

/** @param ups exit codes of `pulumi up`, one after the other */
function engine(resources: readonly object[], ups: readonly number[] = [0], password = 'pw'): void {
  const state = JSON.stringify({ deployment: { resources } });
  commands.add(
    'pulumi',
    `${log}
case "$*" in
"stack export "*) cat <<'END'
${state}
END
;;
"stack output grafanaAdminPassword --show-secrets "*) ${password === '' ? 'exit 1' : `echo '${password}'`} ;;
"up "*) set -- ${ups.join(' ')}
shift $(($(grep -c '^pulumi up' "\${0%/*}/calls") - 1)); exit "$1" ;;
esac`,
  );
}

function cluster(word: string): void {
  const line = `${word} from 127.0.0.1:${port} -> 3000`;
  commands.add('kubectl', `${log}\necho '${line}'\nexec sleep 5`);
}

function context(settings: Readonly<Record<string, unknown>> = {}, inCluster = false): Context {
  const place = inCluster ? { namespace: 'monitoring', context: 'eu' } : undefined;
  const known = { port, ...settings };
  return {
    ...{ stack: 'prod', pulumi: join(commands.folder, 'pulumi'), onDocker: !inCluster, place },
    backend: { local: true, env: commands.env, configArgs: ['--config-file', 'x'] },
    settings: shapeOf({ config: { 'audifi-observability:grafana': known } }),
    kit: {
      commands: {},
      env: {},
      missing: [],
      standIns: [],
      summary: '',
    } as unknown as Context['kit'],
    without: [],
  };
}
const up = (given: Context, stopped?: AbortSignal): Promise<number> =>
  upWithContents(given, ['up', '--yes'], stopped);

const refresh =
  'pulumi refresh --yes --skip-preview --suppress-progress --suppress-outputs ' +
  '--target **$grafana:** --target **$pulumi:providers:grafana::** --config-file x --stack prod';
const once = ['pulumi up --yes --stack prod'];

describe('up creates the contents of Grafana again', () => {
  it('if Grafana does not have their folder, but the state does', async () => {
    engine([folder], [0, 0]);
    status = 404;
    expect(await up(context())).toBe(0);
    expect(ran()).toEqual([...once, refresh, ...once]);
    expect(asked.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/api/folders/audifi', `Basic ${Buffer.from('admin:pw').toString('base64')}`],
    ]);
    expect(printed).toMatch(/lost its contents/);
    expect(said('kubectl')).toEqual([]);
  });

  it('in a cluster, through a tunnel at a free port, and one at the port in the state', async () => {
    engine([folder], [0, 0]);
    status = 404;
    expect(await up({ ...context({}, true), tunnel: port })).toBe(0);
    expect(ran()).toHaveLength(3);
    const forward = '--context eu --namespace monitoring port-forward --address 127.0.0.1';
    expect(said('kubectl')).toEqual([
      `kubectl ${forward} service/grafana :3000`,
      `kubectl ${forward} service/grafana ${port}:3000`,
    ]);
  });

  it('at grafana.apiUrl', async () => {
    engine([folder], [0, 0]);
    status = 404;
    const apiUrl = `http://127.0.0.1:${port}/g/`;
    expect(await up(context({ apiUrl, port: 1 }, true))).toBe(0);
    expect(asked.map(({ url }) => url)).toEqual(['/g/api/folders/audifi']);
    expect(ran()).toHaveLength(3);
    expect(said('kubectl')).toEqual([]);
  });

  it('after an up that failed, because a changed dashboard has no folder', async () => {
    engine([folder], [1, 0]);
    status = 404;
    expect(await up(context())).toBe(0);
    expect(ran()).toHaveLength(3);
  });

  it('but not if they cannot be read', async () => {
    engine([folder], [0]);
    commands.add(
      'pulumi',
      readFileSync(join(commands.folder, 'pulumi'), 'utf8').replace(
        'esac',
        '"refresh "*) exit 7 ;;\nesac',
      ),
    );
    status = 404;
    expect(await up(context())).toBe(7);
    expect(ran()).toHaveLength(2);
  });
});

describe('up runs once', () => {
  it.each([
    ['Grafana has its folder', 200, [folder], {}, undefined],
    ['the state has no folder', 404, [], {}, undefined],
    ['Grafana is turned off', 404, [folder], { enabled: false }, undefined],
    ['its password was changed', 401, [folder], {}, /warning: .* answered 401 to the user admin/],
    ['Grafana does not answer', 0, [folder], {}, /warning: cannot check whether Grafana/],
  ])('if %s', async (_, answer, resources, settings, warning) => {
    engine(resources);
    status = answer;
    expect(await up(context(settings))).toBe(0);
    expect(ran()).toEqual(once);
    if (warning === undefined) expect(printed).toBe('');
    else expect(printed).toMatch(warning);
  });

  it('if it failed, and Grafana is not the reason', async () => {
    engine([folder], [3]);
    status = 503;
    expect(await up(context())).toBe(3);
    expect([ran(), printed]).toEqual([once, '']);
  });

  it('if the stack has no password, because it was never provisioned', async () => {
    engine([folder], [1], '');
    status = 404;
    expect(await up(context())).toBe(1);
    expect([ran(), asked]).toEqual([once, []]);
  });

  it('if it was stopped', async () => {
    engine([folder], [130]);
    status = 404;
    expect(await up(context(), AbortSignal.abort())).toBe(130);
    expect([ran(), asked]).toEqual([once, []]);
  });
});

describe('the port of the tunnel to Grafana', () => {
  const local = 'http://127.0.0.1:3456';

  it.each([
    ['is that of the settings', {}, [provider(local)], 'port'],
    ['is not needed with grafana.apiUrl', { apiUrl: 'https://g.io' }, [provider(local)], undefined],
    ['is that of the state if Grafana was turned off', { enabled: false }, [provider(local)], 3456],
    ['is not needed if the state has another URL', off(), [provider('https://g.io')], undefined],
    ['is not needed if there never was a Grafana', off(), [folder], undefined],
  ])('%s', async (_, settings, resources, expected) => {
    engine(resources);
    const found = await tunnelPort(context(settings, true));
    expect(found).toBe(expected === 'port' ? port : expected);
  });

  it('is not needed on Docker', async () => {
    engine([provider(local)]);
    expect(await tunnelPort(context(off()))).toBeUndefined();
  });

  it('is open while the engine deletes the contents', async () => {
    engine([]);
    const given = { ...context(off(), true), tunnel: port };
    const action = jest.fn(async () => Promise.resolve(said('kubectl').length));
    expect(await withTunnel(given, action)).toBe(1);
  });
});

function off(): { enabled: boolean } {
  return { enabled: false };
}
