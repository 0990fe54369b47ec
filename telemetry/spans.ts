/**
 * The spec's four key traces: names and attributes of their spans, by OpenTelemetry's semantic conventions where
 * these have a name (https://opentelemetry.io/docs/specs/semconv/).
 */
export interface SpanSpec {
  /** Name, with `{…}` for what varies within a bounded set. */
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal' | 'producer';
  readonly help: string;
  readonly attributes: readonly Attribute[];
}

/** Attributes in use, each with what its values are. Nothing personal: a user is an opaque id. */
export const attributes = {
  'http.request.method': 'GET, POST, …',
  'http.route': 'route template such as /v1/tracks/:id',
  'http.response.status_code': 'status of the answer',
  'http.response.body.size': 'bytes of the answer',
  'url.path': 'path without query',
  'user.id': 'opaque id of the user',
  'session.id': 'V Studio session',
  'code.function.name': 'function that answers',
  'db.system.name': 'postgresql or redis',
  'db.operation.name': 'SELECT, INSERT, …, SET, GET',
  'db.collection.name': 'main table',
  'db.namespace': 'database',
  'messaging.operation.name': 'receive or publish',
  'messaging.destination.name': 'channel of Redis',
  'websocket.message.type': 'chat, vote, reaction, …',
  'websocket.recipients': 'connections that the message went to',
  'stripe.event.type': 'e.g. checkout.session.completed',
  'rpc.system.name': 'jsonrpc',
  'rpc.method': 'e.g. eth_call',
  'blockchain.network': 'ethereum or base',
  'server.address': 'host that was called',
  'cache.key': 'key without personal parts',
  'error.type': 'class of the failure; only on failed spans',
} as const;

export type Attribute = keyof typeof attributes;

const span = (
  kind: SpanSpec['kind'],
  name: string,
  help: string,
  ...attributes: readonly Attribute[]
): SpanSpec => ({ kind, name, help, attributes });

const database = (operation: string): SpanSpec =>
  span(
    'client',
    operation,
    'A query to PostgreSQL.',
    ...(['db.system.name', 'db.operation.name', 'db.collection.name', 'db.namespace'] as const),
  );

/** Spans of each trace, parents before children. */
export const keyTraces = {
  'API Request': [
    span(
      'server',
      '{method} {route}',
      'The whole request.',
      ...([
        ...[
          'http.request.method',
          'http.route',
          'url.path',
          'http.response.status_code',
          'user.id',
        ],
      ] as const),
    ),
    span('internal', 'auth', 'Who asks, and may they.', 'user.id'),
    span('internal', 'handler {name}', 'The work.', 'code.function.name'),
    database('{operation} {table}'),
    span('internal', 'response', 'Writing the answer.', 'http.response.body.size'),
  ],
  'WebSocket Message': [
    span(
      'server',
      'ws.receive {type}',
      'A message from a client.',
      ...(['websocket.message.type', 'session.id', 'messaging.operation.name'] as const),
    ),
    span('internal', 'ws.auth', 'May the sender say this.', 'user.id'),
    span('internal', 'ws.process', 'What the message does.', 'websocket.message.type'),
    span(
      'producer',
      'ws.broadcast',
      'To all servers and from them to clients.',
      ...([
        ...['messaging.operation.name', 'messaging.destination.name', 'websocket.recipients'],
      ] as const),
    ),
  ],
  'Stripe Webhook': [
    span(
      'server',
      'POST /v1/webhooks/stripe',
      'A call of Stripe.',
      ...(['http.request.method', 'http.route', 'http.response.status_code'] as const),
    ),
    span('internal', 'stripe.verify', 'Is the signature Stripe’s.'),
    span('internal', 'stripe.process', 'What the event means for us.', 'stripe.event.type'),
    database('UPDATE orders'),
  ],
  'Blockchain Call': [
    span('internal', 'blockchain.request', 'What we want to know.', 'blockchain.network'),
    span(
      'client',
      '{method}',
      'The call to the node, e.g. eth_call.',
      ...(['rpc.system.name', 'rpc.method', 'blockchain.network', 'server.address'] as const),
    ),
    span('internal', 'blockchain.parse', 'Reading the answer.'),
    span(
      'client',
      'SET',
      'Updating the cache.',
      ...(['db.system.name', 'db.operation.name', 'cache.key'] as const),
    ),
  ],
} as const satisfies Readonly<Record<string, readonly SpanSpec[]>>;

export type KeyTrace = keyof typeof keyTraces;
