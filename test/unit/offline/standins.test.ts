import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { goDuration, nanoseconds } from '../../../offline/standins/docker/duration';
import { createOptions, uploads } from '../../../offline/standins/docker/container-create';
import { drifted } from '../../../offline/standins/docker/container-read';
import { contextEntries } from '../../../offline/standins/docker/image-build';
import { dockerProvider } from '../../../offline/standins/docker/main';
import { diffOf, preview } from '../../../offline/standins/provider';
import { draw, randomProvider } from '../../../offline/standins/random/main';
import type { Resource } from '../../../offline/standins/resource';
import { check } from '../../../offline/standins/schema';
import { decode, encode, UNKNOWN, type Values } from '../../../offline/standins/values';

const resourceOf = (type: string): Resource => {
  const found = { ...dockerProvider.resources, ...randomProvider.resources }[type];
  if (found === undefined) throw new Error(`no ${type}`);
  return found;
};
const container = resourceOf('docker:index/container:Container');
const remoteImage = resourceOf('docker:index/remoteImage:RemoteImage');
const network = resourceOf('docker:index/network:Network');
const volume = resourceOf('docker:index/volume:Volume');

/** Outputs in the state of a complete container, in addition to its inputs. */
const finished = { command: [], entrypoints: [] };

describe('values in requests', () => {
  test('are secret if they contain a secret, and unknown if unknown', () => {
    const secret = {
      '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
      value: 'pw',
    };
    const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
    const { values, secrets } = decode(
      encode({ uploads: [{ file: '/a', content: secret }], name: unknown, size: 3 }),
    );
    expect(values).toEqual({ uploads: [{ file: '/a', content: 'pw' }], name: UNKNOWN, size: 3 });
    expect([...secrets]).toEqual(['uploads']);
  });

  test('are returned with secrets wrapped, and without nulls for undefined', () => {
    const back = encode({ a: 'x', b: undefined as never }, new Set(['a'])).toJavaScript();
    expect(Object.keys(back)).toEqual(['a']);
    expect(decode(encode({ a: 'x' }, new Set(['a']))).secrets).toEqual(new Set(['a']));
  });
});

describe('inputs are validated', () => {
  test.each<[string, Values, string]>([
    ['an unknown one', { memroy: 1 }, 'memroy'],
    [
      'an unknown one further down',
      { uploads: [{ file: '/x', contnet: 'a' }] },
      'uploads[0].contnet',
    ],
    ['a wrong type', { memory: '64' }, 'memory'],
    ['a list that is none', { envs: 'A=1' }, 'envs'],
    ['a half number', { memory: 0.5 }, 'memory'],
    ['a number out of range', { memory: -2 }, 'memory'],
    ['a word that is not one of them', { restart: 'sometimes' }, 'restart'],
    ['a missing member', { labels: [{ label: 'a' }] }, 'labels[0].value'],
    [
      'permissions without a leading zero',
      { uploads: [{ file: '/x', permissions: '600' }] },
      'uploads[0].permissions',
    ],
    ['a mount of no known type', { mounts: [{ type: 'nfs', target: '/x' }] }, 'mounts[0].type'],
  ])('%s', (_what, inputs, property) => {
    const failures = check(container.inputs, { image: 'i', ...inputs });
    expect(failures.map((failure) => failure.property)).toEqual([property]);
  });

  test('a missing required input is an error, and values are never shown because they may be secret', () => {
    expect(check(container.inputs, {})).toEqual([
      { property: 'image', reason: 'missing required property' },
    ]);
    const [failure] = check(container.inputs, { image: 'i', restart: 'hunter2' });
    expect(failure?.reason).not.toContain('hunter2');
  });

  test('an unknown value is valid for any type', () => {
    expect(check(container.inputs, { image: UNKNOWN, memory: UNKNOWN, envs: [UNKNOWN] })).toEqual(
      [],
    );
  });
});

describe('a change of a container, as in the released provider', () => {
  const base: Values = {
    name: 'c',
    image: 'i',
    memory: 64,
    memorySwap: 128,
    restart: 'no',
    labels: [
      { label: 'a', value: 'b' },
      { label: 'c', value: 'd' },
    ],
    mounts: [{ type: 'bind', source: '/a', target: '/m' }],
    ports: [{ internal: 80, external: 8080, ip: '127.0.0.1' }],
    uploads: [{ file: '/x', content: 'a' }],
    user: '65534',
    logOpts: { 'max-size': '10m' },
  };
  const judge = (
    news: Values,
    outputs: Values = finished,
  ): { changed: string[]; replaces: string[] } =>
    diffOf(
      container,
      { inputs: base, outputs },
      Object.fromEntries(Object.entries({ ...base, ...news }).filter(([, v]) => v !== undefined)),
    );

  test.each<[string, Values]>([
    ['nothing', {}],
    [
      'labels in another order',
      {
        labels: [
          { label: 'c', value: 'd' },
          { label: 'a', value: 'b' },
        ],
      },
    ],
    ['what is the default anyway', { mustRun: true, networkMode: 'bridge', readOnly: false }],
    [
      'the protocol that it has anyway',
      { ports: [{ internal: 80, external: 8080, ip: '127.0.0.1', protocol: 'tcp' }] },
    ],
    ['a user no longer said', { user: undefined as never }],
    ['the restart policy no longer said', { restart: undefined as never }],
  ])('has no effect for %s', (_what, news) => {
    expect(judge(news)).toMatchObject({ changed: [], replaces: [] });
  });

  test.each<[string, Values, string]>([
    ['memory', { memory: 65 }, 'memory'],
    ['the restart policy', { restart: 'always' }, 'restart'],
    ['whether it must run', { mustRun: false }, 'mustRun'],
    ['the grace period', { destroyGraceSeconds: 3 }, 'destroyGraceSeconds'],
    ['tmpfs', { tmpfs: { '/t': '' } }, 'tmpfs'],
    [
      'where a mount comes from (released: an update that does nothing)',
      { mounts: [{ type: 'bind', source: '/b', target: '/m' }] },
      'mounts',
    ],
  ])('updates in place for %s', (_what, news, property) => {
    expect(judge(news)).toMatchObject({ changed: [property], replaces: [] });
  });

  test.each<[string, Values, string]>([
    ['the image', { image: 'j' }, 'image'],
    ['a file', { uploads: [{ file: '/x', content: 'b' }] }, 'uploads'],
    ['a label', { labels: [{ label: 'a', value: 'z' }] }, 'labels'],
    ['a port', { ports: [{ internal: 80, external: 8081, ip: '127.0.0.1' }] }, 'ports'],
    [
      'one more mount',
      {
        mounts: [
          { type: 'tmpfs', target: '/t' },
          { type: 'bind', source: '/a', target: '/m' },
        ],
      },
      'mounts',
    ],
    ['log options', { logOpts: { 'max-size': '11m' } }, 'logOpts'],
    ['an unknown value', { envs: [UNKNOWN] }, 'envs'],
  ])('replaces for %s', (_what, news, property) => {
    expect(judge(news)).toMatchObject({
      changed: [property],
      replaces: [property],
      deleteBeforeReplace: true,
    });
  });

  test('replaces it if its creation failed half-way', () => {
    expect(judge({}, {}).replaces).toEqual(['command', 'entrypoints']);
  });

  test("compares limits in the daemon's notation", () => {
    expect(judge({ cpus: '0.50' }, { ...finished, cpus: '0.5' }).changed).toEqual(['cpus']);
    expect(
      judge({ memorySwap: undefined as never }, { ...finished, memorySwap: 128 }).changed,
    ).toEqual(['memorySwap']);
    expect(judge({}, { ...finished, mustRun: false }).changed).toEqual(['mustRun']);
  });
});

test('deletes a network or volume with a given name before its replacement, and one with a generated name after', () => {
  const old = { inputs: { name: 'n' }, outputs: {} };
  expect(diffOf(network, old, { name: 'n', internal: true }).deleteBeforeReplace).toBe(true);
  expect(diffOf(volume, old, { name: 'n-1', __defaults: ['name'] }).deleteBeforeReplace).toBe(
    false,
  );
});

test('a preview contains known values, and marks the others as unknown', () => {
  const shown = preview(container, {
    name: 'c',
    image: UNKNOWN,
    hostname: 'h',
    __defaults: ['name'],
  });
  expect(shown).toMatchObject({
    name: 'c',
    image: UNKNOWN,
    hostname: 'h',
    networkDatas: UNKNOWN,
    mustRun: true,
  });
  expect(shown).not.toHaveProperty('__defaults');
});

describe('the request to the daemon', () => {
  test('has sizes in MiB, capabilities with prefix, and ports with address', () => {
    const { HostConfig, ExposedPorts } = createOptions({
      image: 'i',
      memory: 64,
      memorySwap: -1,
      cpus: '0.5',
      capabilities: { drops: ['ALL'], adds: ['NET_RAW'] },
      ports: [{ internal: 80, external: 8080, ip: '127.0.0.1' }],
      volumes: [{ volumeName: 'v', containerPath: '/d', readOnly: true }],
      hosts: [{ host: 'a', ip: '10.0.0.1' }],
    });
    expect(ExposedPorts).toEqual({ '80/tcp': {} });
    expect(HostConfig).toMatchObject({
      Memory: 64 * 1024 * 1024,
      MemorySwap: -1,
      NanoCpus: 5e8,
      CapDrop: ['ALL'],
      CapAdd: ['CAP_NET_RAW'],
      PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] },
      Binds: ['v:/d:ro'],
      ExtraHosts: ['a:10.0.0.1'],
      NetworkMode: 'bridge',
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    });
  });

  test('rejects an empty volume entry, and a file without content or with two', () => {
    expect(() => createOptions({ image: 'i', volumes: [{}] })).toThrow('without container path');
    expect(() => uploads({ uploads: [{ file: '/x' }] })).toThrow('one of');
    expect(() =>
      uploads({ uploads: [{ file: '/x', content: 'a', contentBase64: 'YQ==' }] }),
    ).toThrow('only one of');
  });
});

test.each([
  ['30s', 3e10, '30s'],
  ['60s', 6e10, '1m0s'],
  ['1h', 3.6e12, '1h0m0s'],
  ['1.5s', 1.5e9, '1.5s'],
  ['250ms', 2.5e8, '250ms'],
])('the duration %s', (written, amount, canonical) => {
  expect(nanoseconds(written)).toBe(amount);
  expect(goDuration(amount)).toBe(canonical);
});

describe('drift', () => {
  const info = {
    Name: '/c',
    State: { Running: true },
    HostConfig: { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 }, Memory: 64 * 1024 * 1024 },
  };
  const inputs: Values = { name: 'c', image: 'i', memory: 64, ports: [{ internal: 80 }] };
  const now = (change: object): Values => drifted({ ...info, ...change } as never, inputs);

  test('is empty: the inputs are unchanged', () => expect(now({})).toEqual(inputs));
  test('contains a limit that was changed by hand', () => {
    expect(now({ HostConfig: { Memory: 80 * 1024 * 1024 } })).toEqual({ ...inputs, memory: 80 });
  });
  test('contains a container that was stopped by hand, without ports', () => {
    expect(now({ State: { Running: false } })).toEqual({ ...inputs, mustRun: false, ports: [] });
  });
});

describe('random values', () => {
  test('have the requested length and characters', () => {
    for (let i = 0; i < 50; i++) {
      expect(draw({ length: 12, special: false, minUpper: 2, minNumeric: 3 })).toMatch(
        /^(?=(.*[A-Z]){2})(?=(.*\d){3})[A-Za-z0-9]{12}$/,
      );
    }
    expect(
      draw({ length: 4, upper: false, lower: false, numeric: false, overrideSpecial: '+' }),
    ).toBe('++++');
    expect(() => draw({ length: 2, minUpper: 3 })).toThrow('smaller than the sum');
  });

  test('are secret for passwords, and change with a keeper', async () => {
    const password = resourceOf('random:index/randomPassword:RandomPassword');
    const state = await password.create({ length: 20 });
    expect(state.secrets).toContain('result');
    expect(
      diffOf(
        password,
        { inputs: { length: 20, keepers: { a: '1' } }, outputs: {} },
        { length: 20, keepers: { a: '2' } },
      ).replaces,
    ).toEqual(['keepers']);
  });
});

describe('a built image', () => {
  const built: Values = {
    name: 'audifi/x:1',
    keepLocally: true,
    build: { context: 'build/x', buildArgs: { NODE_IMAGE: 'node:24' }, provenance: 'false' },
  };
  const judge = (news: Values): string[] =>
    diffOf(remoteImage, { inputs: built, outputs: built }, { ...built, ...news }).replaces;

  test.each<[string, Values, string[]]>([
    ['nothing changed', {}, []],
    ['its default said', { build: { ...(built.build as Values), dockerfile: 'Dockerfile' } }, []],
    ['another name', { name: 'audifi/x:2' }, ['name']],
    ['another folder', { build: { ...(built.build as Values), context: 'build/y' } }, ['build']],
    ['another base', { build: { ...(built.build as Values), buildArgs: {} } }, ['build']],
    ['kept no longer', { keepLocally: false }, []],
  ])('%s', (_what, news, replaces) => {
    expect(judge(news)).toEqual(replaces);
  });

  test('rejects options that this builder does not support', () => {
    const news = { ...built, build: { context: 'x', noCache: true } };
    expect(check(remoteImage.inputs, news).map(({ property }) => property)).toEqual([
      'build.noCache',
    ]);
  });

  test('has all files of the folder in its context, sorted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'audifi-context-'));
    try {
      mkdirSync(join(folder, 'b'));
      for (const name of ['c', 'a', 'b/d']) {
        writeFileSync(join(folder, name), name);
        chmodSync(join(folder, name), 0o644);
      }
      expect(
        contextEntries(folder).map(({ path, content }) => [path, content?.toString()]),
      ).toEqual([
        ['a', 'a'],
        ['b', undefined],
        ['b/d', 'b/d'],
        ['c', 'c'],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
