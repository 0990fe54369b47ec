import { homedir, tmpdir } from 'node:os';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { signature } from '../../../policy/events';
import { projectRoot } from '../../../scripts/stack-files';
import { type Ran, runPatienceMs } from '../../lib/engine';
import { UptimeApi } from '../../lib/uptime-api';
import { load, type Props, type Provider, registered, sourceOf, token } from './provider';

const api = new UptimeApi(token);
let ran: Ran;
/** From the text in the state, so all tests run what Pulumi runs. */
let provider: Provider;

beforeAll(async () => {
  await api.start();
  ran = await registered();
  provider = load(sourceOf(ran));
}, runPatienceMs + 5_000);
afterAll(() => api.stop());
beforeEach(() => api.reset());

const attributes = {
  url: 'https://api.audifi.io/health',
  pronounceable_name: 'AudiFi prod api-health',
  monitor_type: 'status',
  check_frequency: 30,
  confirmation_period: 30,
  ssl_expiration: 14,
  paused: false,
};

const props = (more: Record<string, unknown> = {}): Props => ({
  ...{ token, apiUrl: api.url, collection: 'monitors', attributes },
  ...more,
});

/** What the engine keeps in the state: the same values after their way through its protocol. */
const state = (values: unknown): Props =>
  Struct.fromJavaScript(values as never).toJavaScript() as never;

async function created(given: Props = props()): Promise<{ id: string; olds: Props }> {
  const { id, outs } = await provider.create(given);
  return { id, olds: state(outs) };
}

/** The message of the error that it must end with. */
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );

describe('the source in the state', () => {
  it('contains neither the token nor a path of the machine', () => {
    const source = sourceOf(ran);
    expect(source).toContain('exports.handler');
    for (const text of [token, projectRoot, tmpdir(), homedir(), 'require(']) {
      expect(source).not.toContain(text);
    }
  });

  it('is the same for each object and in each run', async () => {
    const sources = ran.resources.flatMap(({ inputs }) => inputs['__provider'] ?? []);
    expect(sources).toHaveLength(2);
    expect(new Set([...sources, sourceOf(await registered())]).size).toBe(1);
  }, 100_000);

  it('comes with the token as a secret, and secret outputs', () => {
    for (const { inputs, secretOutputs } of ran.resources.slice(1)) {
      const { token: given, ...open } = inputs;
      expect(given).toEqual({ value: token, [signature]: secretSignature });
      expect(JSON.stringify(open)).not.toContain(token);
      expect(secretOutputs).toEqual(['token', 'callUrl']);
    }
  });
});

/** https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts */
const secretSignature = '1b47061264138c4ac30d75fd1eb44270';

describe('an object', () => {
  it('is created, read, changed and deleted, and a second `up` changes nothing', async () => {
    const { id, olds } = await created();
    expect(api.requests).toEqual([{ method: 'POST', path: 'monitors', body: attributes }]);
    expect((await provider.diff(id, olds, props())).changes).toBe(false);
    const read = await provider.read(id, olds);
    expect({ id: read.id, props: state(read.props) }).toEqual({ id, props: olds });

    const news = props({ attributes: { ...attributes, check_frequency: 60 } });
    expect((await provider.diff(id, olds, news)).changes).toBe(true);
    const { outs } = await provider.update(id, olds, news);
    expect(state(outs)).toEqual(news);
    expect(api.objects.get(`monitors/${id}`)).toMatchObject({ check_frequency: 60 });

    await provider.delete(id, state(outs));
    expect(api.said).toEqual([
      'POST monitors',
      ...['GET', 'PATCH', 'DELETE'].map((method) => `${method} monitors/${id}`),
    ]);
    expect(api.objects.size).toBe(0);
  });

  it.each([
    ['url', 'https://example.org'],
    ['check_frequency', 180],
    ['confirmation_period', 0],
    ['paused', true],
    ['ssl_expiration', null],
  ])('has drifted if %s was changed by hand, and `up` changes it back', async (key, value) => {
    const { id, olds } = await created();
    Object.assign(api.objects.get(`monitors/${id}`) ?? {}, { [key]: value });
    const { props: found } = await provider.read(id, olds);
    const drifted = state(found);
    expect(drifted.attributes[key]).toEqual(value);
    expect((await provider.diff(id, drifted, props())).changes).toBe(true);
    await provider.update(id, drifted, props());
    expect(api.objects.get(`monitors/${id}`)).toMatchObject(attributes);
  });

  it('has not drifted if only attributes changed that the stack does not set', async () => {
    const { id, olds } = await created();
    Object.assign(api.objects.get(`monitors/${id}`) ?? {}, { recovery_period: 0, status: 'up' });
    const { props: found } = await provider.read(id, olds);
    expect(state(found)).toEqual(olds);
  });

  it('sends null for an attribute that the stack no longer sets', async () => {
    const { id, olds } = await created();
    const { ssl_expiration: _, ...rest } = attributes;
    const news = props({ attributes: rest });
    expect((await provider.diff(id, olds, news)).changes).toBe(true);
    await provider.update(id, olds, news);
    expect(api.requests.at(-1)?.body).toEqual({ ...rest, ssl_expiration: null });
  });

  it('has an id of a policy as text, whichever way the API writes it', async () => {
    const given = props({ attributes: { ...attributes, policy_id: '4321' } });
    const { id, olds } = await created(given);
    Object.assign(api.objects.get(`monitors/${id}`) ?? {}, { policy_id: 4321 });
    const { props: found } = await provider.read(id, olds);
    expect((await provider.diff(id, state(found), given)).changes).toBe(false);
  });

  it('that was deleted by hand is gone for `refresh`, and `up` creates it again', async () => {
    const { id, olds } = await created();
    api.objects.clear();
    expect((await provider.read(id, olds)).id).toBe('');
    await expect(provider.update(id, olds, props())).rejects.toThrow(
      /no longer exists at Better Stack: run pulumi refresh/,
    );
    await provider.delete(id, olds);
    expect((await created()).id).not.toBe(id);
  });

  it('uses a new token from the next `up` on', async () => {
    const { id, olds } = await created(props());
    const news = props({ token: `${token}-2` });
    expect((await provider.diff(id, olds, news)).changes).toBe(true);
  });
});

describe('a heartbeat', () => {
  const given = () => props({ collection: 'heartbeats', attributes: { name: 'w', period: 60 } });

  it('has a URL to call, which stays after a change and a refresh', async () => {
    const { id, olds } = await created(given());
    const url = `https://uptime.example/api/v1/heartbeat/${id}-s3cr3t`;
    expect(olds.callUrl).toBe(url);
    expect(state((await provider.read(id, olds)).props).callUrl).toBe(url);
    expect(state((await provider.update(id, olds, given())).outs).callUrl).toBe(url);
    expect((await provider.diff(id, olds, given())).changes).toBe(false);
  });

  it('reads whether it is paused', async () => {
    const paused = props({ collection: 'heartbeats', attributes: { name: 'w', paused: false } });
    const { id, olds } = await created(paused);
    Object.assign(api.objects.get(`heartbeats/${id}`) ?? {}, { paused: true });
    const { props: found } = await provider.read(id, olds);
    expect(state(found).attributes).toEqual({ name: 'w', paused: true });
  });
});

describe('an existing object', () => {
  const adopt = (id: number): Props =>
    props({ existing: { id, setting: 'betterStack.monitors.api-health' } });

  it('is taken over with its id, and gets the attributes of the stack', async () => {
    api.objects.set('monitors/7', { url: 'https://old.example', recovery_period: 5 });
    const { id, olds } = await created(adopt(7));
    expect(id).toBe('7');
    expect(api.said).toEqual(['PATCH monitors/7']);
    expect(api.objects.get('monitors/7')).toEqual({ ...attributes, recovery_period: 5 });
    for (const news of [adopt(7), props()]) {
      expect((await provider.diff(id, olds, news)).changes).toBe(false);
    }
  });

  it('that does not exist is an error with its setting', async () => {
    await expect(provider.create(adopt(7))).rejects.toThrow(
      'monitors/7 does not exist at Better Stack: correct betterStack.monitors.api-health, or ' +
        'create a new object with pulumi config rm --path betterStack.monitors.api-health',
    );
  });

  it('never replaces one that the stack already has', async () => {
    const { id, olds } = await created();
    await expect(provider.diff(id, olds, adopt(7))).rejects.toThrow(
      /betterStack\.monitors\.api-health cannot take over 7, because this stack already has/,
    );
  });
});

describe('an API that does not accept a request', () => {
  it.each([
    ['seconds', '0'],
    ['a date', 'Thu, 01 Jan 2026 00:00:00 GMT'],
  ])('429 is sent again after the time in Retry-After (%s)', async (_, after) => {
    const limited = { status: 429, headers: { 'retry-after': after } };
    api.planned.push(limited, limited);
    await created();
    expect(api.said).toEqual(['POST monitors', 'POST monitors', 'POST monitors']);
    expect(api.objects.size).toBe(1);
  });

  it('waits as long as Retry-After says', async () => {
    api.planned.push({ status: 429, headers: { 'retry-after': '1' } });
    const start = Date.now();
    await created();
    expect(Date.now() - start).toBeGreaterThanOrEqual(990);
  });

  it('429 without end is an error', async () => {
    const limited = { status: 429, headers: { 'retry-after': '0' } };
    api.planned.push(...Array<typeof limited>(6).fill(limited));
    await expect(provider.create(props())).rejects.toThrow(/answered POST monitors with 429/);
    expect(api.said).toHaveLength(6);
  });

  it.each<[string, { status: number; body?: string }, RegExp]>([
    [
      '500',
      { status: 500, body: '<html>oops' },
      /^Better Stack answered POST monitors with 500: run .*pulumi config rm betterStackToken$/,
    ],
    [
      '422',
      { status: 422, body: `{"errors":{"url":["is ${token}"]}}` },
      /^Better Stack rejected POST monitors \(422: .*correct uptime\.checks or betterStack\.policyId/,
    ],
    [
      '404',
      { status: 404, body: 'not found' },
      /no Uptime API at .*config set --path betterStack\.apiUrl$/,
    ],
    [
      '201 without an id',
      { status: 201, body: 'welcome' },
      /no Uptime API at .*betterStack\.apiUrl$/,
    ],
  ])('%s is an error of one sentence with the setting, sent once', async (_, answer, says) => {
    api.planned.push(answer);
    const message = await failure(provider.create(props()));
    expect(message).toMatch(says);
    expect(message).not.toMatch(/\.\s|\n/);
    expect(message).not.toContain(token);
    expect(api.said).toHaveLength(1);
  });

  describe('401', () => {
    const given = (): Props => props({ token: 'a-wrong-token' });

    it.each(['create', 'update'] as const)(
      '%s asks for betterStackToken, without showing the old one',
      async (method) => {
        const calls = {
          create: () => provider.create(given()),
          update: () => provider.update('1', given(), given()),
        };
        expect(await failure(calls[method]())).toBe(
          'Better Stack rejects betterStackToken (401): set a valid token with pulumi config set betterStackToken --secret',
        );
      },
    );

    // The engine passes what is in the state, so a valid token in the settings does not help.
    it('delete says that the stored token was rejected, and in which order to go on', async () => {
      const message = await failure(provider.delete('1', given()));
      expect(message).toMatch(
        /^Better Stack rejects the token in the state \(401 for DELETE monitors\/1\)\. .*even if betterStackToken has a new one/,
      );
      expect(message).toMatch(
        /Restore the check .*pulumi config set betterStackToken --secret, run pulumi up, which stores it, and then remove/,
      );
      expect(message).not.toContain('a-wrong-token');
    });

    it('a refresh says that the stored token was rejected, and to run up first', async () => {
      expect(await failure(provider.read('1', given()))).toMatch(
        /token in the state \(401 for GET monitors\/1\)\. .*betterStackToken --secret, run pulumi up, .*then refresh$/,
      );
    });
  });

  it('a server that does not exist is an error with the URL', async () => {
    const given = props({ apiUrl: 'http://127.0.0.1:1/api/v2' });
    await expect(provider.create(given)).rejects.toThrow(
      /^cannot reach Better Stack at http:\/\/127\.0\.0\.1:1\/api\/v2 \(\w+\): .*betterStack\.apiUrl$/,
    );
  });
});
