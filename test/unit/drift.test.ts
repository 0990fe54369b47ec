import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { drift } from '../../scripts/stack/drift';
import type { Context } from '../../scripts/stack/context';
import { fakeCommands } from '../lib/fake-commands';

const machine = fakeCommands();
let printed: string;
let write: jest.SpiedFunction<typeof process.stdout.write>;

beforeEach(() => {
  printed = '';
  write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  write.mockRestore();
});

interface State {
  readonly time: string;
  readonly pending?: number;
}

/** Runs it with an engine that exits with this code, and the states before and after that. */
async function drifted(code: number, before: State, after: State): Promise<number> {
  const exported = ({ time, pending = 0 }: State): string =>
    JSON.stringify({
      deployment: { manifest: { time }, pending_operations: Array(pending).fill({}) },
    });
  const done = join(machine.folder, 'done');
  machine.add(
    'pulumi',
    `case "$1 $2" in
'stack export') if [ -e ${done} ]; then echo '${exported(after)}'; else echo '${exported(before)}'; fi ;;
'refresh --preview-only') touch ${done}; exit ${code} ;;
*) exit 9 ;;
esac`,
  );
  const context = {
    stack: 'prod',
    pulumi: join(machine.folder, 'pulumi'),
    backend: { local: false, env: machine.env, configArgs: [] },
  } as unknown as Context;
  return drift(context);
}

describe('make drift', () => {
  const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const old: State = { time: ago(300) };
  const begun: State = { time: ago(10), pending: 1 };

  it('succeeds without a difference', async () => {
    expect(await drifted(0, old, old)).toBe(0);
    expect(printed).toContain('No drift: prod is as Pulumi left it.');
  });

  it('fails with one, and says how to repair it', async () => {
    expect(await drifted(1, old, old)).toBe(1);
    expect(printed).toContain('make refresh up STACK=prod');
  });

  it.each([
    ['writes to the state', old, { time: ago(0) }],
    ['has begun a step', begun, begun],
  ])('says nothing while an update %s', async (_, before, after) => {
    expect(await drifted(1, before, after)).toBe(0);
    expect(printed).toMatch(/An update of prod is running.*make drift STACK=prod\n$/s);
  });

  it('fails after an update that was interrupted hours ago', async () => {
    const killed = { ...old, pending: 1 };
    expect(await drifted(1, killed, killed)).toBe(1);
  });
});
