import { removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { secretKeysOf } from '../settings/kinds';
import { durationSeconds, portOf } from '../units';
import { matchesValue, parseMatcher } from './matchers';
import { alertingSchema, peerTimeoutSeconds, type ParsedAlerting } from './settings-schema';

const severities = ['critical', 'warning', 'info'] as const;

export interface CheckedAlerting extends ParsedAlerting {
  readonly platform: 'docker' | 'kubernetes';
}

/** Checks alerting settings that depend on each other. Never names the value of a secret. */
export function alertingFindings(parsed: CheckedAlerting): Finding[] {
  return [
    ...pagerduty(parsed),
    ...slack(parsed),
    ...secretPorts(parsed),
    ...waits(parsed),
    ...timings(parsed),
    ...maintenance(parsed),
    ...silences(parsed),
  ];
}

function pagerduty({ pagerduty: settings, ...parsed }: CheckedAlerting): Finding[] {
  if (!settings.create) return halfPagerduty(settings, parsed);
  const create = ['pagerduty', 'create'];
  const findings: Finding[] = [];
  if (parsed.pagerdutyRoutingKey !== undefined) {
    const at = ['pagerdutyRoutingKey'];
    const what = 'cannot be combined with pagerduty.create: the created service has its own key';
    findings.push({ at, from: [at, create], what, fix: removeFix(at) });
  }
  if (parsed.pagerdutyToken === undefined) {
    const at = ['pagerdutyToken'];
    const what = 'is missing but required by pagerduty.create';
    findings.push({ at, from: [at, create], what, fix: setFix(at, '--secret') });
  }
  if (settings.users.length === 0) {
    const at = ['pagerduty', 'users'];
    const what = 'is empty: nobody would be paged';
    findings.push({ at, from: [at, create], what, fix: setFix(at, '[0] ada@audifi.io') });
  }
  return [...findings, ...onCall(settings.users)];
}

/** Maximum number of targets in one rule of an escalation policy. PagerDuty rejects more. */
const mostPaged = 10;

function onCall(users: readonly string[]): Finding[] {
  const names = users.map((user) => user.toLowerCase());
  return names.flatMap((name, i): Finding[] => {
    const at = ['pagerduty', 'users', i];
    if (names.indexOf(name) < i) {
      return [{ at, what: `"${name}" is already in the list`, fix: removeFix(at) }];
    }
    if (i < mostPaged) return [];
    const what = `is one too many: PagerDuty pages at most ${mostPaged} users at once`;
    return [{ at, what, fix: removeFix(at) }];
  });
}

/** Without a routing key, it looks as if PagerDuty were set up, but nobody would be paged. */
function halfPagerduty(
  { users }: CheckedAlerting['pagerduty'],
  { pagerdutyRoutingKey, pagerdutyToken }: Omit<CheckedAlerting, 'pagerduty'>,
): Finding[] {
  if (pagerdutyRoutingKey !== undefined) return [];
  const key = ['pagerdutyRoutingKey'];
  const create = ['pagerduty', 'create'];
  if (pagerdutyToken === undefined && users.length === 0) return [];
  const at = pagerdutyToken === undefined ? ['pagerduty', 'users'] : ['pagerdutyToken'];
  const what = 'has no effect without pagerduty.create: nobody would be paged';
  return [{ at, from: [at, create, key], what, fix: setFix(create, 'true') }];
}

function slack({ slackWebhookUrl, slackMonitoringWebhookUrl }: CheckedAlerting): Finding[] {
  if (slackWebhookUrl !== undefined || slackMonitoringWebhookUrl === undefined) return [];
  const at = ['slackWebhookUrl'];
  const what = 'is missing: with slackMonitoringWebhookUrl alone, nobody would receive warnings';
  return [{ at, from: [at, ['slackMonitoringWebhookUrl']], what, fix: setFix(at, '--secret') }];
}

/** The network policy of Alertmanager is public, so its ports must not come from a secret URL. */
function secretPorts(parsed: CheckedAlerting): Finding[] {
  if (parsed.platform !== 'kubernetes') return [];
  return secretKeysOf(alertingSchema)
    .filter((key) => key.endsWith('Url'))
    .flatMap((key): Finding[] => {
      const value = parsed[key];
      if (value === undefined || portOf(value) === 443) return [];
      return [
        {
          at: [key],
          from: [[key], ['platform']],
          what: 'is not on port 443, the only port that Alertmanager may connect to on Kubernetes',
          fix: setFix([key], '--secret'),
        },
      ];
    });
}

/** How long the last Alertmanager of the cluster waits for the others. */
const longestWait = ({ replicas }: CheckedAlerting['alertmanager']): string =>
  `${(replicas - 1) * peerTimeoutSeconds}s`;

/**
 * After waiting for its peers, an Alertmanager sends the alerts as they were before the wait. If a
 * resolved alert fires again during the wait, the peers report it as firing, and this instance
 * would then report it as resolved.
 */
function waits({ alertmanager }: CheckedAlerting): Finding[] {
  const longest = longestWait(alertmanager);
  return severities.flatMap((severity): Finding[] => {
    const { groupInterval } = alertmanager[severity];
    if (seconds(groupInterval) >= seconds(longest)) return [];
    const at = ['alertmanager', severity, 'groupInterval'];
    const what =
      `${groupInterval} is shorter than the ${longest} for which the last of ` +
      `${alertmanager.replicas} Alertmanagers waits for the others: an alert that fires again could ` +
      'be reported as resolved';
    const from = [at, ['alertmanager', 'replicas']];
    return [{ at, from, what, fix: setFix(at, longest) }];
  });
}

function timings({ alertmanager }: CheckedAlerting): Finding[] {
  const waiting = longestWait(alertmanager);
  return severities.flatMap((severity): Finding[] => {
    const { groupInterval: set, repeatInterval } = alertmanager[severity];
    // The value that the command suggested by `waits` sets.
    const groupInterval = seconds(set) < seconds(waiting) ? waiting : set;
    const at = ['alertmanager', severity, 'repeatInterval'];
    const retention = ['alertmanager', 'retention'];
    const interval = ['alertmanager', severity, 'groupInterval'];
    if (seconds(repeatInterval) > seconds(alertmanager.retention)) {
      const what =
        `${repeatInterval} is longer than alertmanager.retention (${alertmanager.retention}): ` +
        'Alertmanager would forget the message before it could repeat it';
      return [{ at, from: [at, retention], what, fix: setFix(at, alertmanager.retention) }];
    }
    if (seconds(repeatInterval) < seconds(groupInterval)) {
      const what =
        `${repeatInterval} is shorter than groupInterval (${groupInterval}): messages are ` +
        'repeated at multiples of groupInterval';
      return [{ at, from: [at, interval], what, fix: setFix(at, groupInterval) }];
    }
    return [];
  });
}

function maintenance({ alertmanager: { maintenance: windows } }: CheckedAlerting) {
  const names = windows.map(({ name }) => name);
  return windows.flatMap(({ name, from, to }, i): Finding[] => {
    const at = ['alertmanager', 'maintenance', i];
    const findings: Finding[] = [];
    if (names.indexOf(name) < i) {
      const what = `"${name}" is already the name of another window`;
      const fix = setFix([...at, 'name'], `${name.slice(0, 55)}-${i + 1}`);
      findings.push({ at: [...at, 'name'], what, fix });
    }
    if (from >= to) {
      const place = [...at, 'to'];
      const what = `${to} is not after from (${from}); a window must end on the day on which it starts`;
      findings.push({ at: place, from: [at], what, fix: setFix(place, '24:00') });
    }
    return findings;
  });
}

/**
 * Maximum length of a silence. A rule that must be muted for longer should be changed or removed.
 */
const longestDays = 31;

/** Labels of the Watchdog. Those that depend on the stack may have any value. */
const watchdog: Readonly<Record<string, string>> = {
  ...{ alertname: 'Watchdog', severity: 'none', service: 'monitoring' },
};
const ofStack: readonly string[] = ['env', 'stack', 'team'];

function silences({ alertmanager: { silences: all } }: CheckedAlerting) {
  const names = all.map(({ name }) => name);
  return all.flatMap(({ name, matchers, from, to }, i): Finding[] => {
    const at = ['alertmanager', 'silences', i];
    const findings: Finding[] = [];
    if (names.indexOf(name) < i) {
      const what = `"${name}" is already the name of another silence`;
      const fix = setFix([...at, 'name'], `${name.slice(0, 55)}-${i + 1}`);
      findings.push({ at: [...at, 'name'], what, fix });
    }
    const start = new Date(from).getTime();
    const days = (new Date(to).getTime() - start) / 86_400_000;
    if (days <= 0 || days > longestDays) {
      const place = [...at, 'to'];
      const what =
        days <= 0
          ? `${to} is not after from (${from})`
          : `${to} is ${Math.ceil(days)} days after from (${from}); at most ${longestDays} are allowed`;
      const fix = setFix(place, new Date(start + 4 * 3_600_000).toISOString());
      findings.push({ at: place, from: [[...at, 'from'], place], what, fix });
    }
    const parsed = matchers.flatMap((text) => parseMatcher(text) ?? []);
    const place = [...at, 'matchers'];
    const fix = setFix([...place, 0], 'alertname=LowDiskSpace');
    if (parsed.every((matcher) => matchesValue(matcher, ''))) {
      const what =
        'all match alerts without the label; Alertmanager requires at least one matcher that does not';
      findings.push({ at: place, from: [place], what, fix });
    } else if (
      parsed.every(
        (matcher) =>
          ofStack.includes(matcher.name) || matchesValue(matcher, watchdog[matcher.name] ?? ''),
      )
    ) {
      const what =
        'match the Watchdog: its heartbeat would stop, and the service behind heartbeatUrl would raise an alarm';
      findings.push({ at: place, from: [place], what, fix });
    }
    return findings;
  });
}

const seconds = (text: string): number => durationSeconds(text) ?? 0;
