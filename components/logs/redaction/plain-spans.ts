import { id } from './plain-parts';

/**
 * Spans that cannot contain anything to redact, as the collector's redaction writes them in one
 * line: attributes of the contract and of OpenTelemetry's conventions, also older ones, with ids,
 * numbers and plain words. One match lets them pass. Any other span is checked by all rules, which
 * takes about twenty times as long: one with a URL, a statement or a user agent, as automatic
 * instrumentation sets them for requests and queries.
 */

/** Shorter than a token. */
const segment = ':?[A-Za-z0-9_{}.-]{0,11}';
const path = `/?${segment}(?:/${segment})*`;
const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** A middleware of Express. Its name may be longer than a segment of a path. */
const step = `(?:${path}|[A-Za-z]*|(?:<|\\\\u003c)anonymous(?:>|\\\\u003e))`;

/** Names of attributes by the pattern of their values. */
const attributes: readonly (readonly [value: string, names: readonly string[]])[] = [
  [`"${id}"`, ['requestId']],
  [`"${path}"`, ['http.route', 'url.path']],
  [`"${step}"`, ['express.name']],
  // Shorter than the number of a card.
  [
    `"(?:[a-z0-9_-]{0,13}|${uuid})"`,
    [
      ...['user.id', 'track.id', 'session.id', 'messaging.message.id'],
      ...['db.namespace', 'db.response.status_code', 'db.name'],
    ],
  ],
  [
    '"?[0-9.]{0,8}"?',
    [
      ...['http.response.status_code', 'http.response.body.size', 'studio.peak_connections'],
      ...['db.response.returned_rows', 'websocket.recipients', 'server.port', 'network.peer.port'],
      ...['network.protocol.version', 'thread.id', 'http.status_code', 'http.flavor'],
      ...['http.request.body.size', 'net.peer.port', 'net.host.port', 'rpc.grpc.status_code'],
    ],
  ],
  [
    // A colon may follow the name of a secret.
    '"?(?:queue:)?[A-Za-z_.-]*(?::\\{[A-Za-z]*\\})?"?',
    [
      ...['exemplar', 'error.type', 'http.request.method', 'url.scheme', 'code.function.name'],
      ...['db.system.name', 'db.operation.name', 'db.collection.name', 'messaging.system'],
      ...['messaging.operation.name', 'messaging.operation.type', 'messaging.destination.name'],
      ...['websocket.message.type', 'stripe.event.type', 'rpc.system.name', 'rpc.method'],
      ...['blockchain.network', 'server.address', 'cache.key', 'cache.hit', 'auth.method'],
      ...['http.method', 'http.scheme', 'net.transport', 'net.peer.name', 'net.host.name'],
      ...['network.transport', 'network.type', 'network.protocol.name', 'db.system'],
      ...['db.operation', 'db.sql.table', 'rpc.system', 'express.type', 'peer.service'],
      ...['messaging.operation', 'messaging.destination', 'span.kind'],
    ],
  ],
];

/** `GET /v1/tracks/:id`, `SELECT tracks`, `handler getTrack`, `ws.auth`, `middleware - query`. */
const name = `"(?:(?:[A-Z]{1,8}|[a-z.]{1,20})(?: ${path})?|(?:middleware|router|request handler) - ${step})"`;

const field = attributes
  .map(([value, names]) => `"(?:${names.join('|').replaceAll('.', '\\.')})":${value}`)
  .join('|');

/** A span that matches it is not changed. */
export const plainSpan = `^\\{"attributes":\\{(?:(?:${field}),?)*\\},"name":${name},"status":""\\}$`;
