import type { LogFieldName } from '../../../telemetry';
import { alertEventLine } from './alert-events';
import { caddyLine } from './caddy-lines';
import { choice, id, real } from './plain-parts';

/**
 * Lines of known sources that cannot contain anything to redact: fields of the log contract with
 * ids, numbers and plain words, Caddy's access log with known headers and simple paths,
 * Alertmanager's events, and slow statements of PostgreSQL with placeholders. One match lets them
 * pass. A line with anything else, even a single `@`, is checked by all rules.
 *
 * The patterns are anchored and deterministic, so that Go needs one pass (see ordinary.ts).
 */

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
  statusCode: '[0-9]{3}',
  duration_ms: number,
  job: `"${words}"`,
  event: `"${words}"`,
  messageId: `"${id}"`,
  messageType: `"${words}"`,
  messageBytes: number,
  // Masked by the application.
  email: '"[^"@]\\*\\*\\*@[a-z0-9.-]*"',
};

function contractLine(): string {
  const field = `"${choice(Object.fromEntries(Object.entries(contract).map(([name, value]) => [name, `":${value}`])))}`;
  return `^\\{${field}(?:,${field})*\\}$`;
}

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
export const plainLines: readonly string[] = [
  contractLine(),
  caddyLine(),
  alertEventLine(),
  postgresLine(),
];
