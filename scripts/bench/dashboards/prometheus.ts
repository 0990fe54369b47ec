import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort } from '../../free-port';
import { render } from '../../render';
import { addressOf } from './exporters';
import { replicas } from './fleet';

interface Job {
  readonly job_name: string;
  static_configs?: {
    readonly targets: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  dns_sd_configs?: unknown;
  kubernetes_sd_configs?: unknown;
  relabel_configs?: unknown;
  scheme?: string;
  authorization?: unknown;
  tls_config?: unknown;
  proxy_url?: string;
}

/** A result of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/**
 * Prometheus with the flags, rules and jobs of the stack `prod`. Only the targets are those of the
 * fleet, and no notifications are sent.
 */
export class BenchPrometheus {
  private child?: ChildProcess;
  private output = '';

  private constructor(
    private readonly command: string,
    private readonly args: readonly string[],
    readonly folder: string,
    readonly url: string,
  ) {}

  /** @param proxy URL that responds for all targets */
  static async prepare(command: string, folder: string, proxy: string): Promise<BenchPrometheus> {
    const port = await freePort();
    const files = await render('prod');
    for (const [path, content] of Object.entries(files)) {
      if (!/^prometheus\/(prometheus\.yml|rules\/)/.test(path)) continue;
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(
        target,
        path.endsWith('/prometheus.yml') ? moved(content, proxy, port) : content,
      );
    }
    const manifest = Object.entries(files).find(([path]) =>
      /kubernetes\/\d+-statefulset-.+-prometheus\.yaml$/.test(path),
    );
    const pod = parse(manifest?.[1] ?? '') as {
      spec: { template: { spec: { containers: { args: string[] }[] } } };
    };
    const args = (pod.spec.template.spec.containers[0]?.args ?? []).map((arg) =>
      arg
        .replace('/etc/prometheus', join(folder, 'prometheus'))
        .replace(/^(--storage\.tsdb\.path=).*/, `$1${join(folder, 'data')}`)
        .replace(/^(--web\.listen-address=).*/, `$1127.0.0.1:${port}`),
    );
    return new BenchPrometheus(command, args, folder, `http://127.0.0.1:${port}`);
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  async start(): Promise<void> {
    // One CPU, like its container.
    const env = { ...process.env, GOMAXPROCS: '1' };
    const child = spawn(this.command, this.args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.pipe(createWriteStream(join(this.folder, 'prometheus.log'), { flags: 'a' }));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.output = (this.output + text).slice(-5_000);
    });
    this.child = child;
    await this.until('is ready', 120, async () => (await fetch(`${this.url}/-/ready`)).ok);
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined || this.ended) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  private get ended(): boolean {
    const { exitCode = null, signalCode = null } = this.child ?? {};
    return exitCode !== null || signalCode !== null;
  }

  /** Waits until a condition is true. A refused connection counts as false. */
  async until(what: string, seconds: number, test: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await test().catch(() => false))) {
      if (Date.now() > deadline || this.ended) {
        throw new Error(`Prometheus: still not true after ${seconds} s: ${what}\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async instant(query: string): Promise<Sample[]> {
    return (await this.api<{ result: Sample[] }>('query', { query })).result;
  }

  /** A single number; 0 without a result. */
  async number(query: string): Promise<number> {
    const [first] = await this.instant(query);
    return Number(first?.value[1] ?? 0);
  }

  async api<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} ${JSON.stringify(parameters)}: ${text}`);
    return (JSON.parse(text) as { data: T }).data;
  }
}

/** Labels that Kubernetes discovery would set for the target. A kubelet is not a pod. */
function identityOf(job: string, i: number): Readonly<Record<string, string>> {
  const node = `node-${i % (replicas['node'] ?? 1)}`;
  if (job === 'cadvisor') return { node, instance: node };
  const pod = `${job}-${i}`;
  return { node, namespace: 'fleet', pod, container: job, instance: pod };
}

/** The configuration of the stack with the targets of the fleet, behind one proxy. */
function moved(text: string, proxy: string, port: number): string {
  const config = parse(text) as { alerting?: unknown; scrape_configs: Job[] };
  delete config.alerting;
  for (const job of config.scrape_configs) {
    if (job.kubernetes_sd_configs !== undefined) {
      // Removes discovery, which needs the API server, and the kubelets' credentials.
      delete job.kubernetes_sd_configs;
      delete job.relabel_configs;
      delete job.scheme;
      delete job.authorization;
      delete job.tls_config;
    }
    if (job.job_name === 'prometheus') {
      job.static_configs = [{ targets: [`127.0.0.1:${port}`] }];
      continue;
    }
    job.proxy_url = proxy;
    const count = replicas[job.job_name];
    if (count === undefined) continue;
    delete job.dns_sd_configs;
    job.static_configs = Array.from({ length: count }, (_, i) => ({
      targets: [addressOf(job.job_name, i)],
      labels: identityOf(job.job_name, i),
    }));
  }
  return stringify(config, { lineWidth: 0 });
}
