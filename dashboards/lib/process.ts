import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { type AppService, by, rate, selector, sum } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { lines } from './panels';
import { range } from './queries';
import { chosen } from './variables';
import { runbook } from './links';

/** Saturation of one of AudiFi's services, by instance. Needs the variable `instance`. */
export function processPanels(
  options: DashboardOptions,
  job: AppService,
): readonly (readonly [number, Panel])[] {
  return [
    [8, cpu(job)],
    [8, memory(options, job)],
    [8, eventLoop(job)],
  ];
}

const empty = (job: AppService): string =>
  `No metrics. Check in Overview that Prometheus scrapes ${job}.`;

function cpu(job: AppService): Panel {
  const seconds = selector('process_cpu_seconds_total', { job, instance: chosen('instance') });
  return lines({
    title: 'Process CPU',
    shows: 'CPU cores used by each instance. Node.js runs JavaScript on one core.',
    good: 'Below 0.7.',
    otherwise: 'Close to 1: requests queue up. Add instances.',
    unit: 'cores',
    queries: [range(sum(['instance'], rate(seconds, '$__rate_interval')), '{{instance}}')],
    empty: empty(job),
  });
}

function memory(options: DashboardOptions, job: AppService): Panel {
  const resident = selector('process_resident_memory_bytes', {
    job,
    instance: chosen('instance'),
  });
  return lines({
    title: 'Process Memory',
    shows: 'Resident memory of each instance.',
    good: 'A saw-tooth curve around a constant level.',
    otherwise: 'A steady rise that ends only at a restart is a memory leak.',
    unit: 'bytes',
    queries: [range(by('max', ['instance'], resident), '{{instance}}')],
    empty: empty(job),
    links: [runbook(options, 'ContainerNearMemoryLimit')],
  });
}

function eventLoop(job: AppService): Panel {
  const lag = selector('nodejs_eventloop_lag_p99_seconds', { job, instance: chosen('instance') });
  return lines({
    title: 'Event Loop Lag',
    shows: '99th percentile of the event loop delay.',
    good: 'Below 50 ms.',
    otherwise:
      'Long computations block the event loop: large JSON, a regular expression, or hashing.',
    unit: 'seconds',
    queries: [range(by('max', ['instance'], lag), '{{instance}}')],
    empty: empty(job),
  });
}
