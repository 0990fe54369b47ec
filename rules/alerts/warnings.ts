import {
  by,
  type Expr,
  increase,
  oneOf,
  overSteps,
  present,
  quantile,
  rate,
  selector,
  sum,
} from '../../telemetry';
import { type Context, when } from '../context';
import { containerMemory, diskFree, eachDisk, memoryUsed, realDisks } from '../host-parts';
import type { Alert } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';

/** Names of the alerts below, worst first: each has a runbook and a promtool test of its name. */
export const warningNames = [
  'HighLatency',
  'LowDiskSpace',
  'FileSystemReadOnly',
  'HighMemoryUsage',
  'WebSocketConnectionSpike',
  'StripeWebhookFailures',
  'StripeWebhookFailuresPersist',
  'ServiceCrashLooping',
  'ContainerNearMemoryLimit',
] as const;

/** Alerts that somebody looks at in working hours: something is worse than it should be. */
export function warningAlerts(c: Context): readonly Alert[] {
  return [
    ...when(c.has(jobs.api), highLatency(c)),
    ...when(c.has(jobs.node), lowDiskSpace(c), fileSystemReadOnly(c), highMemoryUsage(c)),
    ...when(c.has(jobs.ws), webSocketConnectionSpike(c)),
    ...when(c.has(jobs.api), stripeWebhookFailures(c), stripeWebhookFailuresPersist(c)),
    serviceCrashLooping(c),
    ...when(c.has(jobs.cadvisor), containerNearMemoryLimit(c)),
  ];
}

function highLatency(c: Context): Alert {
  const window = c.window(300);
  const buckets = sum(['le'], rate(scoped('http_request_duration_seconds_bucket'), window));
  const requests = sum([], rate(scoped('http_request_duration_seconds_count'), window));
  return {
    name: 'HighLatency',
    severity: 'warning',
    service: 'api-server',
    dashboard: 'audifi-api',
    expr: `${quantile(0.95, buckets)} > ${c.t.latencySeconds}\nand\n${requests} > ${c.t.minRequestRate}`,
    for: c.hold(300),
    summary: `P95 latency exceeds ${c.t.latencySeconds} seconds ({{ $value | humanizeDuration }})`,
    description:
      `One request in twenty of the last ${c.said(300)} took longer than {{ $value | humanizeDuration }}. ` +
      'Look at the database first, then at Stripe and the blockchain nodes.',
  };
}

function lowDiskSpace(c: Context): Alert {
  return {
    name: 'LowDiskSpace',
    severity: 'warning',
    service: 'host',
    dashboard: 'audifi-overview',
    expr: `${diskFree(['job', 'node', 'instance'])} < ${c.t.diskFreeRatio}`,
    for: c.hold(600),
    summary: `Disk space below ${percent(c.t.diskFreeRatio)} ({{ $labels.device }} on {{ $labels.node }})`,
    description:
      '{{ $value | humanizePercentage }} of {{ $labels.device }} on {{ $labels.node }} is free. ' +
      'A full disk stops the database, and monitoring with it.',
  };
}

/** What is read-only by design has never been anything else. */
function fileSystemReadOnly(c: Context): Alert {
  const readOnly = by('max', eachDisk, scoped('node_filesystem_readonly', realDisks));
  const before = overSteps('min_over_time', readOnly, c.window(3 * 86_400), c.pause(1_800));
  return {
    name: 'FileSystemReadOnly',
    severity: 'warning',
    service: 'host',
    dashboard: 'audifi-overview',
    expr: `${readOnly} == 1\nand\n${before} == 0`,
    for: c.hold(60),
    summary: '{{ $labels.device }} on {{ $labels.node }} has become read-only',
    description:
      'Nothing can be written to {{ $labels.device }} on {{ $labels.node }} any more, which was writable within the last ' +
      'three days. The kernel does this after errors of the disk; what is stored there stops, and LowDiskSpace no longer counts it.',
    mutes: [
      {
        alerts: ['LowDiskSpace'],
        equal: ['node', 'device'],
        why: 'nothing is written there any more',
      },
    ],
  };
}

function highMemoryUsage(c: Context): Alert {
  return {
    name: 'HighMemoryUsage',
    severity: 'warning',
    service: 'host',
    dashboard: 'audifi-overview',
    expr: `${memoryUsed()}\n> ${c.t.memoryUsedRatio}`,
    for: c.hold(600),
    summary: `Memory usage above ${percent(c.t.memoryUsedRatio)} ({{ $labels.node }})`,
    description:
      '{{ $value | humanizePercentage }} of the memory of {{ $labels.node }} is in use, caches not ' +
      'counted. Near 100 % the kernel ends processes, the largest first.',
  };
}

function webSocketConnectionSpike(c: Context): Alert {
  const opened = scoped('ws_connections_total', { status: 'connected' });
  return {
    name: 'WebSocketConnectionSpike',
    severity: 'warning',
    service: 'ws-server',
    dashboard: 'audifi-websocket',
    expr: `${sum([], rate(opened, c.window(300)))} > ${c.t.wsConnectionRate}`,
    for: c.hold(300),
    summary: 'Unusual WebSocket connection rate ({{ $value | humanize }} per second)',
    description:
      '{{ $value | humanize }} WebSocket connections per second are opened, over all servers. ' +
      'A large session starts, clients reconnect in a loop, or somebody attacks.',
  };
}

function stripeWebhookFailures(c: Context): Alert {
  const errors = sum([], rate(scoped('stripe_webhook_errors_total'), c.window(300)));
  return {
    name: 'StripeWebhookFailures',
    severity: 'warning',
    service: 'stripe',
    dashboard: 'audifi-external-services',
    expr: `${errors} > ${c.t.stripeWebhookErrorRate}`,
    for: c.hold(300),
    summary: 'Stripe webhooks failing ({{ $value | humanize }} errors per second)',
    description:
      `{{ $value | humanize }} webhook calls per second failed in the last ${c.said(300)}. ` +
      'Payments are taken and not booked; Stripe tries again for three days.',
    mutes: [{ alerts: ['StripeWebhookFailuresPersist'], why: 'the same failures, counted longer' }],
  };
}

function stripeWebhookFailuresPersist(c: Context): Alert {
  const errors = sum([], increase(scoped('stripe_webhook_errors_total'), c.window(3_600)));
  return {
    name: 'StripeWebhookFailuresPersist',
    severity: 'warning',
    service: 'stripe',
    dashboard: 'audifi-external-services',
    expr: `${errors} >= ${c.t.stripeWebhookErrorsPerHour}`,
    for: c.hold(300),
    summary: `Stripe webhooks keep failing ({{ $value | printf "%.0f" }} in ${c.said(3_600)})`,
    description:
      `{{ $value | printf "%.0f" }} webhook calls failed in the last ${c.said(3_600)}: too few for ` +
      'StripeWebhookFailures, and each is a payment that is not booked.',
  };
}

function serviceCrashLooping(c: Context): Alert {
  return {
    name: 'ServiceCrashLooping',
    severity: 'warning',
    service: 'monitoring',
    serviceLabel: '{{ $labels.job }}',
    dashboard: 'audifi-overview',
    expr: `${restarts(c, c.jobs)} >= ${c.t.restarts}`,
    summary: '{{ $labels.instance }} of {{ $labels.job }} restarts again and again',
    description:
      `{{ $labels.instance }} started {{ $value }} times in the last ${c.said(1_800)}. ` +
      'Between two starts it may look well; its requests and jobs are lost each time.',
    mutes: [{ alerts: ['DeploymentDetected'], equal: ['job'], why: 'a crash is not a deployment' }],
  };
}

/**
 * Restarts of each process in half an hour: the times at which its age fell. The start time itself moves by a second when
 * the clock is set, which is no restart. A replaced process is another series and counts as none.
 */
export function restarts(c: Context, of: readonly string[]): string {
  const [first = '', ...more] = of;
  const job = more.length === 0 ? first : oneOf(...of);
  const age = `time() - ${selector('process_start_time_seconds', { job })}` as Expr<
    'job' | 'instance'
  >;
  return overSteps('resets', age, c.window(1_800), c.pause(30));
}

function containerNearMemoryLimit(c: Context): Alert {
  const some = { job: jobs.cadvisor, container: present };
  const each = ['node', 'namespace', 'pod', 'container'] as const;
  const limit = selector('container_spec_memory_limit_bytes', some);
  return {
    name: 'ContainerNearMemoryLimit',
    severity: 'warning',
    service: 'host',
    dashboard: 'audifi-stack',
    expr:
      `${containerMemory(each)}\n/\n` +
      `(${by('max', each, limit)} > 0)\n> ${c.t.containerMemoryRatio}`,
    for: c.hold(600),
    summary: 'Container {{ $labels.container }} is near its memory limit',
    description:
      'Container {{ $labels.container }}{{ with $labels.pod }} of pod {{ . }}{{ end }} on ' +
      '{{ $labels.node }} uses {{ $value | humanizePercentage }} of the memory it may have. ' +
      'At 100 % the kernel ends it.',
  };
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;
