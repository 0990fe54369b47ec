import type { LogFieldName } from '../../../telemetry';

/**
 * Lines of known sources that cannot contain anything to redact: fields of the log contract with
 * ids, numbers and plain words, Caddy's access log with known headers and simple paths, and slow
 * statements of PostgreSQL with placeholders. One match lets them pass. A line with anything else,
 * even a single `@`, is checked by all rules.
 *
 * The patterns are anchored and deterministic, so that Go needs one pass (see
 * ordinary.ts).
 */

/**
 * `req_0a1b`, a trace ID, or a UUID: the part after the prefix is hexadecimal, so it is not a key,
 * a wallet or an e-mail address.
 */
export const id = '(?:[g-z][a-z]*[_-])?[0-9a-f-]*';
const words = '[A-Za-z_.:-]*';
const number = '-?[0-9]{1,10}(?:\\.[0-9]{1,9})?';
/** Path segments of letters. `v1` may be the first segment. */
const route = '(?:/(?:v[0-9]{0,2}[A-Za-z/:_.*{}-]*|[A-Za-uw-z:_.*{}-][A-Za-z/:_.*{}-]*)?)?';

/**
 * A sentence of words without digits, and without characters that precede a value. A key or a
 * password may be a long word, and may follow `--` or a quote.
 */
const term = "[A-Za-z]{1,14}(?:[_'-][a-z]{1,14})*";
const sentence = `(?:${term})?(?:[ ,.()!?/](?:${term})?)*`;

/** Frequent fields of the log contract. A line with any other field is checked by all rules. */
const contract: Partial<Record<LogFieldName, string>> = {
  timestamp: '"[0-9TZ:.+-]*"',
  level: `"${words}"`,
  service: `"${words}"`,
  message: `"${sentence}"`,
  requestId: `"${id}"`,
  userId: `"${id}"`,
  sessionId: `"${id}"`,
  traceId: `"${id}"`,
  spanId: `"${id}"`,
  method: `"${words}"`,
  path: `"${route}"`,
  statusCode: number,
  duration_ms: number,
  job: `"${words}"`,
  event: `"${words}"`,
  messageId: `"${id}"`,
  messageType: `"${words}"`,
  messageBytes: number,
};

/**
 * Combines names and the pattern after each name into one deterministic pattern: common prefixes
 * are merged, and a common continuation is written once.
 */
function choice(names: Readonly<Record<string, string>>): string {
  // A name that is a prefix of other names ends here.
  const { '': ended, ...longer } = names;
  const keys = Object.keys(longer);
  const firsts = [...new Set(keys.map((key) => key.slice(0, 1)))].sort();
  /** Groups names by continuation if their first letter is unambiguous. */
  const alike = new Map<string, string[]>();
  const branches: string[] = [];
  for (const first of firsts) {
    const rest = keys.filter((key) => key.startsWith(first));
    const [value = '', ...others] = new Set(rest.map((key) => names[key] ?? ''));
    if (others.length === 0) alike.set(value, [...(alike.get(value) ?? []), ...rest]);
    else {
      const shorter = rest.map((key) => [key.slice(1), names[key] ?? ''] as const);
      branches.push(first + choice(Object.fromEntries(shorter)));
    }
  }
  for (const [value, some] of alike) branches.push(spelled(some) + value);
  if (ended !== undefined) branches.push(ended);
  return branches.length === 1 ? branches.join('') : `(?:${branches.join('|')})`;
}

/** Go factors out common prefixes of adjacent alternatives. */
const spelled = (keys: readonly string[]): string =>
  keys.length === 1 ? keys.join('') : `(?:${[...keys].sort().join('|')})`;

function contractLine(): string {
  const field = `"${choice(Object.fromEntries(Object.entries(contract).map(([name, value]) => [name, `":${value}`])))}`;
  return `^\\{${field}(?:,${field})*\\}$`;
}

const real = '[0-9]+(?:\\.[0-9]+)?(?:e-[0-9]+)?';
const word = '(?:[A-Za-z]+[0-9]*|[0-9]+)?';
const header = {
  /** Words and numbers. */
  text: `":\\["${word}(?:(?:[ /.;:,()_*='?+-]|\\\\")${word})*"\\]`,
  id: `":\\["${id}"\\]`,
  masked: '":\\["REDACTED"\\]',
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
const answerHeaders = {
  ...named(header.text, [
    ...[`Access-Control-${more}`, 'Alt-Svc', 'Cache-Control', `Content-${more}`, 'Date', 'Server'],
    ...[`Referrer-${more}`, 'Vary', 'Via'],
    ...[`X-Content-Type-${more}`, `X-F${more}`],
  ]),
  ...named(header.id, ['X-Request-Id']),
  ...named(header.masked, ['Set-Cookie']),
};

function named(value: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

const someOf = (names: Readonly<Record<string, string>>): string =>
  `\\{(?:"${choice(names)},?)*\\}`;

/** An access line of Caddy, around its URI and the headers of the request. */
const caddy = {
  start:
    `\\{"level":"[a-z]*","ts":${real},"logger":"[a-z0-9.]*","msg":"handled request","request":\\{` +
    '"remote_ip":"[0-9a-f:.]*","remote_port":"[0-9]*","client_ip":"[0-9a-f:.]*","proto":"HTTP/[0-9.]*",' +
    '"method":"[A-Z]*","host":"[A-Za-z.-]*(?::[0-9]{1,5})?",',
  end:
    '(?:,"tls":\\{[a-z0-9_":,. -]*\\})?\\},' +
    `"bytes_read":[0-9]*,"user_id":"","duration":${real},"size":[0-9]*,"status":[0-9]*,"resp_headers":${someOf(answerHeaders)}\\}`,
};

function caddyLine(): string {
  const segment = '(?:[A-Za-z_.-]+[0-9]{0,2}|[0-9]{1,10})?';
  const parameter = '(?:lang|limit|offset|order|page|sort|status|type)=(?:[a-z_]+|[0-9]{1,6})';
  const uri = `(?:/${segment})*(?:\\?${parameter}(?:&${parameter})*)?`;
  return `^${caddy.start}"uri":"${uri}","headers":${someOf(requestHeaders)}${caddy.end}$`;
}

/** Text in every line that may match `longLine`. */
export const longLineText = '"msg":"handled request"';

const jsonText = '"(?:[^"\\\\]|\\\\.)*"';

/**
 * An access line of Caddy with nothing to redact outside its URI and the headers of the request.
 * The rules then check only the group `middle`, because Go's fast algorithms need either a short
 * line or a small pattern: a line of 1.2 KB took ten times as long as 400 bytes.
 */
export const longLine =
  `^(?P<start>${caddy.start})(?P<middle>"uri":${jsonText},` +
  `"headers":\\{(?:${jsonText}:\\[${jsonText}(?:,${jsonText})*\\],?)*\\})(?P<end>${caddy.end})$`;

/**
 * A statement in the log of PostgreSQL, with placeholders for all values. Its words have no digits,
 * so none of them is a value. Quoted words are names of tables and columns.
 */
function postgresLine(): string {
  const part = '(?:[A-Za-z_]{1,40}|\\$[0-9]{1,3})';
  return (
    '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+ [A-Z]{2,5} \\[[0-9]{1,10}\\] LOG:  ' +
    `duration: ${real} ms(?:  (?:parse|bind|execute|statement) ?[A-Za-z0-9_<>/]{0,20}: ` +
    `(?:SELECT|INSERT|UPDATE|DELETE|WITH)(?:[ ,.:()*=<>"](?:${part})?)*)?$`
  );
}

/** A line that matches one of these patterns is not changed. */
export const plainLines: readonly string[] = [contractLine(), caddyLine(), postgresLine()];
