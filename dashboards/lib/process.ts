import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { type AppService, by, rate, selector, sum } from '../../telemetry';
import type { DashboardOptions } from '../options';
import { lines } from './panels';
import { range } from './queries';
import { chosen } from './variables';
import { runbook } from './links';

/** What saturates a service of ours, instance by instance; asks for the variable `instance`. */
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

const empty = (job: AppService): string => `No instance of ${job} is scraped (Overview).`;

function cpu(job: AppService): Panel {
  const seconds = selector('process_cpu_seconds_total', { job, instance: chosen('instance') });
  return lines({
    title: 'CPU of the Process',
    shows: 'Cores that each instance uses. Node.js answers with one of them.',
    good: 'Below 0.7.',
    otherwise: 'Near 1 requests wait for one another: more instances.',
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
    title: 'Memory of the Process',
    shows: 'Memory that each instance holds.',
    good: 'A saw tooth around a level.',
    otherwise: 'A slope that only a restart ends is a leak.',
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
    shows: 'How long a ready callback waits in 99 % of the cases.',
    good: 'Below 50 ms.',
    otherwise: 'Something computes instead of waiting: large JSON, a regular expression, hashing.',
    unit: 'seconds',
    queries: [range(by('max', ['instance'], lag), '{{instance}}')],
    empty: empty(job),
  });
}
