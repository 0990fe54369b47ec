import { Document, type YAMLMap, type YAMLSeq } from 'yaml';
import { durationSeconds } from '../units';
import {
  type ReceiverConfig,
  receivers,
  type ReceiverChannels,
} from './alertmanager-config-receivers';
import type { Timing } from './settings-schema';
import type { MaintenanceWindow } from './settings-schema-muting';

/** Paths of Alertmanager's files, as in its image. */
export const paths = {
  folder: '/etc/alertmanager',
  config: '/etc/alertmanager/alertmanager.yml',
  data: '/alertmanager',
} as const;

export interface AlertmanagerConfigArgs extends ReceiverChannels {
  readonly critical: Timing;
  readonly warning: Timing;
  readonly info: Timing;
  /** Time between two heartbeats, as Prometheus writes durations. */
  readonly heartbeatInterval: string;
  /** Inhibition rules. */
  readonly inhibitions: readonly Inhibition[];
  /** Time intervals in which warning and info alerts are muted. */
  readonly maintenance: readonly MaintenanceWindow[];
}

/** While a source alert fires, matching target alerts are not sent. */
export interface Inhibition {
  /** In Alertmanager's syntax, e.g. `alertname="APIDown"`. */
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  /** Labels that must be equal in both. A label missing in both counts as equal. */
  readonly equal: readonly string[];
  /** Written into the file as a comment. */
  readonly why: string;
}

/** Fields of https://prometheus.io/docs/alerting/latest/configuration/#route */
export interface RouteConfig {
  readonly receiver: ReceiverConfig['name'];
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly mute_time_intervals?: readonly string[];
  readonly routes?: readonly RouteConfig[];
}

/** Fields of https://prometheus.io/docs/alerting/latest/configuration/#time_interval */
export interface TimeInterval {
  readonly name: string;
  readonly time_intervals: readonly {
    readonly times: readonly { readonly start_time: string; readonly end_time: string }[];
    readonly weekdays?: readonly string[];
    readonly location: string;
  }[];
}

/**
 * One notification per alert name and service. Grouping by instance too would send one per
 * instance in a network failure. Grouping by service alone would let an acknowledged incident hide
 * the next one. For the same reason, each uptime check (`check`) and each server of a database
 * (`server`) has its own group. Alerts without these labels are not affected.
 */
const groupBy = ['env', 'stack', 'service', 'alertname', 'check', 'server'];

/** Messages are not acknowledged, so one message can cover the failure of many services. */
const groupMessagesBy = ['env', 'stack', 'alertname'];

/** Text of alertmanager.yml. Pure: https://prometheus.io/docs/alerting/latest/configuration/ */
export function alertmanagerConfig(args: AlertmanagerConfigArgs): string {
  const intervals = args.maintenance.map(timeInterval);
  const config = {
    global: {
      // Only for alerts without an end time; Prometheus always sets one.
      resolve_timeout: '5m',
      ...(args.pagerduty === undefined ? {} : { pagerduty_url: args.pagerduty.eventsUrl }),
    },
    templates: ['templates/*.tmpl'],
    route: rootRoute(args),
    inhibit_rules: args.inhibitions.map(({ source_matchers, target_matchers, equal }) => ({
      source_matchers,
      target_matchers,
      equal,
    })),
    ...(intervals.length === 0 ? {} : { time_intervals: intervals }),
    // Event log: when which alert arrived, was sent, muted or resolved. One line of JSON per event,
    // on standard output, which the container engine rotates and the log agent reads.
    event_recorder: { stdout_outputs: [{}] },
    receivers: receivers(args),
  };
  // No YAML aliases, so each route is readable on its own. YAML 1.1 parses 02:00 as a number.
  const document = new Document(config, { aliasDuplicateObjects: false, version: '1.1' });
  explain(document, args.inhibitions);
  return document.toString({ lineWidth: 0 });
}

/**
 * The routing tree. An alert goes to the first matching route, otherwise to the root route. So
 * there is also a notification for an alert with an unknown severity.
 *
 * The matchers of a route are part of PagerDuty's incident key. If they change while an incident is
 * open, it must be resolved by hand.
 */
function rootRoute(args: AlertmanagerConfigArgs): RouteConfig {
  const held = args.maintenance.map(({ name }) => name);
  const mute = held.length === 0 ? {} : { mute_time_intervals: held };
  return {
    receiver: 'unmatched',
    group_by: groupBy,
    ...timing(args.warning),
    routes: [
      {
        receiver: 'heartbeat',
        matchers: ['alertname="Watchdog"'],
        group_by: ['env', 'stack'],
        ...heartbeat(args.heartbeatInterval),
      },
      // The alert on a failing receiver goes to another receiver, regardless of its severity.
      {
        receiver: 'on-call',
        matchers: [failing, 'receiver_name="alerts"'],
        group_by: groupBy,
        ...timing(args.critical),
      },
      {
        receiver: 'alerts',
        matchers: [failing, 'severity="critical"'],
        group_by: groupBy,
        ...timing(args.critical),
      },
      {
        receiver: 'alerts',
        matchers: [failing],
        group_by: groupBy,
        ...timing(args.warning),
      },
      // Pages are urgent, so group_wait is short: just longer than one rule evaluation, so that
      // inhibiting and related alerts have arrived.
      {
        receiver: 'on-call',
        matchers: ['severity="critical"'],
        group_by: groupBy,
        ...timing(args.critical),
      },
      // Long enough for a critical alert to arrive first and inhibit its warnings.
      {
        receiver: 'alerts',
        matchers: ['severity="warning"'],
        group_by: groupMessagesBy,
        ...timing(args.warning),
        ...mute,
      },
      {
        receiver: 'monitoring',
        matchers: ['severity="info"'],
        group_by: groupMessagesBy,
        ...timing(args.info),
        ...mute,
      },
    ],
  };
}

const failing = 'alertname="AlertmanagerNotificationsFailing"';

const timing = ({ groupWait, groupInterval, repeatInterval }: Timing) => ({
  group_wait: groupWait,
  group_interval: groupInterval,
  repeat_interval: repeatInterval,
});

/**
 * Alertmanager checks a group once per group_interval, and repeats if repeat_interval has passed
 * since the last notification. It checks twice per `interval`, and only the second check is past
 * the repeat_interval, so it calls exactly once per `interval`.
 */
function heartbeat(interval: string): Partial<RouteConfig> {
  const milliseconds = (durationSeconds(interval) ?? 60) * 1000;
  return {
    group_wait: '0s',
    group_interval: `${milliseconds / 2}ms`,
    repeat_interval: `${Math.floor(milliseconds * 0.9)}ms`,
  };
}

function timeInterval({ name, weekdays, from, to, timeZone }: MaintenanceWindow): TimeInterval {
  const times = [{ start_time: from, end_time: to }];
  const days = weekdays.length === 0 ? {} : { weekdays };
  return { name, time_intervals: [{ times, ...days, location: timeZone }] };
}

/** Puts the reason for each inhibition above it, as a comment. */
function explain(document: Document, inhibitions: readonly Inhibition[]): void {
  const rules = document.get('inhibit_rules') as YAMLSeq<YAMLMap>;
  for (const [i, rule] of rules.items.entries()) {
    rule.commentBefore = ` ${inhibitions[i]?.why ?? ''}`;
  }
}
