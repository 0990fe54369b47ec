/**
 * A small AudiFi as synthetic series in promtool's notation, with a sample every 15 seconds: `0+3`
 * is a counter of 0.2 per second. spec-panels.ts has the expected values of each panel.
 */
export type World = Readonly<Record<string, string>>;

const samples = 161;
/** A constant value. */
export const level = (value: number): string => `${value}x${samples}`;
/** A counter. @param step increase per 15 seconds */
export const grows = (step: number): string => `0+${step}x${samples}`;

/** `metric{labels}` of buckets: number of observations per 15 seconds up to each bound. */
function buckets(
  metric: string,
  labels: string,
  steps: Readonly<Record<string, number>>,
  sum: number,
): World {
  const all = Math.max(...Object.values(steps));
  const own = Object.entries({ ...steps, '+Inf': all }).map(([le, step]) => [
    `${metric}_bucket{${labels},le="${le}"}`,
    grows(step),
  ]);
  return Object.fromEntries([
    ...own,
    [`${metric}_sum{${labels}}`, grows(sum)],
    [`${metric}_count{${labels}}`, grows(all)],
  ]) as World;
}

const apiA = 'job="api-server",instance="a:9090"';
const apiB = 'job="api-server",instance="b:9090"';
const wsA = 'job="ws-server",instance="wa:9091"';
const wsB = 'job="ws-server",instance="wb:9091"';
const worker = 'job="worker",instance="w:9092"';
const postgres = 'job="postgres",instance="p:9187"';
const node = 'job="node",instance="n:9100",node="n"';
const table = (name: string): string =>
  `${postgres},server="p:5432",datname="audifi",schemaname="public",relname="${name}"`;
const disk = (device: string, fstype: string, mountpoint: string): string =>
  `${node},device="${device}",fstype="${fstype}",mountpoint="${mountpoint}"`;

const up: World = {
  [`up{${apiA}}`]: level(1),
  // Half of the API is down.
  [`up{${apiB}}`]: level(0),
  [`up{${wsA}}`]: level(1),
  [`up{${wsB}}`]: level(1),
  [`up{${worker}}`]: level(1),
  [`up{${postgres}}`]: level(1),
  // The exporter is up, but the database is down.
  [`pg_up{${postgres}}`]: level(0),
  'up{job="redis",instance="r:9121"}': level(1),
  'redis_up{job="redis",instance="r:9121"}': level(1),
};

/** 30 requests per 15 seconds: 10 % not found, 20 % failed. */
const http: World = {
  [`http_requests_total{${apiA},method="GET",path="/v1/tracks",status="200"}`]: grows(18),
  [`http_requests_total{${apiA},method="GET",path="/v1/tracks",status="404"}`]: grows(3),
  [`http_requests_total{${apiB},method="GET",path="/v1/tracks",status="200"}`]: grows(3),
  [`http_requests_total{${apiB},method="POST",path="/v1/orders",status="500"}`]: grows(6),
  ...buckets(
    'http_request_duration_seconds',
    `${apiA},method="GET",path="/v1/tracks"`,
    { '0.1': 20, '0.5': 24, '1': 24 },
    3,
  ),
  ...buckets(
    'http_request_duration_seconds',
    `${apiB},method="POST",path="/v1/orders"`,
    { '0.1': 0, '0.5': 0, '1': 6 },
    5,
  ),
  ...buckets('http_request_size_bytes', `${apiA},method="POST"`, { '1000': 6 }, 3_000),
  ...buckets('http_response_size_bytes', `${apiA},method="GET"`, { '10000': 24 }, 48_000),
  // Seven users. Each server reports the same number.
  [`user_sessions_active{${apiA}}`]: level(7),
  [`user_sessions_active{${apiB}}`]: level(7),
  [`user_sessions_active{${wsA}}`]: level(7),
};

const connections = (server: string, session: string, role: string): string =>
  `ws_connections_active{${server},session_id="${session}",role="${role}"}`;

/** Three sessions, two of them on both servers. */
const studio: World = {
  [connections(wsA, 's1', 'viewer')]: level(10),
  [connections(wsA, 's1', 'host')]: level(1),
  // 25 viewers for a minute, ten minutes before the end.
  [connections(wsA, 's2', 'viewer')]: '5x80 25x4 5x80',
  [connections(wsB, 's1', 'viewer')]: level(3),
  [connections(wsB, 's1', 'moderator')]: level(1),
  [connections(wsB, 's2', 'viewer')]: level(1),
  [connections(wsB, 's3', 'viewer')]: level(2),
  [`ws_sessions_active{${wsA}}`]: level(2),
  [`ws_sessions_active{${wsB}}`]: level(3),
  [`ws_connections_total{${wsA},status="connected"}`]: grows(3),
  [`ws_connections_total{${wsB},status="connected"}`]: grows(1),
  [`ws_connections_total{${wsA},status="disconnected"}`]: grows(3),
  [`ws_disconnections_total{${wsA},reason="client_closed"}`]: grows(2),
  [`ws_disconnections_total{${wsA},reason="timeout"}`]: grows(1),
  [`ws_messages_sent_total{${wsA}}`]: grows(30),
  [`ws_messages_sent_total{${wsB}}`]: grows(15),
  [`ws_messages_received_total{${wsA}}`]: grows(9),
  ...buckets('ws_connection_duration_seconds', wsA, { '60': 0, '300': 2, '900': 3 }, 900),
  [`studio_chat_messages_total{${wsA},platform="audifi"}`]: grows(3),
  [`studio_chat_messages_total{${wsB},platform="audifi"}`]: grows(1),
  [`studio_chat_messages_total{${wsA},platform="twitch"}`]: grows(2),
  [`studio_poll_votes_total{${wsA}}`]: grows(1),
};

const query = (server: string, operation: string, of: string): string =>
  `${server},operation="${operation}",table="${of}"`;

const database: World = {
  [`db_connections_active{${apiA}}`]: level(3),
  [`db_connections_active{${apiB}}`]: level(2),
  [`db_connections_active{${worker}}`]: level(1),
  [`db_connections_idle{${apiA}}`]: level(7),
  [`db_connections_idle{${worker}}`]: level(1),
  [`db_connections_waiting{${apiB}}`]: level(4),
  // Three of the 45 take longer than a second.
  ...buckets(
    'db_query_duration_seconds',
    query(apiA, 'select', 'tracks'),
    { '0.1': 30, '1': 42, '5': 45 },
    12,
  ),
  ...buckets(
    'db_query_duration_seconds',
    query(worker, 'insert', 'orders'),
    { '0.1': 15, '1': 15, '5': 15 },
    3,
  ),
  [`pg_stat_user_tables_table_size_bytes{${table('tracks')}}`]: level(100),
  [`pg_stat_user_tables_index_size_bytes{${table('tracks')}}`]: level(50),
  [`pg_stat_user_tables_table_size_bytes{${table('orders')}}`]: level(40),
  [`pg_stat_user_tables_index_size_bytes{${table('orders')}}`]: level(0),
  [`pg_stat_user_tables_idx_scan{${table('tracks')}}`]: grows(9),
  [`pg_stat_user_tables_seq_scan{${table('tracks')}}`]: grows(1),
  [`pg_stat_user_tables_idx_scan{${table('orders')}}`]: grows(1),
  [`pg_stat_user_tables_seq_scan{${table('orders')}}`]: grows(3),
};

const outside: World = {
  [`stripe_api_requests_total{${apiA},endpoint="checkout_session",status="success"}`]: grows(8),
  [`stripe_api_requests_total{${apiB},endpoint="checkout_session",status="success"}`]: grows(1),
  [`stripe_api_requests_total{${apiA},endpoint="checkout_session",status="error"}`]: grows(1),
  ...buckets('rpc_latency_seconds', `${apiA},network="base"`, { '0.1': 0, '0.5': 10 }, 3),
  ...buckets('rpc_latency_seconds', `${worker},network="base"`, { '0.1': 0, '0.5': 10 }, 3),
  [`email_sent_total{${worker},type="magic_link",status="success"}`]: grows(4),
  [`email_sent_total{${worker},type="receipt",status="success"}`]: grows(1),
  [`email_sent_total{${worker},type="receipt",status="failed"}`]: grows(1),
  [`oauth_logins_total{${apiA},provider="google",result="success"}`]: grows(2),
  [`oauth_logins_total{${apiB},provider="google",result="success"}`]: grows(1),
  [`oauth_logins_total{${apiA},provider="twitch",result="failed"}`]: grows(1),
  [`external_api_errors_total{${apiA},service="stripe",error="timeout"}`]: grows(1),
  [`external_api_errors_total{${worker},service="stripe",error="refused"}`]: grows(2),
  [`external_api_errors_total{${worker},service="email",error="refused"}`]: grows(1),
};

/** Two CPUs, one of them busy; a data disk that is fuller than the first one, and a full image. */
const machine: World = {
  [`node_cpu_seconds_total{${node},cpu="0",mode="idle"}`]: grows(3),
  [`node_cpu_seconds_total{${node},cpu="1",mode="idle"}`]: grows(12),
  [`node_memory_MemTotal_bytes{${node}}`]: level(100),
  [`node_memory_MemAvailable_bytes{${node}}`]: level(25),
  [`node_filesystem_size_bytes{${disk('/dev/sda1', 'ext4', '/')}}`]: level(100),
  [`node_filesystem_avail_bytes{${disk('/dev/sda1', 'ext4', '/')}}`]: level(60),
  [`node_filesystem_readonly{${disk('/dev/sda1', 'ext4', '/')}}`]: level(0),
  [`node_filesystem_size_bytes{${disk('/dev/sdb1', 'xfs', '/data')}}`]: level(100),
  [`node_filesystem_avail_bytes{${disk('/dev/sdb1', 'xfs', '/data')}}`]: level(30),
  [`node_filesystem_readonly{${disk('/dev/sdb1', 'xfs', '/data')}}`]: level(0),
  [`node_filesystem_size_bytes{${disk('/dev/loop0', 'squashfs', '/snap/x')}}`]: level(100),
  [`node_filesystem_avail_bytes{${disk('/dev/loop0', 'squashfs', '/snap/x')}}`]: level(0),
  [`node_filesystem_readonly{${disk('/dev/loop0', 'squashfs', '/snap/x')}}`]: level(1),
};

export const world: World = { ...up, ...http, ...studio, ...database, ...outside, ...machine };

/**
 * Another company's service on the same Prometheus with the same metric names. It must not change
 * any panel.
 */
export const stranger: World = Object.fromEntries(
  Object.entries(world)
    .filter(([series]) => !/^(up|pg_up|redis_up)\{/.test(series))
    .map(([series, values]) => [series.replace(/job="[^"]+"/, 'job="another-shop"'), values]),
);
