import { describe, expect, it } from '@jest/globals';
import { type Tree, afterCommand, refusal, stackConfig } from '../../lib/pulumi-config';

const betterStackToken = 'planted-token';
const config = (tree: Tree) =>
  stackConfig(tree, {
    secretKeys: ['betterStackToken', 'heartbeatUrl'].filter((key) => key in tree),
  });
const taken = (monitors: Tree): Tree => ({ betterStackToken, betterStack: { monitors } });

describe('valid settings', () => {
  it.each<[string, Tree]>([
    ['none', {}],
    ['a token', { betterStackToken }],
    ['a token without checks from inside', { betterStackToken, uptime: { enabled: false } }],
    ['a monitor to take over', taken({ app: 238 })],
    [
      'a certificate check with a monitor of its own',
      {
        ...taken({ tls: 7 }),
        uptime: { checks: [{ name: 'tls', url: 'https://x.io', kind: 'certificate' }] },
      },
    ],
    ['another API', { betterStackToken, betterStack: { apiUrl: 'http://127.0.0.1:8080/api/v2' } }],
  ])('%s', (_, tree) => {
    expect(refusal(config(tree))?.message).toBeUndefined();
  });
});

describe('settings that cannot work', () => {
  it.each<[string, Tree, string, RegExp]>([
    [
      'a token with Bearer',
      { betterStackToken: 'Bearer planted' },
      'betterStackToken',
      /is not a bearer token/,
    ],
    [
      'a policy without a token',
      { betterStack: { policyId: 1 } },
      'betterStackToken',
      /is missing but required by betterStack/,
    ],
    [
      'an id that is a name',
      taken({ app: 'audifi' }),
      'betterStack.monitors.app',
      /is not the id of an object at Better Stack/,
    ],
    [
      'a check that does not exist',
      taken({ ap: 1 }),
      'betterStack.monitors.ap',
      /is not the name of a check with a monitor \(landing-page, app, api-health\)/,
    ],
    [
      'a check whose certificate another monitor reads',
      taken({ 'ssl-expiry': 1 }),
      'betterStack.monitors.ssl-expiry',
      /has no monitor of its own/,
    ],
    [
      'a check of a private address',
      {
        ...taken({ admin: 1 }),
        uptime: { checks: [{ name: 'admin', url: 'http://admin.audifi.svc:8080/health' }] },
      },
      'betterStack.monitors.admin',
      /has no monitor: Better Stack cannot reach its private address/,
    ],
    [
      'one monitor for two checks',
      taken({ app: 1, 'api-health': 1 }),
      'betterStack.monitors.api-health',
      /is already taken over for the check app/,
    ],
    [
      'a heartbeat to take over that nothing calls',
      {
        ...{ betterStackToken, heartbeatUrl: 'https://heartbeat.test/x' },
        betterStack: { heartbeat: 1 },
      },
      'betterStack.heartbeat',
      /has no effect, because heartbeatUrl is set/,
    ],
    [
      'an API with a final slash',
      { betterStackToken, betterStack: { apiUrl: 'https://uptime.betterstack.com/api/v2/' } },
      'betterStack.apiUrl',
      /has a query, a fragment or a final/,
    ],
    ['a misspelled key', { betterStack: { policyid: 1 } }, 'betterStack.policyid', /policyId/],
  ])('%s', (_, tree, key, says) => {
    const before = config(tree);
    const error = refusal(before);
    const [problem, ...more] = error?.problems ?? [];
    expect(more).toEqual([]);
    expect(problem?.key).toBe(key);
    expect(error?.message).toMatch(says);
    expect(error?.message).not.toContain('planted');
    expect(refusal(afterCommand(before, problem?.fix ?? ''))?.message).toBeUndefined();
  });
});
