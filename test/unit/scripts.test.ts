import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { cleanError, stateDirectory } from '../../scripts/backend';
import { OperatorError } from '../../scripts/operator-error';
import { publishedPorts } from '../../scripts/ports';
import { capture } from '../../scripts/process';
import { projectName, readStackFile, type StackFile } from '../../scripts/stack-files';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'audifi-unit-'));
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

function stackFile(text: string, stack = 'test'): StackFile {
  writeFileSync(join(root, `Pulumi.${stack}.yaml`), text);
  return readStackFile(stack, root);
}

describe('readStackFile', () => {
  it('gives the config, and the salt where there is one', () => {
    const text = 'config:\n  a:b: 1\nencryptionsalt: v1:abc\n';
    expect(stackFile(text)).toMatchObject({ text, config: { 'a:b': 1 }, encryptionSalt: 'v1:abc' });
    expect(stackFile('config: {}\n').encryptionSalt).toBeUndefined();
  });

  it.each(['', '# nothing yet\n', 'config:\n', '{}\n'])('takes %j for no settings', (text) => {
    expect(stackFile(text).config).toEqual({});
  });

  it.each([
    [
      'config:\n  a: [1\n',
      /^Pulumi\.test\.yaml:\d+:\d+ is not valid YAML: .*Nothing was changed\.$/s,
    ],
    [
      'config:\n  a: 1\n  a: 2\n',
      /^Pulumi\.test\.yaml:3:3 is not valid YAML: Map keys must be unique/,
    ],
    ['- a\n', /is not a group of keys\. Example:/],
    ['just text\n', /is not a group of keys\. Example:/],
    ['config: docker\n', /"config" is not a group of keys\. Example:/],
    ['config: [a]\n', /"config" is not a group of keys\. Example:/],
  ])('refuses %j with the place or an example', (text, says) => {
    expect(() => stackFile(text)).toThrow(OperatorError);
    expect(() => stackFile(text)).toThrow(says);
  });

  it('names the stacks that there are', () => {
    stackFile('', 'one');
    stackFile('', 'other');
    expect(() => readStackFile('nowhere', root)).toThrow(
      /no stack "nowhere": Pulumi\.nowhere\.yaml does not exist \(stacks: one, other/,
    );
  });
});

describe('publishedPorts', () => {
  const ports = (config: Record<string, unknown>): Record<string, number> => {
    const spaced = Object.entries(config).map(([key, value]): [string, unknown] => [
      `${projectName}:${key}`,
      value,
    ]);
    const file = stackFile(stringify({ config: Object.fromEntries(spaced) }));
    return Object.fromEntries(publishedPorts(file).map(({ key, port }) => [key, port]));
  };

  it('are those of the settings, or else the defaults', () => {
    expect(ports({})).toMatchObject({ 'prometheus.port': 9090 });
    expect(ports({ prometheus: { port: 9999 } })).toMatchObject({ 'prometheus.port': 9999 });
  });

  it("an exporter's own pages count when it is there", () => {
    expect(ports({})).not.toHaveProperty(['cadvisor.port']);
    expect(ports({ cadvisor: { port: 8080 } })).toHaveProperty(['cadvisor.port'], 8080);
    expect(ports({ cadvisor: { port: 8080, enabled: false } })).not.toHaveProperty([
      'cadvisor.port',
    ]);
  });

  it('none on Kubernetes', () => {
    expect(ports({ platform: 'kubernetes' })).toEqual({});
  });

  it('secrets, which are encrypted in the file, do not hide them', () => {
    const secure = { secure: 'v1:abc' };
    expect(ports({ metricsToken: secure, prometheus: { port: 9999 } })).toMatchObject({
      'prometheus.port': 9999,
    });
  });

  it('broken settings are left to the program, whose message tells all of them', () => {
    expect(ports({ prometheus: { port: 'web' }, uptime: { port: 9115 }, nope: 1 })).toEqual({});
    expect(ports({ platform: 'nomad' })).toEqual({});
  });

  it('keys of others are not ours', () => {
    const file = stackFile('config:\n  other:prometheus:\n    port: 1\n');
    expect(publishedPorts(file)).toContainEqual({ key: 'prometheus.port', port: 9090 });
  });
});

describe('stateDirectory', () => {
  it.each([
    [{ AUDIFI_STATE: '/a', XDG_STATE_HOME: '/b' }, /^\/a$/],
    [{ XDG_STATE_HOME: '/b' }, /^\/b\/audifi-observability$/],
    [{ XDG_STATE_HOME: '' }, /\/\.local\/state\/audifi-observability$/],
    [{}, /\/\.local\/state\/audifi-observability$/],
  ])('%j', (env, directory) => {
    expect(stateDirectory(env)).toMatch(directory);
  });
});

describe('cleanError', () => {
  it('a wrong passphrase: which variable to set', () => {
    const stderr = 'error: getting secrets manager: incorrect passphrase\n';
    expect(cleanError(stderr)).toMatch(
      /PULUMI_CONFIG_PASSPHRASE_FILE=<file>.*Nothing was changed/s,
    );
    expect(cleanError(stderr)).not.toContain('secrets manager');
  });

  it('anything else: what pulumi says, without what it says to its developers', () => {
    const stderr =
      'warning: using pulumi-language-nodejs from $PATH\n\nerror: no stack\n  named x\n';
    expect(cleanError(stderr)).toBe('no stack\n  named x');
  });
});

describe('capture', () => {
  it('gives what a program prints, and its code', async () => {
    const script = 'cat; echo oops >&2; exit 3';
    expect(await capture('sh', ['-c', script], { input: 'hello' })).toEqual({
      code: 3,
      stdout: 'hello',
      stderr: 'oops\n',
    });
  });

  it('takes no harm from a program that does not read its input', async () => {
    const { code } = await capture('true', [], { input: 'x'.repeat(1_000_000) });
    expect(code).toBe(0);
  });

  it('rejects when there is no such program', async () => {
    await expect(capture('no-such-program-here', [])).rejects.toThrow(/ENOENT/);
  });
});
