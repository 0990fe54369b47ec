/** What a panel of the specification shows for the series in spec-world.ts. */
export interface SpecPanel {
  readonly dashboard: string;
  readonly panel: string;
  /** The specification's sentence. */
  readonly says: string;
  /** All series of the panel by name in the legend, to three decimals. */
  readonly shows: Readonly<Record<string, number>>;
  /** Panel type, if the specification's requirement is not visible in numbers. @default any */
  readonly type?: string;
}

const of = (
  dashboard: string,
  ...panels: readonly (readonly [
    panel: string,
    says: string,
    shows: SpecPanel['shows'],
    type?: string,
  ])[]
): SpecPanel[] =>
  panels.map(([panel, says, shows, type]) => ({
    ...{ dashboard, panel, says, shows },
    ...(type === undefined ? {} : { type }),
  }));

/** The 34 panels of the specification, in its order. */
export const specPanels: readonly SpecPanel[] = [
  ...of(
    'audifi-overview',
    [
      'Service Health',
      'Up/down status for all services',
      { 'api-server': 0.5, 'ws-server': 1, worker: 1, postgres: 0, redis: 1 },
    ],
    ['Request Rate', 'Total requests per second', { 'api-server': 2 }],
    ['Error Rate', '4xx and 5xx rates', { '4xx': 0.1, '5xx': 0.2 }],
    // 20 of 30 below 0.1 s, 24 below 0.5 s, all below 1 s.
    ['Latency', 'P50, P95, P99 latencies', { p50: 0.075, p95: 0.875, p99: 0.975 }],
    ['Active Users', 'Currently active sessions', { sessions: 7 }],
    [
      'Resource Usage',
      'CPU, Memory, Disk',
      { 'CPU n:9100': 0.5, 'Memory n:9100': 0.75, 'Disk n:9100': 0.7 },
    ],
  ),
  ...of(
    'audifi-api',
    [
      'Requests by Endpoint',
      'Top 10 endpoints by volume',
      { 'GET /v1/tracks': 1.6, 'POST /v1/orders': 0.4 },
    ],
    [
      'Response Time by Endpoint',
      'Latency heatmap',
      { 'GET /v1/tracks': 0.38, 'POST /v1/orders': 0.975 },
      'heatmap',
    ],
    ['Error Rate by Endpoint', 'Error percentage', { 'GET /v1/tracks': 0, 'POST /v1/orders': 1 }],
    ['Status Code Distribution', '2xx, 3xx, 4xx, 5xx', { '2xx': 1.4, '4xx': 0.2, '5xx': 0.4 }],
    ['Request Size', 'Average request/response size', { request: 500, response: 2_000 }],
  ),
  ...of(
    'audifi-websocket',
    ['Active Connections', 'Current connections by role', { viewer: 21, host: 1, moderator: 1 }],
    ['Connection Rate', 'New connections per minute', { new: 16 }],
    ['Disconnection Reasons', 'Error types', { client_closed: 8, timeout: 4 }],
    ['Message Rate', 'Messages sent/received per second', { sent: 3, received: 0.6 }],
    ['Session Distribution', 'Connections per session', { s1: 15, s2: 6, s3: 2 }],
    ['Connection Duration', 'Average session length', { mean: 300, p50: 240 }],
  ),
  ...of(
    'audifi-v-studio',
    ['Active Sessions', 'Currently live sessions', { sessions: 3 }],
    ['Viewers per Session', 'Viewer counts', { s1: 13, s2: 6, s3: 2 }],
    ['Message Volume', 'Chat messages per minute', { messages: 24 }],
    ['Poll Activity', 'Votes cast', { votes: 4 }],
    ['Chat Platforms', 'Messages by source (Twitch, YouTube, etc.)', { audifi: 16, twitch: 8 }],
    ['Peak Concurrency', 'Maximum simultaneous viewers', { viewers: 41 }],
  ),
  ...of(
    'audifi-database',
    ['Connections', 'Active, idle, waiting', { active: 6, idle: 8, waiting: 4 }],
    ['Query Rate', 'Queries per second', { select: 3, insert: 1 }],
    // 15 seconds of 60 queries; 57 of them below 1 s.
    ['Query Latency', 'Average query time', { mean: 0.25, p95: 1 }],
    ['Slow Queries', 'Queries > 1 second', { tracks: 12, orders: 0 }],
    ['Table Sizes', 'Storage by table', { tracks: 150, orders: 40 }],
    ['Index Usage', 'Hit rates', { tracks: 0.9, orders: 0.25, 'all tables': 0.714 }],
  ),
  ...of(
    'audifi-external-services',
    ['Stripe Status', 'API success rate', { checkout_session: 0.9 }],
    ['RPC Latency', 'Blockchain RPC response times', { base: 0.48 }],
    ['Email Delivery', 'Success/failure rates', { success: 20, failed: 4 }],
    ['OAuth Logins', 'Success by provider', { google: 12 }],
    ['External API Errors', 'Failures by service', { stripe: 12, email: 4 }],
  ),
];
