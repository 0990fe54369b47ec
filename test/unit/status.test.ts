import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { printStatus, worthWaiting } from '../../scripts/status';
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

const status = (place?: { namespace: string }): Promise<boolean> =>
  printStatus(
    'dev',
    { local: true, env: machine.env, configArgs: [] },
    join(machine.folder, 'pulumi'),
    0,
    place,
  );

const containers = (...lines: string[]): void => {
  machine.add('docker', `printf '${lines.map((line) => `${line}\\n`).join('')}'`);
};

describe('the status of a stack without outputs', () => {
  beforeEach(() => machine.add('pulumi', 'echo "{}"'));

  it('is good if nothing runs', async () => {
    containers();
    expect(await status()).toBe(true);
    expect(printed).toBe('Stack "dev" is not running. Start it with: make up STACK=dev\n');
  });

  it('names what runs after a first up that did not finish', async () => {
    containers(
      'a\\taudifi-dev-prometheus\\trunning\\t',
      'b\\taudifi-dev-prometheus-files\\tcreated\\t',
      'c\\taudifi-dev-otel-collector-queue-owner\\texited\\t',
      'd\\taudifi-dev-loki\\texited\\t',
    );
    expect(await status()).toBe(false);
    expect(printed).toMatch(/^SERVICE +RUNS\nloki +no +container audifi-dev-loki is exited\n/m);
    expect(printed).toMatch(/^prometheus +yes\n\nThe first up of stack "dev" did not finish/m);
    expect(printed).toContain('make up STACK=dev');
    expect(printed).not.toMatch(/files|owner|is not running/);
  });

  it('asks the cluster of a stack on Kubernetes', async () => {
    const labels = { 'app.kubernetes.io/name': 'loki' };
    const loki = {
      ...{ kind: 'StatefulSet', metadata: { name: 'loki', labels } },
      ...{ spec: { replicas: 1 }, status: { replicas: 0 } },
    };
    machine.add(
      'kubectl',
      `case "$*" in
*statefulsets*) echo '${JSON.stringify({ items: [loki] })}' ;;
*) echo '{"items": []}' ;;
esac`,
    );
    expect(await status({ namespace: 'monitoring' })).toBe(false);
    expect(printed).toMatch(/^loki +no +/m);
  });
});

it('a state that Pulumi cannot read is an error, and not an empty stack', async () => {
  machine.add(
    'pulumi',
    'echo "error: could not read dev.json: unexpected end of JSON" >&2; exit 255',
  );
  containers();
  await expect(status()).rejects.toThrow('could not read dev.json: unexpected end of JSON');
  expect(printed).toBe('');
});

describe('the wait for the first scrapes', () => {
  it('ends after the asked time, or later on a busy machine, but not never', () => {
    expect(worthWaiting(44, 45, 0.5)).toBe(true);
    expect(worthWaiting(46, 45, 0.5)).toBe(false);
    expect(worthWaiting(46, 45, 9)).toBe(true);
    expect(worthWaiting(181, 45, 9)).toBe(false);
  });

  it('does not exist for a command that only reports', () => {
    expect(worthWaiting(0, 0, 9)).toBe(false);
  });
});
