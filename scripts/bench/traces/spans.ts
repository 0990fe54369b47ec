import { randomBytes } from 'node:crypto';

/** Spans of a generated trace, each with seven attributes. */
export const spansPerTrace = 10;
const tracesPerBatch = 50;
/** Spans of a batch. The SDK of a service sends at most 512 at once. */
export const spansPerBatch = spansPerTrace * tracesPerBatch;
/** One trace of each batch has an error: 2 % of all traces. */
export const errorShare = 1 / tracesPerBatch;

/** Replaced in each batch: a part of the trace IDs, and the second in which the spans start. */
const [batchMark, secondMark] = ['@@@@@@@@', '##########'];
/** Different batches before the values repeat under other trace IDs. */
const variants = 20;

interface Template {
  readonly text: string;
  readonly traceIds: readonly string[];
}

/**
 * OTLP/JSON requests as AudiFi's services send them: one API request and its job per trace. Batches
 * are made beforehand, so that making them does not slow down what is measured.
 */
export class SpanBatches {
  private readonly templates = Array.from({ length: variants }, template);
  private made = 0;

  /** The next batch. @param at start of its spans, in milliseconds */
  next(at = Date.now()): string {
    const second = String(Math.floor(at / 1_000)).padStart(10, '0');
    const { text } = this.template(this.made);
    return text.replaceAll(batchMark, hex(this.made++)).replaceAll(secondMark, second);
  }

  /** ID of a trace. @param batch its batch, from 0 @param trace its number in the batch */
  traceId(batch: number, trace: number): string {
    const ids = this.template(batch).traceIds;
    return (ids[trace % tracesPerBatch] ?? '').replace(batchMark, hex(batch));
  }

  /** Attribute `requestId` of the same trace. */
  requestId(batch: number, trace: number): string {
    return requestId(this.traceId(batch, trace));
  }

  private template(batch: number): Template {
    const found = this.templates[batch % variants];
    if (found === undefined) throw new Error('no template');
    return found;
  }
}

const hex = (batch: number): string => batch.toString(16).padStart(8, '0');
const requestId = (traceId: string): string => `req_${traceId.slice(0, 16)}`;
const random = (below: number): number => Math.floor(Math.random() * below);

function template(): Template {
  const traceIds = Array.from(
    { length: tracesPerBatch },
    () => randomBytes(4).toString('hex') + batchMark + randomBytes(8).toString('hex'),
  );
  const spans = traceIds.map((traceId, i) => traceOf(traceId, i === 0));
  const resourceSpans = ['api-server', 'worker'].map((service) => ({
    resource: {
      attributes: attributes({
        'service.name': service,
        'service.version': '1.42.0',
        'deployment.environment.name': 'production',
      }),
    },
    scopeSpans: [
      {
        scope: { name: 'audifi' },
        spans: spans.flatMap((trace) =>
          trace.filter((one) => one.service === service).map(({ span }) => span),
        ),
      },
    ],
  }));
  return { text: JSON.stringify({ resourceSpans }), traceIds };
}

type Values = Readonly<Record<string, string | number>>;

/** Names, kinds (2: server, 3: client, 4: producer, 5: consumer), depths and attributes. */
function shapes(traceId: string): readonly (readonly [string, number, number, Values])[] {
  const user = { 'user.id': `user_${random(100_000)}`, 'session.id': `ses_${random(1e9)}` };
  const track = `trk_${random(1e9).toString(36)}`;
  const id = requestId(traceId);
  const code = { 'code.function.name': 'getTrack', 'thread.id': random(8) };
  const http = { 'http.request.method': 'GET', 'http.route': '/v1/tracks/:id' };
  const path = { 'url.path': `/v1/tracks/${track}`, 'url.scheme': 'http' };
  const database = (operation: string, table: string): Values => ({
    ...{ 'db.system.name': 'postgresql', 'db.operation.name': operation },
    ...{ 'db.collection.name': table, 'db.namespace': 'audifi', 'server.address': 'postgres' },
    ...{ 'server.port': 5432, 'db.response.returned_rows': random(50) },
  });
  const cache: Values = {
    ...{ 'db.system.name': 'redis', 'db.operation.name': 'SET', 'cache.key': 'track:{id}' },
    ...{ 'server.address': 'redis', 'server.port': 6379, 'db.namespace': '0' },
    'network.peer.port': 6379,
  };
  const job: Values = {
    ...{ 'messaging.system': 'redis', 'messaging.operation.name': 'send' },
    ...{ 'messaging.destination.name': 'queue:email', 'messaging.operation.type': 'send' },
    ...{ 'messaging.message.id': `job_${random(1e9).toString(36)}`, requestId: id },
    'server.address': 'redis',
  };
  const outside: Values = {
    ...{ 'http.request.method': 'POST', 'server.address': 'api.stripe.com', 'server.port': 443 },
    ...{ 'http.response.status_code': 200, 'url.scheme': 'https', requestId: id },
    'network.protocol.version': '1.1',
  };
  const inner = { requestId: id, 'track.id': track, ...code, ...user };
  return [
    ['GET /v1/tracks/:id', 2, 0, { ...http, ...path, requestId: id, ...user }],
    ['auth', 1, 1, { ...inner, 'auth.method': 'session' }],
    ['handler getTrack', 1, 1, { ...inner, 'cache.hit': 'false' }],
    ['SELECT tracks', 3, 2, database('SELECT', 'tracks')],
    ['SET', 3, 2, cache],
    ['POST stripe', 3, 2, outside],
    ['send email', 4, 2, job],
    ['process email', 5, 3, { ...job, 'messaging.operation.name': 'process' }],
    ['SELECT users', 3, 4, database('SELECT', 'users')],
    ['UPDATE orders', 3, 4, database('UPDATE', 'orders')],
  ];
}

/** The worker processes the job of each request. */
const firstOfWorker = 7;

function traceOf(traceId: string, failed: boolean): { service: string; span: object }[] {
  const path: string[] = [];
  let start = random(100_000_000);
  return shapes(traceId).map(([name, kind, depth, values], i) => {
    const spanId = randomBytes(8).toString('hex');
    const parentSpanId = depth === 0 ? undefined : path[depth - 1];
    path[depth] = spanId;
    start += 100_000 + random(1_000_000);
    const end = start + 200_000 + random(depth === 0 ? 400_000_000 : 20_000_000);
    const error = failed && (i === 0 || i === 2);
    return {
      service: i < firstOfWorker ? 'api-server' : 'worker',
      span: {
        ...{ traceId, spanId, parentSpanId, name, kind, attributes: attributes(values) },
        ...{ startTimeUnixNano: nanoseconds(start), endTimeUnixNano: nanoseconds(end) },
        status: error ? { code: 2, message: 'no mail to ada.lovelace@example.com' } : {},
        events: error ? [exception(start)] : [],
      },
    };
  });
}

const nanoseconds = (offset: number): string => secondMark + String(offset).padStart(9, '0');

const exception = (at: number): object => ({
  name: 'exception',
  timeUnixNano: nanoseconds(at),
  attributes: attributes({
    'exception.type': 'DeliveryError',
    'exception.message': 'no mail to ada.lovelace@example.com',
    'exception.stacktrace': 'at deliver (/app/worker.js:120:11)\n'.repeat(12),
  }),
});

const attributes = (values: Values): object[] =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
