import { Pool } from 'pg';
import type { databaseConfig } from './config';
import type { Log } from './log';
import type { Metrics } from './metrics';
import { annotate, inSpan } from './tracing';

type Operation = 'select' | 'insert' | 'update' | 'delete' | 'other';

/** Operation and table of a query, for the labels of its metric and the name of its span. */
export interface Purpose {
  readonly operation: Operation;
  readonly table: string;
}

/** The used part of pg's pool. Tests replace it. */
export interface Connections {
  readonly query: (text: string, values: unknown[]) => Promise<{ rows: unknown[] }>;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

export interface Database {
  /** Runs one statement with parameters. The SQL determines the type of the rows. */
  readonly run: <Row>(purpose: Purpose, sql: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** A statement without metrics and spans, for /health. */
  readonly ping: () => Promise<unknown>;
}

/** Connection pool for PostgreSQL. Each statement has a timeout on both sides. */
export function createPool(config: ReturnType<typeof databaseConfig>, log: Log): Pool {
  const { poolSize, ...connection } = config;
  const pool = new Pool({
    ...connection,
    max: poolSize,
    connectionTimeoutMillis: 3_000,
    statement_timeout: 5_000,
    query_timeout: 6_000,
    idleTimeoutMillis: 30_000,
  });
  // A broken idle connection is replaced. Without a listener, the error would end the process.
  pool.on('error', (error) => log.warn('A database connection broke', { error }));
  return pool;
}

/** Address of the server, for spans. */
export type DatabaseAddress = Pick<ReturnType<typeof databaseConfig>, 'host' | 'database'>;

/** Queries with metrics and spans. */
export function createDatabase(
  pool: Connections,
  metrics: Metrics,
  address: DatabaseAddress,
): Database {
  measurePool(pool, metrics);
  const seconds = metrics.of('db_query_duration_seconds');
  const errors = metrics.of('db_errors_total');

  const run = <Row>(
    { operation, table }: Purpose,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => {
    const verb = operation.toUpperCase() as Uppercase<Operation>;
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': verb,
      'db.collection.name': table,
      'db.namespace': address.database,
      'server.address': address.host,
    };
    return inSpan(`${verb} ${table}`, { kind: 'client', attributes }, async (span) => {
      const start = performance.now();
      try {
        return (await pool.query(sql, [...values])).rows as Row[];
      } catch (error) {
        errors.add({ type: errorType(error) });
        const code = sqlState(error);
        if (code !== undefined) annotate({ 'db.response.status_code': code }, span);
        throw error;
      } finally {
        seconds.observe((performance.now() - start) / 1000, { operation, table });
      }
    });
  };
  return { run, ping: () => pool.query('SELECT 1', []) };
}

function measurePool(pool: Connections, metrics: Metrics): void {
  const active = metrics.of('db_connections_active');
  active.onScrape(() => active.set(pool.totalCount - pool.idleCount));
  const idle = metrics.of('db_connections_idle');
  idle.onScrape(() => idle.set(pool.idleCount));
  const waiting = metrics.of('db_connections_waiting');
  waiting.onScrape(() => waiting.set(pool.waitingCount));
}

/** Error code of PostgreSQL. Errors of the pool and the network have other codes. */
function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** See https://www.postgresql.org/docs/current/errcodes-appendix.html */
function errorType(error: unknown): 'connection_timeout' | 'deadlock' | 'other' {
  if (!(error instanceof Error)) return 'other';
  const code = 'code' in error ? error.code : undefined;
  if (code === '40P01') return 'deadlock';
  // pg's own timeouts have only a message.
  return code === 'ETIMEDOUT' || /timeout exceeded|connection timeout/i.test(error.message)
    ? 'connection_timeout'
    : 'other';
}
