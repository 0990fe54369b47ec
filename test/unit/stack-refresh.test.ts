import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Context } from '../../scripts/stack/context';
import { refresh } from '../../scripts/stack/refresh';
import { up } from '../../scripts/stack/up';
import { fakeCommands } from '../lib/fake-commands';

const commands = fakeCommands();
let said: string;
beforeEach(() => {
  said = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** The state of Grafana's container on this machine; undefined: it is not there. */
function grafana(state: string | undefined): void {
  const lines = [
    ...['net1\\taudifi-dev-grafana-files\\tcreated\\t', 'c1\\taudifi-dev-prometheus\\trunning\\t'],
    ...(state === undefined ? [] : [`c2\\taudifi-dev-grafana\\t${state}\\t`]),
  ];
  commands.add('docker', `case "$1" in ps) printf '${lines.join('\\n')}\\n' ;; esac`);
}

/** A Pulumi that notes its arguments; its `up` fails, so that nothing follows. */
function context(): Context {
  const container = 'docker:index/container:Container';
  const resources = [
    ...['c1', 'c2'].map((id) => ({ type: container, id, outputs: { mustRun: true } })),
    { type: container, id: 'net1', outputs: { mustRun: false } },
  ];
  commands.add(
    'pulumi',
    `echo "$@" >> ${commands.folder}/asked
case "$*" in
'stack export'*) cat <<'END'\n${JSON.stringify({ deployment: { resources } })}\nEND
;;
up*) exit 7 ;;
esac`,
  );
  const backend = { local: true, env: commands.env, configArgs: ['--config-file', 'x.yaml'] };
  const parts = { stack: 'dev', pulumi: join(commands.folder, 'pulumi'), backend, onDocker: true };
  return { ...parts, settings: { grafana: { enabled: true } } } as unknown as Context;
}

/** What changes something. */
const asked = (): string[] =>
  readFileSync(join(commands.folder, 'asked'), 'utf8')
    .trim()
    .split('\n')
    .filter((line) => !/^stack (export|output)/.test(line));

describe('make up', () => {
  it.each([['exited'], [undefined]])(
    'reads only from Docker first if the container of Grafana is %s',
    async (state) => {
      grafana(state);
      expect(await up(context())).toBe(7);
      const [first, second, ...more] = asked();
      expect(first).toMatch(/^refresh --yes .*--target \*\*docker:\*\* --config-file x\.yaml /);
      expect(second).toMatch(/^up --yes --skip-preview --config-file x\.yaml --stack dev$/);
      expect(more).toEqual([]);
      expect(said).toContain('comparing the state with Docker first');
    },
  );

  it('reads nothing if all is as the last run left it', async () => {
    grafana('running');
    await up(context());
    expect(asked()).toEqual(['up --yes --skip-preview --config-file x.yaml --stack dev']);
  });
});

describe('make refresh', () => {
  it.each([['exited'], ['paused'], [undefined]])(
    'does not ask a Grafana whose container is %s',
    async (state) => {
      grafana(state);
      expect(await refresh(context())).toBe(0);
      expect(asked()).toEqual([
        'refresh --yes --skip-preview --exclude **$grafana:** --config-file x.yaml --stack dev',
      ]);
      expect(said).toContain('To start it: make up STACK=dev');
    },
  );

  it('asks a Grafana that runs', async () => {
    grafana('running');
    await refresh(context());
    expect(asked()).toEqual(['refresh --yes --skip-preview --config-file x.yaml --stack dev']);
    expect(said).toBe('');
  });
});
