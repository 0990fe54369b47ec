/**
 * A line in the format of its source. @param at time of the line @param i number of the line, which
 * makes lines unique
 */
type Write = (at: Date, i: number) => string;

const hex = (i: number, length: number): string =>
  (BigInt(i + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n).toString(16).slice(-length);

export const apiServer: Write = (at, i) =>
  JSON.stringify({
    timestamp: at.toISOString(),
    level: 'info',
    service: 'api-server',
    requestId: `req_${hex(i, 16)}`,
    userId: `user_${i % 997}`,
    traceId: hex(i, 32),
    method: 'POST',
    path: '/v1/tracks/:id',
    statusCode: 201,
    duration_ms: i % 777,
    message: 'Track created successfully',
  });

/**
 * For a request with credentials: Caddy writes all its headers, with the credentials as REDACTED.
 */
const caddy: Write = (at, i) =>
  JSON.stringify({
    level: 'info',
    ts: at.getTime() / 1000,
    logger: 'http.log.access.log0',
    msg: 'handled request',
    request: {
      ...{ remote_ip: '172.27.0.17', remote_port: `${40_000 + (i % 20_000)}` },
      ...{ client_ip: '172.27.0.17', proto: 'HTTP/2.0', method: 'GET', host: 'api.audifi.io' },
      uri: `/v1/tracks/${i}?page=2`,
      headers: {
        'User-Agent': [
          'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36',
        ],
        Authorization: ['REDACTED'],
        'Accept-Encoding': ['gzip, deflate, br'],
        Accept: ['application/json'],
        Traceparent: [`00-${hex(i, 32)}-${hex(i, 16)}-01`],
      },
      tls: { resumed: false, version: 772, cipher_suite: 4_865, proto: 'h2', server_name: 'api' },
    },
    ...{ bytes_read: 0, user_id: '', duration: (i % 777) / 1000, size: 2_646, status: 200 },
    resp_headers: {
      'X-Request-Id': [`req_${hex(i, 16)}`],
      'Content-Type': ['application/json; charset=utf-8'],
      'Content-Security-Policy': ["default-src 'none'; frame-ancestors 'none'"],
      ...{ Via: ['1.1 Caddy'], 'Content-Length': ['2646'] },
    },
  });

const worker: Write = (at, i) =>
  JSON.stringify({
    ...{ level: 'info', timestamp: at.toISOString(), service: 'worker', job: 'email' },
    ...{ requestId: `job_${hex(i, 32)}`, duration_ms: i % 99, to: 'ada.lovelace@example.com' },
    ...{ traceId: hex(i, 32), message: 'Job done' },
  });

const wsServer: Write = (at, i) =>
  JSON.stringify({
    ...{ level: 'info', timestamp: at.toISOString(), service: 'ws-server' },
    ...{ event: 'ws.client_closed', sessionId: `studio-${i % 50}`, userId: `user_${i % 997}` },
    ...{ duration_ms: i, message: 'Connection closed' },
  });

const postgres: Write = (at, i) =>
  `${at.toISOString().replace('T', ' ').replace('Z', ' UTC')} [${i % 999}] LOG:  duration: ${1_000 + (i % 777)}.123 ms  execute: SELECT id, title FROM tracks WHERE id = $1`;

/**
 * Shares of twenty lines: each request is one line of the proxy and one line of the API, and the
 * rest are from other sources.
 */
const mix: readonly (readonly [job: string, share: number, write: Write])[] = [
  ['caddy', 8, caddy],
  ['api-server', 8, apiServer],
  ['worker', 2, worker],
  ['ws-server', 1, wsServer],
  ['postgres', 1, postgres],
];
const turns = mix.flatMap(([job, share, write]) =>
  Array.from({ length: share }, () => ({ job, write })),
);

export interface WrittenLine {
  readonly job: string;
  readonly at: Date;
  readonly line: string;
}

/**
 * Lines of all sources by job, in the same proportions as a day of AudiFi, one millisecond apart.
 */
export const mixedLines = (count: number, from: number): WrittenLine[] =>
  Array.from({ length: count }, (_, i) => {
    const { job, write } = turns[i % turns.length] ?? { job: 'api-server', write: apiServer };
    const at = new Date(from + i);
    return { job, at, line: write(at, i) };
  });

/** Lines of the API server only, which need no redaction. */
export const cleanLines = (count: number, from: number): WrittenLine[] =>
  Array.from({ length: count }, (_, i) => {
    const at = new Date(from + i);
    return { job: 'api-server', at, line: apiServer(at, i) };
  });
