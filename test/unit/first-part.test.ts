import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import type { ImageName, Kit } from '../../offline/kit';
import { OperatorError } from '../../scripts/operator-error';
import { type FirstPart, firstPart, inParts } from '../../scripts/stack/first-part';
import { projectName, type StackFile, withFullKeys } from '../../scripts/stack-files';

const state = mkdtempSync(join(tmpdir(), 'audifi-state-'));
afterAll(() => rmSync(state, { recursive: true }));
const env = { AUDIFI_STATE: state, HOME: state };

const stackFile = (settings: Readonly<Record<string, unknown>> = {}): StackFile => ({
  ...{ path: '', text: '' },
  config: withFullKeys(settings),
});
const off = { enabled: false };
const builds = (seconds: number) => (names: readonly ImageName[]) =>
  Promise.resolve({
    seconds: names.length === 0 ? 0 : seconds,
    commands: names.includes('loki') ? (['loki'] as const) : (['jaeger'] as const),
  });

describe('The first part of a new stack', () => {
  const of = (settings = {}, seconds = 600): Promise<FirstPart | undefined> =>
    firstPart('dev', stackFile(settings), env, builds(seconds));

  test('is everything but logs and traces, whose commands are built next', async () => {
    const part = await of();
    expect(part?.later).toEqual(['logs', 'traces']);
    expect(part?.images).toEqual(expect.arrayContaining(['prometheus', 'alertmanager']));
    for (const name of ['loki', 'promtail', 'jaeger', 'otelCollector']) {
      expect(part?.images).not.toContain(name);
    }
    expect(part?.next).toEqual(['loki']);
  });

  test('turns off only what the settings turn on', async () => {
    const part = await of({ logs: off });
    expect(part?.overrides).toEqual([{ path: [`${projectName}:traces`, 'enabled'], value: false }]);
    expect(part?.next).toEqual(['jaeger']);
    expect(await of({ logs: off, traces: off })).toBeUndefined();
  });

  test('is not started alone if the rest takes less than two minutes', async () => {
    expect(await of({}, 119)).toBeUndefined();
    expect(await of({}, 120)).toBeDefined();
  });

  test('is never started alone if the stack exists, here or with another login', async () => {
    const stacks = join(state, '.pulumi', 'stacks', projectName);
    mkdirSync(stacks, { recursive: true });
    writeFileSync(join(stacks, 'old.json'), '{}');
    const ask = (name: string, more = {}): Promise<FirstPart | undefined> =>
      firstPart(name, stackFile(), { ...env, ...more }, builds(600));
    expect(await ask('old')).toBeUndefined();
    expect(await ask('new')).toBeDefined();
    expect(await ask('new', { PULUMI_ACCESS_TOKEN: 'x' })).toBeUndefined();
  });
});

describe('A stack in two parts', () => {
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  afterEach(() => {
    said.mockClear();
  });
  afterAll(() => said.mockRestore());
  const kit = (summary: string): Kit => ({
    ...{ env: {}, commands: {}, standIns: [], real: [], missing: [], summary },
  });
  const part: FirstPart = { later: ['logs'], overrides: [], images: [], next: [] };

  /** Runs with some steps replaced. Returns the result and the order of the steps. */
  async function run(
    replaced: {
      readonly check?: () => Promise<void>;
      readonly rest?: () => Promise<Kit>;
      readonly provision?: () => Promise<string | undefined>;
    } = {},
  ): Promise<{ order: string[]; kit?: Kit; error?: unknown }> {
    const order: string[] = [];
    const { rest = () => Promise.resolve(kit('whole')) } = replaced;
    const request = {
      ...{ stack: 'dev', file: stackFile(), part },
      check: async () => {
        order.push('check');
        await replaced.check?.();
      },
      prepare: async (first?: FirstPart) => {
        order.push(first === undefined ? 'prepare the rest' : 'prepare the part');
        return first === undefined ? rest() : kit('part');
      },
    };
    const provision = async (): Promise<string | undefined> => {
      order.push('provision');
      const why = await replaced.provision?.();
      order.push('provisioned');
      return why;
    };
    try {
      return { kit: await inParts(request, provision), order };
    } catch (error) {
      return { error, order };
    }
  }

  test('provisions the part while the rest is prepared, and returns the whole kit', async () => {
    const { kit: whole, order } = await run();
    expect(whole?.summary).toBe('whole');
    expect(order.slice(0, 2)).toEqual(['prepare the part', 'check']);
    expect(order).toEqual(expect.arrayContaining(['provision', 'prepare the rest']));
  });

  test('builds and provisions nothing more if the check refuses', async () => {
    const refusal = new OperatorError('port 9090 is in use');
    const { error, order } = await run({ check: () => Promise.reject(refusal) });
    expect(error).toBe(refusal);
    expect(order).toEqual(['prepare the part', 'check']);
  });

  test.each([
    ['the engine', () => Promise.resolve('error: no space')],
    ['the backend', () => Promise.reject(new OperatorError('error: no space'))],
  ])('goes on without the part if %s refuses it, and says why', async (_, provision) => {
    const { kit: whole } = await run({ provision });
    expect(whole?.summary).toBe('whole');
    expect(said.mock.calls.join('')).toContain(
      'The part without logs could not be started: error: no space',
    );
  });

  test('a failed build is the error, after the part has been provisioned', async () => {
    const { error, order } = await run({
      rest: () => Promise.reject(new Error('no module')),
      provision: () => new Promise((resolve) => setTimeout(resolve, 20, undefined)),
    });
    expect(String(error)).toContain('no module');
    expect(order).toContain('provisioned');
  });
});
