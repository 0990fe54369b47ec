import { randomBytes } from 'node:crypto';

/**
 * Response of `GET /api/traces` of Jaeger. See
 * https://www.jaegertracing.io/docs/2.13/architecture/apis/
 */
export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly {
    readonly operationName: string;
    readonly duration: number;
    readonly processID: string;
    readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  }[];
  readonly processes: Readonly<
    Record<
      string,
      {
        readonly serviceName: string;
        readonly tags?: readonly { readonly key: string; readonly value: unknown }[];
      }
    >
  >;
}

export class JaegerApi {
  constructor(readonly url: string) {}

  /** Traces of a service with these attributes in the last hour. */
  async search(
    service: string,
    tags: Readonly<Record<string, string>> = {},
  ): Promise<JaegerTrace[]> {
    const query = new URLSearchParams({
      ...{ service, tags: JSON.stringify(tags), lookback: '1h', limit: '1500' },
    });
    return this.get(`/api/traces?${query}`);
  }

  /** Undefined if there is none with this ID. */
  async trace(id: string): Promise<JaegerTrace | undefined> {
    const response = await fetch(`${this.url}/api/traces/${id}`);
    if (response.status === 404) return undefined;
    const { data } = (await response.json()) as { data?: JaegerTrace[] };
    return data?.[0];
  }

  /** Those of the traces that are stored. */
  async stored(ids: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (let at = 0; at < ids.length; at += 20) {
      const some = ids.slice(at, at + 20);
      const traces = await Promise.all(some.map((one) => this.trace(one)));
      found.push(...some.filter((_, i) => traces[i] !== undefined));
    }
    return found;
  }

  /** Calls per second, as in the tab Monitor. */
  async calls(service: string): Promise<number> {
    const query = new URLSearchParams({
      ...{ service, lookback: '600000', step: '5000', ratePer: '60000' },
      ...{ endTs: String(Date.now()), spanKind: 'server' },
    });
    const response = await fetch(`${this.url}/api/metrics/calls?${query}`);
    const { metrics = [] } = (await response.json()) as {
      metrics?: { metricPoints: { gaugeValue?: { doubleValue?: number } }[] }[];
    };
    const points = metrics.flatMap(({ metricPoints }) =>
      metricPoints.map(({ gaugeValue }) => gaugeValue?.doubleValue ?? 0),
    );
    return Math.max(0, ...points);
  }

  /** Calls between services in the last hour, as in the dependency graph. */
  async dependencies(): Promise<{ readonly parent: string; readonly child: string }[]> {
    return this.get(`/api/dependencies?endTs=${Date.now()}&lookback=3600000`);
  }

  private async get<T>(path: string): Promise<T[]> {
    const response = await fetch(this.url + path);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return ((await response.json()) as { data: T[] | null }).data ?? [];
  }
}

export const id = (bytes: number): string => randomBytes(bytes).toString('hex');

export interface MadeSpan {
  readonly traceId: string;
  /** @default random */
  readonly spanId?: string;
  /** Span ID of its parent. @default none, so it is the root */
  readonly parentId?: string;
  readonly name?: string;
  readonly service?: string;
  readonly error?: boolean;
  readonly milliseconds?: number;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly events?: readonly string[];
  readonly message?: string;
  readonly state?: string;
  /** Values of an attribute, one link each. */
  readonly links?: readonly string[];
  /** Minutes by which start and end are in the past. */
  readonly minutesAgo?: number;
}

/**
 * Spans with a text in each of the places that are redacted or not passed on: an attribute, event,
 * message, baggage, state and link.
 */
export function plantedSpans(text: string): MadeSpan[] {
  const places: readonly Partial<MadeSpan>[] = [
    { attributes: { note: text } },
    { events: [text] },
    { message: text },
    { attributes: { 'baggage.user': text } },
    { state: `v=${text.replaceAll(/[^\w.@+-]/g, '')}`.slice(0, 200) },
    { links: [text] },
  ];
  const common = { error: true, service: 'e2e-planted' };
  return places.map((place) => ({ traceId: id(16), ...common, ...place }));
}

/** Sends spans over OTLP/HTTP. Throws if they are rejected. */
export async function sendSpans(endpoint: string, spans: readonly MadeSpan[]): Promise<void> {
  const response = await fetch(`${endpoint}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: otlpJson(spans),
  });
  if (!response.ok) throw new Error(`spans refused: ${response.status} ${await response.text()}`);
}

/** Body of an OTLP/HTTP request with each span in its own resource. */
export function otlpJson(spans: readonly MadeSpan[]): string {
  const now = BigInt(Date.now()) * 1_000_000n;
  const resourceSpans = spans.map((span) => ({
    resource: { attributes: [attribute('service.name', span.service ?? 'e2e')] },
    scopeSpans: [
      {
        spans: [
          {
            ...{ traceId: span.traceId, spanId: span.spanId ?? id(8), kind: 2 },
            ...{ parentSpanId: span.parentId ?? '', name: span.name ?? 'GET /e2e' },
            startTimeUnixNano: String(endOf(span, now) - milliseconds(span.milliseconds ?? 5)),
            endTimeUnixNano: String(endOf(span, now)),
            traceState: span.state ?? '',
            attributes: Object.entries(span.attributes ?? {}).map(([k, v]) => attribute(k, v)),
            events: (span.events ?? []).map((text) => ({
              name: 'exception',
              timeUnixNano: String(now),
              attributes: [attribute('exception.message', text)],
            })),
            links: (span.links ?? []).map((text) => ({
              ...{ traceId: id(16), spanId: id(8), attributes: [attribute('note', text)] },
            })),
            status: { code: span.error === true ? 2 : 0, message: span.message ?? '' },
          },
        ],
      },
    ],
  }));
  return JSON.stringify({ resourceSpans });
}

/** In nanoseconds. */
const milliseconds = (count: number): bigint => BigInt(count) * 1_000_000n;
const endOf = ({ minutesAgo = 0 }: MadeSpan, now: bigint): bigint =>
  now - milliseconds(minutesAgo * 60_000);

function attribute(key: string, value: string | number | boolean): object {
  if (typeof value === 'number') return { key, value: { intValue: String(value) } };
  return { key, value: typeof value === 'boolean' ? { boolValue: value } : { stringValue: value } };
}
