import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from './metrics';

/** Sampling interval of the event loop delay in milliseconds. */
const resolution = 20;

/**
 * Process metrics of the contract that all services expose. They read /proc, so they need Linux.
 */
export function measureProcess(metrics: Metrics, version: string): void {
  metrics.of('app_info').set(1, { version });
  metrics.of('process_start_time_seconds').set(performance.timeOrigin / 1000);
  metrics.of('process_cpu_seconds_total').read(() => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  const memory = metrics.of('process_resident_memory_bytes');
  memory.onScrape(() => memory.set(process.memoryUsage.rss()));
  const open = metrics.of('process_open_fds');
  // Reading the directory opens one file itself.
  open.onScrape(() => open.set(orUnknown(() => readdirSync('/proc/self/fd').length - 1)));
  metrics.of('process_max_fds').set(orUnknown(maxFds));
  measureEventLoop(metrics);
}

function measureEventLoop(metrics: Metrics): void {
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  const lag = metrics.of('nodejs_eventloop_lag_p99_seconds');
  lag.onScrape(() => {
    // The delay of a timer is its duration minus its interval.
    const late = delays.count === 0 ? 0 : delays.percentile(99) / 1e9 - resolution / 1000;
    lag.set(Math.max(0, late));
    delays.reset();
  });
}

function maxFds(): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Number(soft);
}

/** NaN stands for an unknown value. */
function orUnknown(read: () => number): number {
  try {
    return read();
  } catch {
    return NaN;
  }
}
