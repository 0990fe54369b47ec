import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { OperatorError } from '../operator-error';
import { capture } from '../process';
import { docker, ownVolumes } from '../docker';
import { projectFiles } from '../project-files';
import { projectName, projectRoot } from '../stack-files';
import { childrensTime } from './statistics';

/** As deep as the components, which find the runbooks from their own folder. */
const bundle = 'bundle/components/index.js';

/** A way to run the program's TypeScript. */
interface Way {
  readonly name: string;
  readonly preview: () => Promise<Cost>;
}

/** Duration and CPU time of a command. */
export interface Cost {
  readonly seconds: number;
  /** CPU time of the command and of all child processes that it waited for. */
  readonly processorSeconds: number;
}

/** A copy of a Pulumi project with its own state and the real engine. */
export class BenchProject {
  /** Folder of Pulumi.yaml. */
  readonly dir: string;
  private readonly env: NodeJS.ProcessEnv;
  private started = false;

  constructor(
    readonly stack: string,
    source: string,
    env: NodeJS.ProcessEnv,
  ) {
    this.dir = copyOf(source);
    const state = join(this.dir, '.state');
    mkdirSync(state);
    this.env = {
      ...env,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: 'bench',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
    };
  }

  configure(values: Readonly<Record<string, unknown>>): void {
    const config: Record<string, unknown> = {};
    for (const [path, value] of Object.entries(values)) {
      const [group = '', key] = path.split('.');
      config[`${projectName}:${group}`] = key === undefined ? value : { [key]: value };
    }
    writeFileSync(join(this.dir, `Pulumi.${this.stack}.yaml`), stringify({ config }));
  }

  /** Runs `preview` or `up` on the stack. */
  async pulumi(command: 'preview' | 'up'): Promise<Cost> {
    await this.init();
    const flags = command === 'up' ? ['--yes', '--skip-preview'] : [];
    return this.run([command, ...flags, '--stack', this.stack, '--non-interactive']);
  }

  /** A preview of the same program without the optimisations of components/start-up.ts. */
  async previewWithoutStartUp(): Promise<Cost> {
    const path = join(this.dir, 'components', 'start-up.ts');
    // The program still imports these functions, but they do nothing.
    const nothing = 'async () => undefined;';
    writeFileSync(
      path,
      `export const requestsSent = ${nothing}\nexport const registered = ${nothing}\n`,
    );
    try {
      return await this.pulumi('preview');
    } finally {
      cpSync(join(projectRoot, 'components', 'start-up.ts'), path);
    }
  }

  /** Number of the stack's resources, without its own entry and providers. */
  async resources(): Promise<number> {
    const { stdout } = await this.run(['stack', 'export', '--stack', this.stack]);
    const { deployment } = JSON.parse(stdout) as {
      deployment: { resources: readonly { type: string }[] };
    };
    return deployment.resources.filter(({ type }) => !type.startsWith('pulumi:')).length;
  }

  /** The state of the stack, with its secrets in plain text. */
  async state(): Promise<string> {
    return (await this.run(['stack', 'export', '--show-secrets', '--stack', this.stack])).stdout;
  }

  /** Replaces the state of the stack. */
  async load(state: string): Promise<void> {
    await this.init();
    const file = join(this.dir, 'state.json');
    writeFileSync(file, state, { mode: 0o600 });
    await this.run(['stack', 'import', '--file', file, '--stack', this.stack]);
    rmSync(file);
  }

  /** Throws with the engine's output if a preview has changes. */
  async expectNoChanges(): Promise<void> {
    await this.run(['preview', '--expect-no-changes', '--diff', '--stack', this.stack]);
  }

  /** Removes the project and its state, and leaves what it deployed. */
  forget(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Removes everything, including data. */
  async destroy(): Promise<void> {
    if (!this.started) return;
    await this.run(['destroy', '--yes', '--skip-preview', '--stack', this.stack]);
    const volumes = await ownVolumes(this.stack, this.env);
    if (volumes.length > 0) await docker(['volume', 'rm', ...volumes], this.env);
  }

  async remove(): Promise<void> {
    await this.destroy();
    this.forget();
  }

  /** The ways to compare. Each is a runtime setting that a user could choose. */
  ways(): Way[] {
    execFileSync(
      join(projectRoot, 'node_modules/.bin/esbuild'),
      [
        ...['index.ts', '--bundle', '--platform=node', '--packages=external', '--format=cjs'],
        ...[`--outfile=${join(this.dir, bundle)}`, '--log-level=error'],
      ],
      { cwd: this.dir },
    );
    // Next to the code that reads them.
    const templates = join(this.dir, 'components', 'alerting', 'templates');
    cpSync(templates, join(this.dir, dirname(bundle), 'templates'), { recursive: true });
    const way = (name: string, options: object, main?: string): Way => ({
      name,
      preview: async () => {
        writeFileSync(
          join(this.dir, 'Pulumi.yaml'),
          stringify({ name: projectName, runtime: { name: 'nodejs', options }, main }),
        );
        try {
          return await this.pulumi('preview');
        } finally {
          cpSync(join(projectRoot, 'Pulumi.yaml'), join(this.dir, 'Pulumi.yaml'));
        }
      },
    });
    return [
      way('ts-node, without type checks (in use)', {
        typescript: true,
        tsconfig: 'tsconfig.pulumi.json',
      }),
      way('ts-node, with type checks', { typescript: true }),
      way('tsx', { typescript: false, nodeargs: '--import tsx' }, 'index.ts'),
      way('bundled beforehand by esbuild', { typescript: false }, bundle),
    ];
  }

  private async init(): Promise<void> {
    if (this.started) return;
    this.started = true;
    await this.run(['stack', 'init', this.stack]);
  }

  private async run(args: readonly string[]): Promise<Cost & { readonly stdout: string }> {
    const start = performance.now();
    // A shell reports the CPU time of its children. Node does not.
    const counted = '"$0" "$@"; code=$?; times >&2; exit $code';
    const { code, stdout, stderr } = await capture('sh', ['-c', counted, 'pulumi', ...args], {
      cwd: this.dir,
      env: this.env,
    });
    if (code !== 0) throw new OperatorError(`pulumi ${args[0]}: ${stdout}${stderr}`);
    return {
      stdout,
      seconds: (performance.now() - start) / 1000,
      processorSeconds: childrensTime(stderr),
    };
  }
}

/** A project folder with the smallest possible TypeScript program. */
export function emptyProgram(): string {
  const dir = mkdtempSync(join(tmpdir(), 'audifi-empty-'));
  cpSync(join(projectRoot, 'Pulumi.yaml'), join(dir, 'Pulumi.yaml'));
  for (const file of ['tsconfig.json', 'tsconfig.pulumi.json', 'package.json']) {
    cpSync(join(projectRoot, file), join(dir, file));
  }
  writeFileSync(
    join(dir, 'index.ts'),
    "import * as pulumi from '@pulumi/pulumi';\nexport const stack = pulumi.getStack();\n",
  );
  return dir;
}

function copyOf(source: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'audifi-bench-'));
  if (source === projectRoot) {
    for (const file of projectFiles(source)) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      cpSync(join(source, file), join(dir, file), { preserveTimestamps: true });
    }
  } else {
    cpSync(source, dir, { recursive: true });
    rmSync(source, { recursive: true });
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(dir, 'node_modules'));
  return dir;
}
