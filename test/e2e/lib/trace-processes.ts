import { freePort } from '../../../scripts/free-port';
import { eventually } from './engine';
import { sendSpans } from './jaeger';
import { type Rendered, type Replacements, Service } from './processes';

/** Jaeger as the program runs it, on local ports. */
export async function jaegerProcess(
  command: string,
  rendered: Rendered,
  more: Replacements = [],
): Promise<{ readonly service: Service; readonly grpc: string; readonly metrics: string }> {
  const [query, grpc, metrics, health, inner] = await ports(5);
  const move: Replacements = [
    ['/etc/jaeger', '{dir}/etc/jaeger'],
    ['/tmp/badger', '{dir}/data/badger'],
    ['endpoint: :16686', `endpoint: 127.0.0.1:${query}`],
    ['endpoint: :4317', `endpoint: 127.0.0.1:${grpc}`],
    ['endpoint: :13133', `endpoint: 127.0.0.1:${health}`],
    ['127.0.0.1:16685', `127.0.0.1:${inner}`],
    ['port: 8889', `port: ${metrics}`],
    ...more,
  ];
  const service = new Service(
    command,
    rendered,
    move,
    `http://127.0.0.1:${query}`,
    '/api/services',
  );
  return { service, grpc: `127.0.0.1:${grpc}`, metrics: `http://127.0.0.1:${metrics}` };
}

/** A collector of traces as a process. */
export interface CollectorProcess {
  /** Its URL is that of the collector's own metrics. */
  readonly service: Service;
  /** URL of OTLP over HTTP. */
  readonly otlp: string;
  /** URL of the span metrics. */
  readonly spans: string;
}

/** The trace collector as the program runs it. */
export async function collectorProcess(
  command: string,
  rendered: Rendered,
  places: { readonly jaeger?: string; readonly loki?: string; readonly move?: Replacements },
): Promise<CollectorProcess> {
  const [grpc, http, metrics, spans, health] = await ports(5);
  const move: Replacements = [
    ['/etc/otelcol', '{dir}/etc/otelcol'],
    ['directory: /otelcol', 'directory: {dir}/data'],
    ['endpoint: jaeger:4317', `endpoint: ${places.jaeger ?? 'nobody:1'}`],
    ['http://loki:3100', places.loki ?? 'http://nobody:1'],
    ['endpoint: :4317', `endpoint: 127.0.0.1:${grpc}`],
    ['endpoint: :4318', `endpoint: 127.0.0.1:${http}`],
    ['endpoint: :8889', `endpoint: 127.0.0.1:${spans}`],
    ['endpoint: :13133', `endpoint: 127.0.0.1:${health}`],
    ['port: 8888', `port: ${metrics}`],
    ...(places.move ?? []),
  ];
  const service = new Service(command, rendered, move, `http://127.0.0.1:${metrics}`, '/metrics');
  return {
    ...{ service, otlp: `http://127.0.0.1:${http}` },
    spans: `http://127.0.0.1:${spans}/metrics`,
  };
}

/** Several collectors that exchange spans. */
export async function collectorProcesses(
  command: string,
  rendered: Rendered,
  places: { readonly jaeger: string },
  count: number,
): Promise<CollectorProcess[]> {
  const peers = await ports(count);
  return Promise.all(
    peers.map((own) =>
      collectorProcess(command, rendered, {
        ...places,
        move: [
          ['endpoint: :4319', `endpoint: 127.0.0.1:${own}`],
          ...peers.map((port, i) => [`otel-collector-${i}:4319`, `127.0.0.1:${port}`] as const),
        ],
      }),
    ),
  );
}

/**
 * Starts the collector and waits until it accepts spans, which is seconds after its own metrics are
 * available.
 */
export async function startCollector(
  collector: Pick<CollectorProcess, 'service' | 'otlp'>,
): Promise<void> {
  await collector.service.start();
  await eventually('the collector takes spans', 120, async () => {
    await sendSpans(collector.otlp, []);
    return true;
  }).catch((error: unknown) => {
    throw new Error(`The collector's log:\n${collector.service.log}`, { cause: error });
  });
}

const ports = (count: number): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, () => freePort()));
