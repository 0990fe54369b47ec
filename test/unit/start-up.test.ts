import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { projectRoot } from '../../scripts/stack-files';
import { type Ran, runPatienceMs, runProgram } from '../lib/engine';

/** Has types, which the compiler removes: without a source map, line numbers would differ. */
const component = `import * as pulumi from '@pulumi/pulumi';

interface Arguments {
  readonly wrong: boolean;
  readonly reason: string;
}

export class Component extends pulumi.ComponentResource {
  constructor(name: string, { wrong, reason }: Arguments) {
    super('test:index:Component', name);
    if (wrong) {
      throw new Error(reason);
    }
    this.registerOutputs();
  }
}
`;

const program = `import '${join(projectRoot, 'components', 'start-up')}';
import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { Component } from './component';

const arborist = /node_modules.@npmcli.arborist.lib.arborist/;
const loaded = () => Object.keys(require.cache).some((path) => arborist.test(path));
const before = loaded();
const { Arborist } = require('@npmcli/arborist');
console.log(JSON.stringify({
  before,
  arborist: typeof Arborist,
  after: loaded(),
  automation: typeof pulumi.automation.LocalWorkspace.create,
  locale: typeof z.locales.de,
}));

export const late = pulumi.output(1).apply(() => new Component('right', { wrong: false, reason: '' }).urn);
void pulumi.log.warn('a warning');
new Component('wrong', { wrong: true, reason: 'a fault in a component' });
`;

describe('a program that imports components/start-up first', () => {
  let folder = '';
  let ran: Ran;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'audifi-start-up-'));
    for (const file of ['package.json', 'tsconfig.json', 'tsconfig.pulumi.json']) {
      cpSync(join(projectRoot, file), join(folder, file));
    }
    symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'index.ts'), program);
    writeFileSync(join(folder, 'component.ts'), component);
    ran = await runProgram({ directory: folder, tsconfig: 'tsconfig.pulumi.json' });
  }, runPatienceMs + 5_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('shows an error with TypeScript line numbers in the real runner', () => {
    const errors = ran.log.filter(({ severity }) => severity === 'error').map(({ text }) => text);
    expect(errors).toHaveLength(1);
    const [error = ''] = errors;
    expect(error).toContain('a fault in a component');
    expect(error).toContain('component.ts:12:13');
    expect(error).toContain('index.ts:20:1');
    expect(ran.code).not.toBe(0);
  });

  it('sends warnings to the engine, but no debug messages about its resources', () => {
    const texts = (severity: string): string[] =>
      ran.log.filter((entry) => entry.severity === severity).map(({ text }) => text);
    expect(texts('warning')).toEqual(['a warning']);
    // Those about the stack itself are sent before the program starts.
    expect(texts('debug').filter((text) => text.includes('test:index:Component'))).toEqual([]);
  });

  it('loads rarely used modules completely at their first use', () => {
    expect(JSON.parse(/^\{.*\}$/m.exec(ran.output)?.[0] ?? '{}')).toEqual({
      before: false,
      arborist: 'function',
      after: true,
      automation: 'function',
      locale: 'function',
    });
  });
});

describe('promises of the SDK', () => {
  type Traced = Promise<number> & { _debugStackTrace?: string };
  interface Debuggable {
    debuggablePromise: (promise: Promise<number>) => Promise<number>;
  }

  /** The trace that the SDK stores for a promise, in a separate process with this environment. */
  async function traceOf(env: Record<string, string>): Promise<string> {
    const promise: Traced = Promise.resolve(1);
    const before = process.env;
    process.env = { ...before, ...env };
    try {
      await jest.isolateModulesAsync(async () => {
        await import('../../components/start-up');
        const sdk: Debuggable = jest.requireActual('@pulumi/pulumi/runtime/debuggable');
        await sdk.debuggablePromise(promise);
      });
    } finally {
      process.env = before;
    }
    return promise._debugStackTrace ?? 'none';
  }

  it('store no trace, but later errors have one', async () => {
    expect(await traceOf({})).not.toContain(' at ');
    expect(new Error('later').stack).toContain('start-up.test.ts');
  });

  it('store their trace if leaks are debugged', async () => {
    expect(await traceOf({ PULUMI_DEBUG_PROMISE_LEAKS: '1' })).toContain('start-up.test.ts');
  });
});
