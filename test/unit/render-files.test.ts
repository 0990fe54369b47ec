import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { parse } from 'yaml';
import { componentFiles, yaml } from '../../scripts/render/files';
import { record } from '../../scripts/render/record';
import { projectRoot } from '../../scripts/stack-files';

describe('YAML', () => {
  test('is sorted, with the chosen keys first, and without what is not said', () => {
    expect(yaml({ b: 1, a: { d: undefined, c: null, b: [] }, kind: 'K' }, ['kind'])).toBe(
      'kind: K\na:\n  b: []\nb: 1\n',
    );
  });

  test('quotes what an older parser would not take for a text', () => {
    const text = yaml({ a: 'on', b: '0444', c: '1:30', d: 'no' });
    expect(text).toBe('a: "on"\nb: "0444"\nc: "1:30"\nd: "no"\n');
    expect(parse(text, { version: '1.1' })).toEqual({ a: 'on', b: '0444', c: '1:30', d: 'no' });
  });
});

describe('config files', () => {
  const files = (...paths: string[]): string[] =>
    Object.keys(
      componentFiles(
        'web',
        paths.map((path) => ({ path, content: '' })),
      ),
    );

  test('keep their paths below the directory that holds them all', () => {
    expect(files('/etc/web/web.yml', '/etc/web/rules/a.yml')).toEqual([
      'web/web.yml',
      'web/rules/a.yml',
    ]);
  });

  test('of one name in two directories do not replace each other', () => {
    expect(files('/etc/a/x.yml', '/etc/b/x.yml')).toEqual(['web/x.yml', 'web/etc/b/x.yml']);
  });
});

describe('recording', () => {
  const stack = { stack: 'test' };
  const image = (name: string, input: pulumi.Input<string> = 'a:1'): docker.RemoteImage =>
    new docker.RemoteImage(name, { name: input });

  test('lists resources in one order, whatever the order of registration', async () => {
    const names = async (program: () => void): Promise<string[]> =>
      (await record(program, stack)).map((r) => r.name);
    expect(await names(() => [image('b'), image('a')])).toEqual(['a', 'b']);
    expect(await names(() => [image('a'), image('b')])).toEqual(['a', 'b']);
  });

  test('says which inputs are secret, and unwraps them', async () => {
    const [only] = await record(() => image('a', pulumi.secret('hidden')), stack);
    expect(only).toMatchObject({ inputs: { name: 'hidden' }, secrets: ['name'] });
  });

  test('an output that only the real provider knows is an error, not a gap', async () => {
    await expect(
      record(
        () =>
          image(
            'b',
            image('a').repoDigest.apply((digest) => digest),
          ),
        stack,
      ),
    ).rejects.toThrow(
      'RemoteImage "b" needs an output that scripts/render/record.ts does not mock',
    );
  });

  test('what the program throws is thrown', async () => {
    await expect(
      record(() => {
        throw new Error('refused');
      }, stack),
    ).rejects.toThrow('refused');
  });

  test('so is what an output throws later', () => {
    // In a separate process, because Jest fails on any unhandled rejection.
    const program = `
      const { output } = require('@pulumi/pulumi');
      const { RemoteImage } = require('@pulumi/docker');
      const { record } = require('./scripts/render/record');
      const late = output('x').apply(() => { throw new Error('refused late'); });
      record(() => new RemoteImage('b', { name: new RemoteImage('a', { name: late }).name }), {
        stack: 'test',
      }).then(() => console.log('accepted'), (error) => console.log('caught: ' + error.message));`;
    const { stdout, status } = spawnSync(process.execPath, ['-r', 'tsx/cjs', '-e', program], {
      encoding: 'utf8',
      cwd: projectRoot,
    });
    expect(stdout).toMatch(/^caught: .*refused late\n$/);
    expect(status).toBe(0);
  });
});
