import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Image, imageRef, images } from '../../../components/images';
import { jaegerConfig, jaegerPaths, jaegerPorts } from '../../../components/traces/jaeger-config';
import {
  collectorPaths,
  collectorPorts,
  otelCollectorConfig,
} from '../../../components/traces/otel-collector-config';
import { tracesSchema } from '../../../components/traces/settings-schema';
import { goMemoryLimit, sizeMiB } from '../../../components/units';
import { docker } from '../../docker';
import { until } from '../log-processes';

const prefix = 'audifi-bench-traces';
const { traces, jaeger } = tracesSchema.parse({});
/** Ports on this machine. */
const [jaegerHttp, jaegerOtlp, jaegerMetrics] = [19_286, 19_287, 19_288];
const [collectorOtlp, collectorMetrics] = [19_289, 19_290];

/** Memory limits of the containers in MiB: the defaults of the settings. */
export const limits = {
  collector: sizeMiB(traces.memory) ?? 0,
  jaeger: sizeMiB(jaeger.memory) ?? 0,
} as const;

/**
 * Memory limit of Jaeger while the storage is filled. It then stores far more spans per second than
 * the collector sends, because it does not wait for the disk.
 */
export const fillLimit = 2 * limits.jaeger;

export type TraceService = keyof typeof limits;

/** Addresses of the two services. `metrics` is a port of the loopback interface. */
export const places = {
  collector: { otlp: `http://127.0.0.1:${collectorOtlp}`, metrics: collectorMetrics },
  jaeger: {
    url: `http://127.0.0.1:${jaegerHttp}`,
    otlp: `http://127.0.0.1:${jaegerOtlp}`,
    metrics: jaegerMetrics,
  },
} as const;

interface Run {
  readonly image: Image;
  readonly config: string;
  /** Path of the configuration in the container. */
  readonly path: string;
  /** Where its volume is mounted. */
  readonly data: string;
  /** [port on this machine, port of the container] */
  readonly ports: readonly (readonly [number, number])[];
  /** Memory limit in MiB. @default limits */
  readonly memory?: number;
}

/**
 * The collector and Jaeger in containers with the image, configuration, memory limit and one core
 * that the program gives them by default.
 */
export class TraceContainers {
  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly folder: string,
  ) {}

  /** Removes what an aborted run left, and creates the network. */
  async open(): Promise<void> {
    await this.remove();
    await docker(['network', 'create', prefix], this.env);
  }

  async startCollector(): Promise<void> {
    await this.run('collector', {
      image: images.otelCollector,
      config: otelCollectorConfig({
        ...{ traces, environment: 'bench', debug: false },
        jaeger: `jaeger:${jaegerPorts.grpc}`,
      }),
      path: collectorPaths.config,
      data: collectorPaths.data,
      ports: [
        [collectorOtlp, collectorPorts.http],
        [collectorMetrics, collectorPorts.metrics],
      ],
    });
    await until(async () => (await post(places.collector.otlp, '{"resourceSpans":[]}')) === 200);
  }

  /**
   * Starts Jaeger, which also accepts OTLP over HTTP. The volume remains from the last start.
   *
   * @param fast acknowledges spans before they are on disk, with more memory, to fill the storage
   * sooner
   * @returns seconds until it answers
   */
  async startJaeger(fast = false): Promise<number> {
    const config = jaegerConfig({ jaeger, prometheusUrl: 'http://prometheus:9090' })
      .replace('      grpc:\n', `      http:\n        endpoint: 0.0.0.0:4318\n      grpc:\n`)
      .replace('consistency: true', `consistency: ${!fast}`);
    await this.run('jaeger', {
      ...{ image: images.jaeger, config, path: jaegerPaths.config, data: jaegerPaths.data },
      ...(fast ? { memory: fillLimit } : {}),
      ports: [
        [jaegerHttp, jaegerPorts.query],
        [jaegerOtlp, 4_318],
        [jaegerMetrics, jaegerPorts.metrics],
      ],
    });
    const start = performance.now();
    await until(async () => (await fetch(`${places.jaeger.url}/api/services`)).ok);
    return (performance.now() - start) / 1_000;
  }

  /** Stops and removes a container. Its volume stays. */
  async stop(name: TraceService, signal: 'TERM' | 'KILL' = 'TERM'): Promise<void> {
    const container = `${prefix}-${name}`;
    if (signal === 'KILL') await docker(['kill', container], this.env);
    else await docker(['stop', '--time', '60', container], this.env);
    await docker(['rm', container], this.env);
  }

  /** Deletes the volume of a stopped container. */
  async empty(name: TraceService): Promise<void> {
    await docker(['volume', 'rm', `${prefix}-${name}`], this.env);
  }

  /** Working set of a container in MiB. Throws if the kernel has killed it. */
  async memoryMiB(name: TraceService): Promise<number> {
    const container = `${prefix}-${name}`;
    const format = ['--format', '{{.MemUsage}}'];
    const [used = ''] = await docker(['stats', '--no-stream', ...format, container], this.env);
    const state = ['--format', '{{.State.Running}} {{.State.OOMKilled}}'];
    const [text = ''] = await docker(['inspect', ...state, container], this.env);
    if (text !== 'true false') throw new Error(`${container} is not running: ${text}`);
    const [, value = '', unit = ''] = /^([\d.]+)([KMG]iB)/.exec(used) ?? [];
    return Number(value) * { KiB: 1 / 1_024, MiB: 1, GiB: 1_024 }[unit as 'KiB' | 'MiB' | 'GiB'];
  }

  /** Removes all containers, volumes and the network by name. */
  async remove(): Promise<void> {
    const all = ['collector', 'jaeger'].map((name) => `${prefix}-${name}`);
    for (const name of all) {
      await docker(['rm', '--force', name], this.env).catch(() => []);
      await docker(['volume', 'rm', '--force', name], this.env);
    }
    await docker(['network', 'rm', prefix], this.env).catch(() => []);
  }

  private async run(name: TraceService, run: Run): Promise<void> {
    const { image, config, path, data, ports, memory: mebibytes = limits[name] } = run;
    const container = `${prefix}-${name}`;
    const files = join(this.folder, name);
    mkdirSync(files, { recursive: true });
    writeFileSync(join(files, 'config.yaml'), config);
    chmodSync(files, 0o755);
    const memory = `${mebibytes}m`;
    // Only the image of Jaeger has a folder with the owner that a new volume needs.
    const owned = ['create', '--volume', `${container}:/tmp`, imageRef(images.jaeger)];
    const [first = ''] = await docker(owned, this.env);
    await docker(['rm', first], this.env);
    await docker(
      [
        ...['run', '--detach', '--name', container, '--user', '10001:10001', '--read-only'],
        ...['--network', prefix, '--network-alias', name, '--cap-drop', 'ALL'],
        ...['--memory', memory, '--memory-swap', memory, '--cpus', '1'],
        ...['--env', `GOMEMLIMIT=${goMemoryLimit(mebibytes)}`],
        ...['--volume', `${container}:${data}`, '--volume', `${files}/config.yaml:${path}:ro`],
        ...ports.flatMap(([here, there]) => ['--publish', `127.0.0.1:${here}:${there}`]),
        ...[imageRef(image), `--config=${path}`],
      ],
      this.env,
    );
  }
}

/** Sends a request of OTLP/HTTP. @returns its status; 0 without a response */
export async function post(url: string, body: string, seconds = 30): Promise<number> {
  try {
    const response = await fetch(`${url}/v1/traces`, {
      ...{ method: 'POST', body, headers: { 'content-type': 'application/json' } },
      signal: AbortSignal.timeout(seconds * 1_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
