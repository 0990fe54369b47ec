import { choice, id, real } from './plain-parts';

/**
 * Caddy's access log. Most headers of a request and of its response cannot contain anything to
 * redact. The rules do not check them: Go's fast algorithms need either a short line or a small
 * pattern, so a line of 1.2 KB takes ten times as long as one of 400 bytes.
 */

const word = '(?:[A-Za-z]+[0-9]*|[0-9]+)?';
const host = '[A-Za-z.-]*(?::[0-9]*)?';
/** Patterns of the list of values after a header's name. */
const header = {
  /** Words and numbers. */
  text: `":\\["${word}(?:(?:[ /.;:,()_*='?+-]|\\\\")${word})*"\\]`,
  id: `":\\["${id}"\\]`,
  masked: '":\\["REDACTED"\\]',
  origin: `":\\["(?:https?://)?${host}"\\]`,
  /** Addresses, hosts and protocols of proxies. */
  hops: '":\\["[0-9a-z:., -]*"\\]',
  /**
   * Of a WebSocket's handshake. Its key is a random number, and the server returns the hash of it.
   * Neither is a secret.
   */
  handshake: '":\\["[A-Za-z0-9+/=;,_ -]*"\\]',
};

/**
 * Other headers may have any value. Here a name is a pattern for all headers with the same start.
 */
const more = '[A-Za-z-]*';
const requestHeaders = {
  ...named(header.text, [
    ...[`Accept${more}`, 'Cache-Control', 'Connection', `Content-${more}`, 'Dnt', 'Priority'],
    ...[`Sec-Ch-${more}`, `Sec-Fetch-${more}`, `Upgrade-I${more}`, 'User-Agent', 'Via'],
  ]),
  ...named(header.id, ['Traceparent', 'X-Request-Id']),
  ...named(header.masked, ['Authorization', 'Cookie']),
};
const moreRequestHeaders = {
  ...requestHeaders,
  ...named(header.text, ['Pragma', 'Upgrade']),
  ...named(header.origin, ['Origin']),
  ...named(header.hops, ['X-Forwarded-(?:For|Host|Proto)']),
  // `Sec-Websocket-Protocol` may be a token.
  ...named(header.handshake, ['Sec-Websocket-(?:Extensions|Key|Version)']),
};
const answerHeaders = {
  ...named(header.text, [
    ...[`Access-Control-${more}`, 'Alt-Svc', 'Cache-Control', `Content-${more}`, 'Date', 'Server'],
    ...[`Referrer-${more}`, 'Vary', 'Via'],
    ...[`X-Content-Type-${more}`, `X-F${more}`],
  ]),
  ...named(header.id, ['X-Request-Id']),
  ...named(header.masked, ['Set-Cookie']),
};
const moreAnswerHeaders = {
  ...answerHeaders,
  ...named(header.text, ['Connection', 'Upgrade']),
  ...named(header.handshake, ['Sec-WebSocket-(?:Accept|Extensions)']),
};

function named(value: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

const someOf = (names: Readonly<Record<string, string>>): string => `(?:"${choice(names)},?)*`;

/** The beginning of an access line, before the URI. */
const start =
  `\\{"level":"[a-z]*","ts":${real},"logger":"[a-z0-9.]*","msg":"handled request","request":\\{` +
  '"remote_ip":"[0-9a-f:.]*","remote_port":"[0-9]*","client_ip":"[0-9a-f:.]*","proto":"HTTP/[0-9.]*",' +
  `"method":"[A-Z]*","host":"${host}",`;

/** The end, after the headers of the request. */
const end = (headers: Readonly<Record<string, string>>): string =>
  '\\}(?:,"tls":\\{[a-z0-9_":,. -]*\\})?\\},' +
  `"bytes_read":[0-9]*,"user_id":"","duration":${real},"size":[0-9]*,"status":[0-9]*,` +
  `"resp_headers":\\{${someOf(headers)}\\}\\}`;

/** An access line that the rules do not check. It has only the most frequent headers. */
export function caddyLine(): string {
  const segment = '(?:[A-Za-z_.-]+[0-9]{0,2}|[0-9]{1,10})?';
  const parameter = '(?:lang|limit|offset|order|page|sort|status|type)=(?:[a-z_]+|[0-9]{1,6})';
  const uri = `(?:/${segment})*(?:\\?${parameter}(?:&${parameter})*)?`;
  return `^${start}"uri":"${uri}","headers":\\{${someOf(requestHeaders)}${end(answerHeaders)}$`;
}

const jsonText = '"(?:[^"\\\\]|\\\\.)*"';
const anyHeader = `${jsonText}:\\[${jsonText}(?:,${jsonText})*\\]`;

/**
 * Any other access line with nothing to redact outside its URI and the headers of the request.
 * `checked` is the text that the rules check: `uri`, and the headers that are not harmless.
 */
export const longLine = {
  /** Text in every such line. */
  when: '"msg":"handled request"',
  /** The groups are all of the line. `headers` are the headers of the request. */
  pattern:
    `^(?P<start>${start})(?P<uri>"uri":${jsonText},"headers":\\{)` +
    `(?P<headers>(?:${anyHeader}(?:,${anyHeader})*)?)(?P<end>${end(moreAnswerHeaders)})$`,
  /** The headers have a comma before each, also the first. */
  header: {
    /** A header without anything to redact. */
    harmless: `,"${choice(moreRequestHeaders)}`,
    any: `,${anyHeader}`,
  },
  /** The text that the rules check begins with this. */
  checked: '"uri":',
  /** Where the first of the remaining headers has a comma too many. */
  first: { from: '"headers":{,', to: '"headers":{' },
} as const;
