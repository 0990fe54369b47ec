import { appServices, counter, gauge, open } from './contract';
import { externalMetrics } from './app/external';
import { httpMetrics } from './app/http';
import { studioMetrics } from './app/studio';
import { databaseMetrics, workerMetrics } from './app/work';

export { labelledSessions, otherSessions } from './app/studio';

/** Metrics of the process, in every service. */
const processMetrics = {
  /** One series per process. During a rolling deployment there are two. */
  app_info: gauge({
    unit: 'boolean',
    help: '1, with the running version.',
    labels: {
      version: open(
        'version of a release, e.g. 1.4.2; never the commit of each push, which would add series',
        3,
      ),
    },
    budget: 1,
    by: appServices,
  }),
  process_start_time_seconds: gauge({
    unit: 'unix time',
    help: 'When the process started.',
    by: appServices,
  }),
  process_cpu_seconds_total: counter({
    unit: 'seconds',
    help: 'CPU time of the process.',
    by: appServices,
  }),
  process_resident_memory_bytes: gauge({
    unit: 'bytes',
    help: 'Memory of the process.',
    by: appServices,
  }),
  process_open_fds: gauge({
    unit: 'count',
    help: 'Open file descriptors, including one for every connection.',
    by: appServices,
  }),
  process_max_fds: gauge({
    unit: 'count',
    help: 'Limit of open file descriptors.',
    by: appServices,
  }),
  nodejs_eventloop_lag_p99_seconds: gauge({
    unit: 'seconds',
    help: '99th percentile of the event loop delay. It grows when the process is saturated.',
    by: appServices,
  }),
};

/**
 * Metrics of AudiFi's own services: those of the spec, and those that the spec's panels and alerts
 * use without a definition. The services emit all of these and no others.
 *
 * Counters with a fixed set of labels are set to 0 at start. If their first sample were 1,
 * Prometheus would see no increase, and an alert would miss the first error.
 */
export const appMetrics = {
  ...httpMetrics,
  ...studioMetrics,
  ...databaseMetrics,
  ...workerMetrics,
  ...externalMetrics,
  ...processMetrics,
};
