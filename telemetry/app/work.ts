import { type AppService, counter, gauge, histogram, open } from '../contract';

const withDatabase: readonly AppService[] = ['api-server', 'worker'];
const by: readonly AppService[] = ['worker'];

/** The database connection pool of each service, and its queries as measured by the service. */
export const databaseMetrics = {
  db_connections_active: gauge({
    unit: 'connections',
    help: 'Pool connections in use.',
    by: withDatabase,
  }),
  db_connections_idle: gauge({
    unit: 'connections',
    help: 'Idle pool connections.',
    by: withDatabase,
  }),
  db_connections_waiting: gauge({
    unit: 'requests',
    help: 'Callers waiting for a connection.',
    by: withDatabase,
  }),
  db_query_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Time of a query as the application sees it.',
    labels: {
      operation: ['select', 'insert', 'update', 'delete', 'other'],
      table: open('main table of the query; else "other"', 40),
    },
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    budget: 1_100,
    by: withDatabase,
  }),
  db_errors_total: counter({
    unit: 'errors',
    help: 'Failed queries by cause.',
    labels: { type: ['connection_timeout', 'deadlock', 'other'] },
    budget: 3,
    by: withDatabase,
  }),
};

const queue = ['email', 'payout', 'transcode', 'mint'] as const;

/**
 * The worker's queues. Depth and age are read from Redis, and are NaN while Redis does not answer.
 * All workers report the same values.
 */
export const workerMetrics = {
  worker_queue_depth: gauge({
    unit: 'jobs',
    help: 'Jobs that wait in the queue; NaN while Redis does not answer.',
    labels: { queue },
    budget: 4,
    by,
  }),
  worker_queue_oldest_seconds: gauge({
    unit: 'seconds',
    help: 'Age of the oldest waiting job; 0 if none is waiting.',
    labels: { queue },
    budget: 4,
    by,
  }),
  worker_jobs_total: counter({
    unit: 'jobs',
    help: 'Finished jobs.',
    labels: { queue, status: ['success', 'failed'] },
    budget: 8,
    by,
  }),
  worker_job_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Duration of a job, without its time in the queue.',
    labels: { queue },
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120],
    budget: 44,
    by,
  }),
};
