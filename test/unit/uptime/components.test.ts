import { isSecret, output } from '@pulumi/pulumi';
import { describe, expect, it, jest } from '@jest/globals';
import { chooseChannels, delivery } from '../../../components/alerting/channels';
import { monitorsOutside } from '../../../components/uptime/outside';
import { run, type Run, value } from '../../lib/mocks';
import { parse, type Tree } from '../../lib/pulumi-config';

// provider.test.ts serialises the provider with the real runner.
jest.mock('@pulumi/pulumi/runtime/closure/serializeClosure', () => ({
  serializeFunction: () => Promise.resolve({ text: 'source', containsSecrets: false }),
}));

const betterStackToken = 'planted-token';
const callUrl = 'https://uptime.example/planted';
const isHeartbeat = (type: string): boolean => type.endsWith(':Heartbeat');

interface Result {
  readonly delivery: Readonly<Record<string, string>>;
  readonly url: string | undefined;
  readonly secret: boolean;
}

function up(tree: Tree): Promise<Run<Result>> {
  const secrets = ['betterStackToken', 'heartbeatUrl'].filter((key) => key in tree);
  const settings = parse(tree, { stack: 'prod', secretKeys: secrets });
  return run(
    async () => {
      const outside = await monitorsOutside(settings);
      const channels = await chooseChannels(settings, undefined, outside?.heartbeat);
      const { heartbeatUrl } = channels;
      return {
        delivery: delivery(channels),
        url: heartbeatUrl && (await value(heartbeatUrl)),
        secret: heartbeatUrl !== undefined && (await isSecret(heartbeatUrl)),
      };
    },
    { outputs: (type) => (isHeartbeat(type) ? { callUrl } : {}) },
  );
}

const ours = ({ resources }: Run<Result>): string[] =>
  resources.filter(({ name }) => name.startsWith('uptime')).map(({ name }) => name);

describe('with betterStackToken', () => {
  it('each check has a monitor, and Alertmanager calls a heartbeat', async () => {
    const stack = await up({ betterStackToken });
    expect(ours(stack)).toEqual([
      'uptime',
      ...['landing-page', 'app', 'api-health'].map((check) => `uptime-check-${check}`),
      'uptime-heartbeat',
    ]);
    expect(stack.result).toMatchObject({ url: callUrl, secret: true });
    expect(stack.result.delivery['heartbeat']).toBe('Better Stack heartbeat AudiFi prod Watchdog');
  });

  it('the token is a secret property and nowhere else', async () => {
    const { resources } = await up({ betterStackToken });
    const objects = resources.filter(({ type }) => type.startsWith('pulumi-nodejs:dynamic/'));
    expect(objects).toHaveLength(4);
    for (const { props, inputs, opts } of objects) {
      expect(await isSecret(output(props['token']))).toBe(true);
      const { token, ...rest } = inputs;
      expect(token).toBe(betterStackToken);
      expect(JSON.stringify(rest)).not.toContain(betterStackToken);
      expect(opts.additionalSecretOutputs).toEqual(['token', 'callUrl']);
    }
  });

  it('a heartbeatUrl in the settings wins, so there is no heartbeat', async () => {
    const heartbeatUrl = 'https://heartbeat.test/x';
    const stack = await up({ betterStackToken, heartbeatUrl });
    expect(ours(stack)).not.toContain('uptime-heartbeat');
    expect(stack.result.url).toBe(heartbeatUrl);
    expect(stack.result.delivery['heartbeat']).toBe('heartbeatUrl');
  });

  it('existing objects are taken over, with the setting that names them', async () => {
    const betterStack = { monitors: { 'api-health': 238 }, heartbeat: 12345 };
    const { get } = await up({ betterStackToken, betterStack });
    expect(get('Monitor', 'uptime-check-api-health').inputs['existing']).toEqual({
      ...{ id: 238, setting: 'betterStack.monitors.api-health' },
    });
    expect(get('Monitor', 'uptime-check-app').inputs).not.toHaveProperty('existing');
    expect(get('Heartbeat', 'uptime-heartbeat').inputs['existing']).toEqual({
      ...{ id: 12345, setting: 'betterStack.heartbeat' },
    });
  });
});

it('without betterStackToken, there is nothing, and the provider is not loaded', async () => {
  jest.resetModules();
  jest.doMock('../../../components/uptime/better-stack', () => {
    throw new Error('loaded');
  });
  const outside = await import('../../../components/uptime/outside');
  expect(await outside.monitorsOutside(parse({}))).toBeUndefined();
  const settings = parse({ betterStackToken }, { secretKeys: ['betterStackToken'] });
  await expect(outside.monitorsOutside(settings)).rejects.toThrow('loaded');
});
