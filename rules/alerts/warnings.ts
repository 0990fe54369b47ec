import {
  by,
  duration,
  increase,
  overSteps,
  quantile,
  rate,
  ratio,
  selector,
  sum,
} from '../../telemetry';
import { type Context, when } from '../context';
import { containerMemoryShare, diskFree, eachDisk, memoryUsed, realDisks } from '../host-parts';
import type { Alert } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';
import { eachLabel, firstValue, found, percent } from '../texts';
import { serviceCrashLooping } from './restarts';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const warningNames = [
  'HighLatency',
  'LowDiskSpace',
  'DiskFillingUp',
  'FileSystemReadOnly',
  'HighMemoryUsage',
  'WebSocketConnectionSpike',
  'WebSocketMessagesFailing',
  'StripeWebhookFailures',
  'StripeWebhookFailuresPersist',
  'ServiceCrashLooping',
  'ContainerNearMemoryLimit',
] as const;

/** Alerts for working hours: something is worse than it should be. */
export function warningAlerts(c: Context): readonly Alert[] {
  return [
    ...when(c.has(jobs.api), highLatency(c)),
    ...when(
      c.has(jobs.node),
      lowDiskSpace(c),
      diskFillingUp(c),
      fileSystemReadOnly(c),
      highMemoryUsage(c),
    ),
    ...when(c.has(jobs.ws), webSocketConnectionSpike(c), webSocketMessagesFailing(c)),
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
      `5 % of the requests in the last ${c.said(300)} took longer than {{ $value | humanizeDuration }}. ` +
      'Check the database first, then Stripe and the blockchain nodes.',
  };
}

function lowDiskSpace(c: Context): Alert {
  const one = { ...realDisks, node: '%q', device: '%q' };
  // At most three, because one disk can have many mount points (bind mounts of Docker). The
  // datasets of a ZFS pool have their own device names and are not listed.
  const left = `topk(3, ${by('max', ['mountpoint'], scoped('node_filesystem_avail_bytes', one))})`;
  return {
    name: 'LowDiskSpace',
    severity: 'warning',
    service: 'host',
    dashboard: 'audifi-overview',
    expr: `${diskFree(['job', 'node', 'instance'])} < ${c.t.diskFreeRatio}`,
    for: c.hold(600),
    summary:
      `Disk space below ${percent(c.t.diskFreeRatio)}: {{ $labels.device }} on {{ $labels.node }} ` +
      'has {{ $value | humanizePercentage }} free',
    description:
      '{{ $value | humanizePercentage }} of {{ $labels.device }} on {{ $labels.node }} is free. ' +
      found(
        left,
        `${firstValue('humanize1024')}B are left (mounted at ${eachLabel('mountpoint')}). `,
        ...['node', 'device'],
      ) +
      'A full disk stops the database and the monitoring.',
  };
}

/** The prediction counts only below this free share. A disk with more free space is not urgent. */
const trendBelow = 0.4;
/** Hours until the disk is full. LowDiskSpace alone may fire only minutes before. */
const fullWithin = 4;

/**
 * A prediction, for a disk that fills too fast to wait for LowDiskSpace. It must hold for two
 * windows: the long one excludes a single large file, the short one shows that it continues.
 */
function diskFillingUp(c: Context): Alert {
  const used = selector('device:node_filesystem:utilisation');
  const hours = (window: number): string =>
    `(1 - ${used}) / clamp_min(3600 * deriv(${used}[${duration(c.window(window))}]), 1e-9)`;
  const limit = c.hold(fullWithin * 3_600) / 3_600;
  const memory = scoped('node_memory_MemTotal_bytes');
  const node = by('max', ['job', 'instance', 'node'], `${memory} / ${memory}` as typeof memory);
  return {
    name: 'DiskFillingUp',
    severity: 'warning',
    service: 'host',
    dashboard: 'audifi-overview',
    expr:
      `(\n  ${hours(3_600)} < ${limit}\n  and\n  ${hours(900)} < ${limit}\n` +
      `  and\n  ${used} > ${1 - trendBelow}\n)\n* on (job, instance) group_left (node)\n${node}`,
    for: c.hold(1_800),
    summary:
      '{{ $labels.device }} on {{ $labels.node }} will be full in {{ $value | printf "%.1f" }} hours',
    description:
      `At the rate of the last ${c.said(3_600)}, {{ $labels.device }} on {{ $labels.node }} will be full in ` +
      '{{ $value | printf "%.1f" }} hours. A full disk stops the database and the monitoring.',
    mutes: [
      {
        alerts: ['LowDiskSpace'],
        equal: ['node', 'device'],
        why: 'the same disk, and this alert says how much time is left',
      },
    ],
  };
}

/** Excludes file systems that are read-only by design: they were never writable. */
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
      '{{ $labels.device }} on {{ $labels.node }} is read-only, but was writable within the last three days. The kernel ' +
      'does this after disk errors. Services that write to it fail, and LowDiskSpace no longer covers it.',
    mutes: [
      {
        alerts: ['LowDiskSpace', 'DiskFillingUp'],
        equal: ['node', 'device'],
        why: 'nothing can be written there',
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
      '{{ $value | humanizePercentage }} of the memory of {{ $labels.node }} is in use, without ' +
      'caches. Close to 100 % the kernel kills processes, the largest first.',
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
      'Clients open {{ $value | humanize }} WebSocket connections per second, over all servers. ' +
      'Likely causes: a large session starts, clients reconnect in a loop, or an attack.',
  };
}

/** Threshold for the share of messages that fail. */
const failedMessagesRatio = 0.05;
/** With fewer failed messages in the window, the share says little. */
const minFailedMessages = 10;

function webSocketMessagesFailing(c: Context): Alert {
  const window = c.window(900);
  const failed = sum([], increase(scoped('ws_errors_total', { type: 'error' }), window));
  const received = sum([], increase(scoped('ws_messages_received_total'), window));
  return {
    name: 'WebSocketMessagesFailing',
    severity: 'warning',
    service: 'ws-server',
    dashboard: 'audifi-websocket',
    expr: `${ratio(failed, received)} > ${failedMessagesRatio}\nand\n${failed} >= ${minFailedMessages}`,
    for: c.hold(120),
    summary: 'V Studio messages fail ({{ $value | humanizePercentage }})',
    description:
      `ws-server failed to process {{ $value | humanizePercentage }} of the messages of the last ${c.said(900)}. ` +
      'Chat, votes and reactions do not reach the session. Likely causes: Redis, or a deployment.',
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
    summary: 'Stripe webhooks failing ({{ $value | printf "%.2f" }} errors per second)',
    description:
      `{{ $value | printf "%.2f" }} webhook calls per second failed in the last ${c.said(300)} ` +
      `(${c.t.stripeWebhookErrorRate} per second are ${Math.round(c.t.stripeWebhookErrorRate * c.window(300))} in ${c.said(300)}). ` +
      'Payments are charged but not recorded. Stripe retries for three days.',
    mutes: [
      { alerts: ['StripeWebhookFailuresPersist'], why: 'the same failures, over a longer window' },
    ],
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
      'StripeWebhookFailures, but each one may be a payment that is not recorded.',
  };
}

function containerNearMemoryLimit(c: Context): Alert {
  const each = ['node', 'namespace', 'pod', 'container'] as const;
  return {
    name: 'ContainerNearMemoryLimit',
    severity: 'warning',
    service: 'host',
    dashboard: 'audifi-stack',
    expr: `${containerMemoryShare(each)}\n> ${c.t.containerMemoryRatio}`,
    for: c.hold(600),
    summary: 'Container {{ $labels.container }} is near its memory limit',
    description:
      'Container {{ $labels.container }}{{ with $labels.pod }} of pod {{ . }}{{ end }} on ' +
      '{{ $labels.node }} uses {{ $value | humanizePercentage }} of its memory limit. ' +
      'At 100 % the kernel kills it.',
  };
}
