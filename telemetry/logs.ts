/**
 * Log format of AudiFi's services: one JSON object per line, as in the spec. The log pipeline, the
 * dashboards, the application and the tests use it.
 */

/** Levels, and the retention of their lines in days. DEBUG exists only in staging. */
export const logLevels = {
  error: { retentionDays: 90, use: 'Application errors, exceptions' },
  warn: { retentionDays: 90, use: 'Degraded performance, retries' },
  info: { retentionDays: 14, use: 'Request/response, business events' },
  debug: { retentionDays: 3, use: 'Detailed diagnostics (staging only)' },
} as const;

export type LogLevel = keyof typeof logLevels;

/**
 * Share of its disk at which Loki refuses all lines, so that it can still write what it has
 * accepted. Loki's default is 0.9, which on a large disk wastes much space.
 */
export const lokiDiskFullRatio = 0.97;

export interface LogField {
  readonly type: 'text' | 'integer' | 'number' | 'object';
  readonly help: string;
  /** Whether every line has the field. @default false */
  readonly required?: boolean;
  /** Name in Loki's structured metadata, so that it can be searched without being a label. */
  readonly metadata?: string;
}

const field = (
  type: LogField['type'],
  help: string,
  more: Omit<LogField, 'type' | 'help'> = {},
): LogField => ({ type, help, ...more });

/** Fields of a line. E-mail addresses, wallets and phone numbers are masked. Never secrets. */
export const logFields = {
  timestamp: field('text', 'RFC 3339 with milliseconds, UTC.', { required: true }),
  level: field('text', 'One of the levels, lower case.', { required: true }),
  service: field('text', 'api-server, ws-server, worker.', { required: true }),
  message: field('text', 'One sentence.', { required: true }),
  requestId: field('text', 'Id of the request, e.g. req_abc123.', { metadata: 'request_id' }),
  userId: field('text', 'Opaque id of the user, e.g. user_456.', { metadata: 'user_id' }),
  sessionId: field('text', 'Id of the V Studio session.', { metadata: 'session_id' }),
  traceId: field('text', 'W3C trace id, 32 hex digits.', { metadata: 'trace_id' }),
  spanId: field('text', 'W3C span id, 16 hex digits.', { metadata: 'span_id' }),
  method: field('text', 'HTTP method.'),
  path: field('text', 'Route template such as /v1/tracks/:id.'),
  statusCode: field('integer', 'HTTP status.'),
  duration_ms: field('number', 'Milliseconds.'),
  job: field('text', 'Kind of job (worker).'),
  event: field('text', 'Business event, e.g. order.paid.'),
  messageType: field('text', 'Type of a message of V Studio, e.g. chat (ws-server).'),
  messageId: field('text', 'Id that the sender gave the message (ws-server).'),
  messageBytes: field('integer', 'Size of the message; its content is not logged (ws-server).'),
  email: field('text', 'Masked: u***@example.com.'),
  wallet: field('text', 'Shortened: 0x1234…abcd.'),
  version: field('text', 'Version of the build; in the first line of a process.'),
  error: field('object', 'type, message and stack of an exception.'),
} as const satisfies Readonly<Record<string, LogField>>;

export type LogFieldName = keyof typeof logFields;
