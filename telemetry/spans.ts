/**
 * The spec's four key traces and the spans around them. Names and attributes follow OpenTelemetry's
 * semantic conventions where they exist (https://opentelemetry.io/docs/specs/semconv/). Names are
 * types, so an unknown name does not compile.
 */
export interface SpanSpec<Name extends string = string> {
  /** Name, with `{…}` for a variable part with a bounded set of values. */
  readonly name: Name;
  readonly kind: SpanKindName;
  readonly help: string;
  /** Attributes that it may have, in addition to `commonAttributes`. */
  readonly attributes: readonly Attribute[];
}

export type SpanKindName = 'server' | 'client' | 'internal' | 'producer' | 'consumer';

/** All attributes of spans and their values. No personal data: a user is an opaque id. */
export const attributes = {
  requestId: 'id of the request as in the log, e.g. req_abc123',
  'track.id': 'id of the track',
  exemplar: '"true" on a span that an exemplar refers to, so that the collector keeps its trace',
  'error.type': 'class of the error, or an error code such as not_found',
  'http.request.method': 'GET, POST, …',
  'http.route': 'route template such as /v1/tracks/:id',
  'http.response.status_code': 'status of the response',
  'http.response.body.size': 'bytes of the response body',
  'url.path': 'path without query, masked',
  'url.scheme': 'http',
  'user.id': 'opaque id of the user',
  'session.id': 'V Studio session',
  'studio.peak_connections': 'most connections that a session had at one time on this server',
  'code.function.name': 'handler function',
  'db.system.name': 'postgresql or redis',
  'db.operation.name': 'SELECT, INSERT, …, SET',
  'db.collection.name': 'main table',
  'db.namespace': 'database',
  'db.response.status_code': 'SQLSTATE of a failed query',
  'messaging.system': 'redis',
  'messaging.operation.name': 'send, process, publish or deliver',
  'messaging.operation.type': 'send or process',
  'messaging.destination.name': 'queue, or channel of Redis as a template',
  'messaging.message.id': 'id of the job',
  'websocket.message.type': 'chat, vote or reaction',
  'websocket.recipients': 'connections on this server that receive the message',
  'stripe.event.type': 'e.g. checkout.session.completed',
  'rpc.system.name': 'jsonrpc',
  'rpc.method': 'e.g. eth_call',
  'blockchain.network': 'ethereum or base',
  'server.address': 'host that is called',
  'server.port': 'port that is called',
  'cache.key': 'key without personal parts',
} as const;

export type Attribute = keyof typeof attributes;

/** Any span may have these. */
export const commonAttributes = ['error.type', 'exemplar'] as const satisfies readonly Attribute[];

/** Attributes of the event `exception`, by which an error is recorded. */
export const exceptionAttributes = [
  'exception.type',
  'exception.message',
  'exception.stacktrace',
] as const;

/** Baggage that is propagated, only between AudiFi's own services. Other entries are dropped. */
export const baggageKeys = ['requestId'] as const;
export type BaggageKey = (typeof baggageKeys)[number];

/** A name from the code, never client input. */
const anyName = 'any name';

/** Values of the placeholders in names. */
export const placeholders = {
  method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  route: anyName,
  function: anyName,
  operation: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'OTHER'],
  table: anyName,
  type: ['chat', 'vote', 'reaction'],
  queue: ['email', 'payout', 'transcode', 'mint'],
  rpc: ['eth_call', 'eth_getBalance', 'eth_blockNumber'],
  stub: ['stripe', 'rpc', 'email', 'oauth'],
} as const;

type Placeholders = {
  readonly [P in keyof typeof placeholders]: (typeof placeholders)[P] extends readonly (infer V)[]
    ? V & string
    : string;
};

type Filled<Name extends string> =
  Name extends `${infer Before}{${infer P extends keyof Placeholders}}${infer After}`
    ? `${Before}${Placeholders[P]}${Filled<After>}`
    : Name;

const span = <const Name extends string>(
  kind: SpanKindName,
  name: Name,
  help: string,
  ...attributes: readonly Attribute[]
): SpanSpec<Name> => ({ kind, name, help, attributes });

const httpServer = [
  ...(['http.request.method', 'http.route', 'url.path', 'url.scheme'] as const),
  'http.response.status_code',
] as const;
const httpClient = [
  ...(['http.request.method', 'server.address', 'server.port'] as const),
  'http.response.status_code',
] as const;
const database = [
  ...(['db.system.name', 'db.operation.name', 'db.collection.name', 'db.namespace'] as const),
  ...(['server.address', 'db.response.status_code'] as const),
] as const;
const messaging = [
  ...(['messaging.system', 'messaging.operation.name', 'messaging.operation.type'] as const),
  'messaging.destination.name',
] as const;

/** Spans of each trace, parents before children. */
export const keyTraces = {
  'API Request': [
    span(
      'server',
      '{method} {route}',
      'The whole request.',
      ...([...httpServer, 'requestId', 'user.id'] as const),
    ),
    span('internal', 'auth', 'Authentication and authorisation.', 'user.id'),
    span(
      'internal',
      'handler {function}',
      'The work of the handler.',
      'code.function.name',
      'track.id',
    ),
    span('client', '{operation} {table}', 'A query to PostgreSQL.', ...database),
    span('internal', 'response', 'Writing the response.', 'http.response.body.size'),
  ],
  'WebSocket Message': [
    span(
      'server',
      'ws.receive {type}',
      'Processing of a client message, until the reply.',
      ...(['websocket.message.type', 'session.id', 'requestId'] as const),
    ),
    span('internal', 'ws.auth', 'Authorisation of the sender.', 'user.id'),
    span('internal', 'ws.process', 'Processing of the message.', 'websocket.message.type'),
    span(
      'producer',
      'ws.broadcast',
      'Broadcast to all servers of the session, through Redis.',
      ...([...messaging, 'server.address', 'websocket.recipients'] as const),
    ),
  ],
  'Stripe Webhook': [
    span(
      'server',
      'POST /v1/webhooks/stripe',
      'A webhook call from Stripe.',
      ...([...httpServer, 'requestId'] as const),
    ),
    span('internal', 'stripe.verify', 'Verification of Stripe’s signature.'),
    span('internal', 'stripe.process', 'Processing of the event.', 'stripe.event.type'),
    span('client', 'UPDATE orders', 'Marks the order as paid.', ...database),
  ],
  'Blockchain Call': [
    span(
      'internal',
      'blockchain.request',
      'The blockchain request as a whole.',
      'blockchain.network',
    ),
    span(
      'client',
      '{rpc}',
      'The call to the node, e.g. eth_call.',
      ...([...httpClient, 'rpc.system.name', 'rpc.method', 'blockchain.network'] as const),
    ),
    span('internal', 'blockchain.parse', 'Parsing of the response.'),
    span(
      'client',
      'SET',
      'Updating the cache.',
      ...(['db.system.name', 'db.operation.name', 'server.address', 'cache.key'] as const),
    ),
  ],
} as const satisfies Readonly<Record<string, readonly SpanSpec[]>>;

export type KeyTrace = keyof typeof keyTraces;

/** Spans that continue the key traces in other processes. */
export const connectingSpans = [
  span(
    'internal',
    'studio.session',
    'A V Studio session on one server, from its first connection to the end of its last one; its messages have the same session.id.',
    ...(['session.id', 'studio.peak_connections'] as const),
  ),
  span(
    'client',
    '{method}',
    'An outgoing HTTP call: by a user, to Stripe, e-mail or OAuth, or by Stripe.',
    ...([...httpClient, 'requestId'] as const),
  ),
  span(
    'client',
    'ws.send {type}',
    'A message from a user over the WebSocket, until the reply.',
    ...(['websocket.message.type', 'session.id', 'server.address', 'server.port'] as const),
    'requestId',
  ),
  span(
    'consumer',
    'ws.deliver',
    'Delivery of a broadcast to the clients of this server.',
    ...([...messaging, 'websocket.recipients'] as const),
  ),
  span(
    'producer',
    'send {queue}',
    'Adding a job to its queue.',
    ...([...messaging, 'messaging.message.id', 'server.address'] as const),
  ),
  span(
    'consumer',
    'process {queue}',
    'One attempt at a job: a child of the span that sent it, and linked to it.',
    ...([...messaging, 'messaging.message.id', 'requestId', 'track.id'] as const),
  ),
  span(
    'server',
    '{method}',
    'A request without a matching route.',
    ...([...httpServer, 'requestId'] as const),
  ),
  span('server', 'POST /{stub}', 'A stub of an external service.', ...httpServer),
] as const satisfies readonly SpanSpec[];

type Name<Specs extends readonly SpanSpec[]> = Filled<Specs[number]['name']>;

/** Names of spans with their placeholders filled in. */
export type SpanName = Name<(typeof keyTraces)[KeyTrace]> | Name<typeof connectingSpans>;
