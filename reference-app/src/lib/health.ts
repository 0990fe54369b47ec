import { TimeoutError, within } from './time-limit';

/** Resolves if the component works, and rejects if not. */
export type Check = () => Promise<unknown>;

export interface CheckResult {
  readonly status: 'healthy' | 'unhealthy';
  readonly latency_ms: number;
  /** Kind of failure. Never the message, which may contain hosts and users. */
  readonly error?: 'timeout' | 'refused' | 'failed';
}

export interface HealthBody {
  readonly status: 'healthy' | 'unhealthy' | 'stopping';
  readonly timestamp: string;
  readonly version: string;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

export interface HealthAnswer {
  readonly statusCode: 200 | 503;
  readonly body: HealthBody;
}

export interface HealthOptions {
  readonly version: string;
  readonly checks: Readonly<Record<string, Check>>;
  /** True from the stop signal on, so that load balancers remove the service. */
  readonly stopping: () => boolean;
  /** Timeout of a check in milliseconds. @default 2000 */
  readonly timeoutMs?: number;
}

/**
 * The health endpoint of the spec. Checks run in parallel with a timeout, so the response is never
 * late. Concurrent requests share one run, so many requests do not load the database.
 */
export function healthCheck(options: HealthOptions): () => Promise<HealthAnswer> {
  let running: Promise<HealthAnswer> | undefined;
  return () => (running ??= run(options).finally(() => (running = undefined)));
}

async function run(options: HealthOptions): Promise<HealthAnswer> {
  const { version, checks, stopping, timeoutMs = 2_000 } = options;
  if (stopping()) return answer('stopping', version, {});
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await probe(check, timeoutMs)]),
  );
  const found = Object.fromEntries(results) as Record<string, CheckResult>;
  if (stopping()) return answer('stopping', version, found);
  const healthy = Object.values(found).every(({ status }) => status === 'healthy');
  return answer(healthy ? 'healthy' : 'unhealthy', version, found);
}

function answer(
  status: HealthBody['status'],
  version: string,
  checks: HealthBody['checks'],
): HealthAnswer {
  return {
    statusCode: status === 'healthy' ? 200 : 503,
    body: { status, timestamp: new Date().toISOString(), version, checks },
  };
}

async function probe(check: Check, timeoutMs: number): Promise<CheckResult> {
  const start = performance.now();
  const latency = () => Math.round(performance.now() - start);
  try {
    await within(timeoutMs, Promise.resolve().then(check));
    return { status: 'healthy', latency_ms: latency() };
  } catch (error) {
    return { status: 'unhealthy', latency_ms: latency(), error: classOf(error) };
  }
}

function classOf(error: unknown): CheckResult['error'] {
  if (error instanceof TimeoutError) return 'timeout';
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
    ? 'refused'
    : 'failed';
}
