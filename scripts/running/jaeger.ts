import { answer, type Server } from './answer';

export interface JaegerSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly attributes: readonly string[];
  readonly eventAttributes: readonly string[];
}

interface Tag {
  readonly key: string;
  readonly value: unknown;
}

interface Trace {
  readonly spans: readonly {
    readonly operationName: string;
    readonly processID: string;
    readonly tags: readonly Tag[];
    readonly logs?: readonly { readonly fields: readonly Tag[] }[];
  }[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

/** The HTTP API: https://www.jaegertracing.io/docs/2.13/architecture/apis/ */
export class JaegerClient {
  constructor(private readonly server: Server) {}

  async services(): Promise<readonly string[]> {
    const { data } = (await answer(this.server, '/api/services')) as {
      readonly data: readonly string[] | null;
    };
    return data ?? [];
  }

  /** Spans of the newest traces in which a service took part. @param seconds to look back */
  async spans(service: string, seconds: number, traces: number): Promise<JaegerSpan[]> {
    const fields = new URLSearchParams({
      ...{ service, lookback: `${seconds}s`, limit: String(traces) },
      start: String((Date.now() - seconds * 1000) * 1000),
      end: String(Date.now() * 1000),
    });
    const { data } = (await answer(this.server, `/api/traces?${fields}`)) as {
      readonly data: readonly Trace[] | null;
    };
    return (data ?? []).flatMap(({ spans, processes }) =>
      spans.map(({ operationName, processID, tags, logs = [] }) => ({
        service: processes[processID]?.serviceName ?? '',
        name: operationName,
        kind: kindOf(tags),
        attributes: tags.map(({ key }) => key),
        eventAttributes: logs.flatMap((log) => log.fields.map(({ key }) => key)),
      })),
    );
  }
}

function kindOf(tags: readonly Tag[]): string {
  const kind = tags.find(({ key }) => key === 'span.kind')?.value;
  return typeof kind === 'string' ? kind : 'internal';
}
