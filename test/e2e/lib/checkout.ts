import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { projectFiles } from '../../../scripts/project-files';
import { projectRoot as root, withFullKeys } from '../../../scripts/stack-files';

export interface MakeResult {
  readonly code: number;
  /** Standard output and error, in their original order. */
  readonly output: string;
}

export type Config = Readonly<Record<string, unknown>>;

/**
 * A copy of the project in its own folder, used through `make` as a person would use a clone. It
 * has its own state, so a test never sees the user's stacks.
 */
export class Checkout {
  readonly dir = mkdtempSync(join(tmpdir(), 'audifi-e2e-'));
  readonly state = join(this.dir, '.state');

  constructor(readonly stack: string) {
    for (const file of projectFiles(root)) {
      const target = join(this.dir, file);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(root, file), target, { preserveTimestamps: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.dir, 'node_modules'));
  }

  /**
   * Writes the stack file. Keys are without namespace. Other tests cover the reference application,
   * logs and traces.
   */
  configure(config: Config): void {
    const alone = {
      ...{ referenceApp: false, inbox: { enabled: false } },
      ...{ logs: { enabled: false }, traces: { enabled: false } },
    };
    const spaced = withFullKeys({ ...alone, ...config });
    // The engine reads YAML 1.1, in which e.g. a time without quotes is no text.
    this.writeStackFile(stringify({ config: spaced }, { version: '1.1' }));
  }

  writeStackFile(text: string): void {
    writeFileSync(join(this.dir, `Pulumi.${this.stack}.yaml`), text);
  }

  /** With NEW_STATE, `up` replaces what an earlier run of the tests has left if it was killed. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, AUDIFI_STATE: this.state, NEW_STATE: '1' };
  }

  /** `make <target> STACK=<stack>`, without the installation of dependencies. */
  make(target: string, env: NodeJS.ProcessEnv = {}): Promise<MakeResult> {
    return this.start(target, env).finished;
  }

  /** Like `make`, but returns the process, in its own process group. */
  start(
    target: string,
    env: NodeJS.ProcessEnv = {},
  ): { readonly pid: number; readonly seen: () => string; readonly finished: Promise<MakeResult> } {
    const args = ['-o', 'node_modules/.installed', target, `STACK=${this.stack}`];
    const child = spawn('make', args, {
      cwd: this.dir,
      env: { ...this.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (text: string): void => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    const finished = new Promise<MakeResult>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? 1, output }));
    });
    return { pid: child.pid ?? 0, seen: () => output, finished };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
