import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { stringify } from 'yaml';
import { cleanError } from '../../scripts/backend';
import { OperatorError, operatorText } from '../../scripts/operator-error';
import { publishedPorts } from '../../scripts/ports';
import { capture, foreground } from '../../scripts/process';
import {
  projectRoot,
  readStackFile,
  type StackFile,
  withFullKeys,
} from '../../scripts/stack-files';
import { stateDirectory } from '../../scripts/state-place';

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
  it('returns the config, and the salt if there is one', () => {
    const text = 'config:\n  a:b: 1\nencryptionsalt: v1:abc\n';
    expect(stackFile(text)).toMatchObject({ text, config: { 'a:b': 1 }, encryptionSalt: 'v1:abc' });
    expect(stackFile('config: {}\n').encryptionSalt).toBeUndefined();
  });

  it.each(['', '# nothing yet\n', 'config:\n', '{}\n'])('treats %j as no settings', (text) => {
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
  ])('rejects %j with the line or an example', (text, says) => {
    expect(() => stackFile(text)).toThrow(OperatorError);
    expect(() => stackFile(text)).toThrow(says);
  });

  it('lists the existing stacks', () => {
    stackFile('', 'one');
    stackFile('', 'other');
    expect(() => readStackFile('nowhere', root)).toThrow(
      /no stack "nowhere": Pulumi\.nowhere\.yaml does not exist \(stacks: one, other/,
    );
  });
});

describe('publishedPorts', () => {
  const ports = (config: Record<string, unknown>): Record<string, number> => {
    const file = stackFile(stringify({ config: withFullKeys(config) }));
    return Object.fromEntries(publishedPorts(file).map(({ key, port }) => [key, port]));
  };

  it('are those of the settings or the defaults', () => {
    expect(ports({})).toMatchObject({ 'prometheus.port': 9090 });
    expect(ports({ prometheus: { port: 9999 } })).toMatchObject({ 'prometheus.port': 9999 });
  });

  it("include an exporter's own pages if they are enabled", () => {
    expect(ports({})).not.toHaveProperty(['cadvisor.port']);
    expect(ports({ cadvisor: { port: 8080 } })).toHaveProperty(['cadvisor.port'], 8080);
    expect(ports({ cadvisor: { port: 8080, enabled: false } })).not.toHaveProperty([
      'cadvisor.port',
    ]);
  });

  it('are empty on Kubernetes', () => {
    expect(ports({ platform: 'kubernetes' })).toEqual({});
  });

  it('work with encrypted secrets in the file', () => {
    const secure = { secure: 'v1:abc' };
    expect(ports({ metricsToken: secure, prometheus: { port: 9999 } })).toMatchObject({
      'prometheus.port': 9999,
    });
  });

  it('leave invalid settings to the program, which reports all problems', () => {
    expect(ports({ prometheus: { port: 'web' }, uptime: { port: 9115 }, nope: 1 })).toEqual({});
    expect(ports({ platform: 'nomad' })).toEqual({});
  });

  it('ignore keys of other namespaces', () => {
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
  it('names the variable for a wrong passphrase', () => {
    const stderr = 'error: getting secrets manager: incorrect passphrase\n';
    expect(cleanError(stderr)).toMatch(
      /PULUMI_CONFIG_PASSPHRASE_FILE=<file>.*Nothing was changed/s,
    );
    expect(cleanError(stderr)).not.toContain('secrets manager');
  });

  it('shows other errors of pulumi without text for its developers', () => {
    const stderr =
      'warning: using pulumi-language-nodejs from $PATH\n\nerror: no stack\n  named x\n';
    expect(cleanError(stderr)).toBe('no stack\n  named x');
  });
});

describe('runMain', () => {
  // Node.js exits with 0 if nothing can settle a promise any more.
  it('fails if the command ends before it is done', async () => {
    const script = join(root, 'never.ts');
    const module = join(projectRoot, 'scripts', 'operator-error');
    writeFileSync(
      script,
      `import { runMain } from ${JSON.stringify(module)};\nrunMain(() => new Promise(() => undefined));\n`,
    );
    const tsx = join(projectRoot, 'node_modules', '.bin', 'tsx');
    const { code, stderr } = await capture(tsx, [script]);
    expect(code).toBe(1);
    expect(stderr).toContain('error: this command exited before it finished');
  });
});

describe('operatorText', () => {
  const failed = (code: string, path?: string): Error =>
    Object.assign(new Error(`${code}: failed`), { code, ...(path === undefined ? {} : { path }) });

  it.each([
    ['ENOSPC', '/var/x/y', /The disk is full\. .*\nExample: df -h \/var\/x$/],
    ['ENOSPC', undefined, /The disk is full\. .*\nExample: df -h$/],
    ['EDQUOT', undefined, /quota of this user is used up\. .*\nExample: df -h$/],
    ['EACCES', '/var/x', /This user may not use it.*\nExample: ls -ld \/var \/var\/x$/],
    ['EPERM', "/a b/it's", /\nExample: ls -ld '\/a b' '\/a b\/it'\\''s'$/],
    ['EROFS', '/var/x', /Its file system is read-only\./],
  ])('%s of %s is a problem of this machine, with a remedy', (code, path, says) => {
    const text = operatorText(failed(code, path));
    expect(text).toMatch(says);
    expect(text).not.toMatch(/bug|\n {4}at /);
  });

  it.each([
    ['another error', new TypeError('x is not a function')],
    ['a signal that may not be sent', failed('EPERM')],
    ['a file that should be there', failed('ENOENT', '/x')],
  ])('%s is a bug, with a stack trace', (_, error) => {
    expect(operatorText(error)).toMatch(/This is a bug in these scripts.*\n {4}at /s);
  });
});

describe('foreground', () => {
  it('passes on SIGTERM also on a terminal, which sends only SIGINT to all', async () => {
    const before = Object.getOwnPropertyDescriptor(process.stdin, 'isTTY');
    Object.defineProperty(process.stdin, 'isTTY', { value: true, configurable: true });
    try {
      const script =
        'trap "exit 3" INT; trap "exit 7" TERM; echo ready; for i in $(seq 40); do sleep 0.05; done';
      const onStdout = (): void => {
        process.emit('SIGINT', 'SIGINT');
        process.emit('SIGTERM', 'SIGTERM');
      };
      expect(await foreground('sh', ['-c', script], { onStdout })).toBe(7);
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.stdin, 'isTTY');
      else Object.defineProperty(process.stdin, 'isTTY', before);
    }
  });

  it('says that the program was killed, which leaves no message of its own', async () => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      expect(await foreground('sh', ['-c', 'kill -KILL $$'])).toBe(137);
      expect(write).toHaveBeenCalledWith(expect.stringMatching(/^\nsh was killed, /));
    } finally {
      write.mockRestore();
    }
  });
});

describe('capture', () => {
  it('returns output and exit code', async () => {
    const script = 'cat; echo oops >&2; exit 3';
    expect(await capture('sh', ['-c', script], { input: 'hello' })).toEqual({
      code: 3,
      stdout: 'hello',
      stderr: 'oops\n',
    });
  });

  it('handles programs that do not read their input', async () => {
    const { code } = await capture('true', [], { input: 'x'.repeat(1_000_000) });
    expect(code).toBe(0);
  });

  it('rejects if the program does not exist', async () => {
    await expect(capture('no-such-program-here', [])).rejects.toThrow(/ENOENT/);
  });
});

it('make help lists every command that is described', async () => {
  const text = readFileSync(join(projectRoot, 'Makefile'), 'utf8');
  const described = [...text.matchAll(/^([\w-]+):.*## /gm)].map(([, name]) => name);
  const { stdout } = await capture('make', ['--no-print-directory', 'help'], { cwd: projectRoot });
  expect([...stdout.matchAll(/^ {2}make (\S+)/gm)].map(([, name]) => name)).toEqual(described);
});
