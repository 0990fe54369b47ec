import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../scripts/stack-files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audifi-interrupt-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a drill that is interrupted as soon as it changes the stack. */
async function interrupted(
  heal: string,
  signals: readonly NodeJS.Signals[],
): Promise<{ code: number | null; output: string }> {
  const script = join(folder, 'drill.ts');
  const module = join(projectRoot, 'scripts', 'drill', 'interrupt');
  writeFileSync(
    script,
    `import { Interrupts } from ${JSON.stringify(module)};
const say = (text: string): void => void process.stderr.write(text + '\\n');
const interrupts = new Interrupts();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
interrupts.watch(async () => { ${heal} }, 'make incident KIND=none STACK=dev');
const signalled = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
});
// The change ends after the signal, however late it arrives on a busy machine.
const breakIt = async () => { say('breaking'); await signalled; await sleep(400); say('broken'); };
void interrupts.change(breakIt).then(() => interrupts.change(async () => say('next')));
setTimeout(() => say('too late'), 20_000);
`,
  );
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', script], { cwd: projectRoot });
  let output = '';
  const read = (text: Buffer): void => {
    const first = !output.includes('breaking');
    output += text.toString();
    if (!first || !output.includes('breaking')) return;
    signals.forEach((signal, i) => setTimeout(() => child.kill(signal), 100 * i));
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}

describe('a drill that is interrupted', () => {
  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('by %s ends its incident', async (signal) => {
    const { code, output } = await interrupted("say('healed');", [signal]);
    expect(code).toBe(130);
    expect(output).toMatch(/Interrupted: .*\nhealed\nbroken\nhealed\nThe incident is over\.\n$/s);
    expect(output).not.toContain('next');
  });

  it('names the command if it could not', async () => {
    const { code, output } = await interrupted("throw new Error('no Docker');", ['SIGINT']);
    expect(code).toBe(130);
    expect(output).toMatch(/no Docker\nEnd it: make incident KIND=none STACK=dev\n$/);
  });

  it('stops at once when it is interrupted again', async () => {
    const { code, output } = await interrupted('await sleep(15_000);', ['SIGTERM', 'SIGINT']);
    expect(code).toBe(130);
    expect(output).toMatch(/may still be on\. End it: make incident KIND=none STACK=dev\n$/);
  });
});
