import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../../../scripts/free-port';
import main from '../../../index';
import { record } from '../../../scripts/render/record';
import { projectName } from '../../../scripts/stack-files';
import { eventually } from './engine';

/** How the program runs a service. */
export interface Rendered {
  readonly args: readonly string[];
  /** Environment in addition to that of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Content by path in the container. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Runs the program with these settings and returns how it would run each service.
 *
 * @param secrets values by key; treated as if they were encrypted in the stack file
 */
export async function renderedServices(
  stack: string,
  config: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>> = {},
): Promise<(name: string) => Rendered> {
  // No warning that these alerts reach nobody.
  const alerts = { acceptGaps: true, ...(config['alerts'] as object | undefined) };
  const entries = Object.entries({ ...config, alerts, ...secrets }).map(([key, value]) => [
    `${projectName}:${key}`,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const resources = await record(main, {
    stack,
    config: Object.fromEntries(entries) as Record<string, string>,
    secretKeys: Object.keys(secrets).map((key) => `${projectName}:${key}`),
  });
  return (name) => {
    const inputs = (logical: string): Record<string, unknown> => {
      const found = resources.find((r) => r.type.endsWith(':Container') && r.name === logical);
      if (found === undefined) throw new Error(`the program declares no container ${logical}`);
      return found.inputs;
    };
    const uploads = inputs(`${name}-files`)['uploads'] as { file: string; content: string }[];
    return {
      args: inputs(name)['command'] as string[],
      env: Object.fromEntries(
        (inputs(name)['envs'] as string[]).map((text) => [
          text.slice(0, text.indexOf('=')),
          text.slice(text.indexOf('=') + 1),
        ]),
      ),
      files: Object.fromEntries(uploads.map(({ file, content }) => [file, content])),
    };
  };
}

/** Pairs [from, to] to replace in arguments and files. */
export type Replacements = readonly (readonly [string, string])[];

/**
 * A service of the stack as a local process, with the program's arguments and files at other paths.
 */
export class Service {
  readonly dir = mkdtempSync(join(tmpdir(), 'audifi-service-'));
  private child?: ChildProcess;
  private output = '';

  /**
   * @param move local paths and addresses for those of the container; `{dir}` stands for a new
   * folder
   */
  constructor(
    private readonly command: string,
    private readonly rendered: Rendered,
    private readonly move: Replacements,
    readonly url: string,
    private readonly readyPath = '/-/ready',
  ) {
    mkdirSync(join(this.dir, 'data'));
    for (const [path, content] of Object.entries(rendered.files)) {
      const target = join(this.dir, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, this.here(content));
      chmodSync(target, 0o400);
    }
  }

  /** Starts it and waits until it is ready. */
  async start(): Promise<this> {
    const args = this.rendered.args.map((arg) => this.here(arg));
    const env = { ...process.env, ...this.rendered.env };
    const child = spawn(this.command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const take = (text: string): void => {
      this.output += text;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    this.child = child;
    try {
      await eventually(`${this.command} is ready`, 30, async () =>
        (await fetch(`${this.url}${this.readyPath}`)).ok ? true : undefined,
      );
    } catch (error) {
      throw new Error(this.log, { cause: error });
    }
    return this;
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Folder that replaces its volume. */
  get data(): string {
    return join(this.dir, 'data');
  }

  get log(): string {
    return this.output;
  }

  /** Content of one of its files. */
  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  private here(text: string): string {
    return this.move.reduce(
      (moved, [from, to]) => moved.replaceAll(from, to.replace('{dir}', this.dir)),
      text,
    );
  }
}

/** The real Alertmanager as the program runs it, on a local port. */
export async function alertmanagerProcess(command: string, rendered: Rendered): Promise<Service> {
  const port = await freePort();
  const move: Replacements = [
    ['/etc/alertmanager', '{dir}/etc/alertmanager'],
    ['--storage.path=/alertmanager', '--storage.path={dir}/data'],
    ['--web.listen-address=:9093', `--web.listen-address=127.0.0.1:${port}`],
  ];
  return new Service(command, rendered, move, `http://127.0.0.1:${port}`);
}

/** The real Prometheus as the program runs it, with a local Alertmanager. */
export async function prometheusProcess(
  command: string,
  rendered: Rendered,
  alertmanager: Service,
  more: Replacements = [],
): Promise<Service> {
  const port = await freePort();
  const move: Replacements = [
    ['/etc/prometheus', '{dir}/etc/prometheus'],
    ['--storage.tsdb.path=/prometheus', '--storage.tsdb.path={dir}/data'],
    ['--web.listen-address=:9090', `--web.listen-address=127.0.0.1:${port}`],
    ['localhost:9090', `127.0.0.1:${port}`],
    ['alertmanager:9093', new URL(alertmanager.url).host],
    ...more,
  ];
  return new Service(command, rendered, move, `http://127.0.0.1:${port}`);
}
