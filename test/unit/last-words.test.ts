import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lastWords, reasonIn } from '../../scripts/last-words';
import { fakeCommands } from '../lib/fake-commands';

describe('the reason in the log of a container that ended', () => {
  it.each([
    ['a plain line', 'starting\nunknown flag --x\n', 'unknown flag --x'],
    [
      'the last error, with later lines about the shutdown',
      'ts=1 level=error err="bad \\"rule\\" 5"\nts=2 level=info msg=bye\n',
      'bad "rule" 5',
    ],
    [
      'an error with a stack trace in JSON',
      '{"level":"info"}\n{"err":"init: no such host\\nmodules.go:138\\nproc.go:9","level":"error"}\n',
      'init: no such host',
    ],
    [
      'a panic',
      'panic: no bucket\n\ngoroutine 1 [running]:\nmain.run(0x1)\n\t/src/main.go:7 +0x1\nmain.main()\n\t/x\n',
      'panic: no bucket',
    ],
    ['nothing', '', undefined],
  ])('is %s', (_, log, reason) => {
    expect(reasonIn(log)).toBe(reason);
  });
});

describe('the log of a container that ended', () => {
  const commands = fakeCommands();

  /**
   * A kubectl with these answers, one for each call of `logs`. A failing call is undefined.
   *
   * @returns the reason, and the calls that asked for the container before the present one
   */
  async function ask(...answers: (string | undefined)[]): Promise<[string | undefined, boolean[]]> {
    const calls = join(commands.folder, 'calls');
    const cases = answers.map((text, index) =>
      text === undefined ? `${index + 1}) exit 1;;` : `${index + 1}) echo '${text}';;`,
    );
    const script = `echo "$@" >> ${calls}; case $(wc -l < ${calls} | tr -d ' ') in ${cases.join(' ')} esac`;
    commands.add('kubectl', script);
    const container = { namespace: 'monitoring', pod: 'loki-2', container: 'loki' };
    const reason = await lastWords(container, { namespace: 'monitoring' }, commands.env, 1);
    const asked = readFileSync(calls, 'utf8').trim().split('\n');
    return [reason, asked.map((call) => call.includes('--previous'))];
  }
  const gone = 'unable to retrieve container logs for containerd://283535b7';

  it('is that of the container before the present one', async () => {
    expect(await ask('error: no bucket')).toEqual(['error: no bucket', [true]]);
  });

  it('is that of the present one if it is the first', async () => {
    expect(await ask(undefined, 'error: no bucket')).toEqual(['error: no bucket', [true, false]]);
  });

  it('is asked for again if the kubelet has just removed it', async () => {
    expect(await ask(gone, 'error: no bucket')).toEqual(['error: no bucket', [true, true]]);
    rmSync(join(commands.folder, 'calls'));
    expect(await ask(gone, gone, gone)).toEqual([undefined, [true, true, true]]);
  });
});
