import { removeFix, setFix } from '../settings/commands';
import type { Finding } from '../settings/finding';
import { secretKeysOf } from '../settings/kinds';
import { durationSeconds, portOf } from '../units';
import { alertingSchema, type ParsedAlerting } from './settings-schema';

export interface CheckedAlerting extends ParsedAlerting {
  readonly platform: 'docker' | 'kubernetes';
}

/** Checks alerting settings that depend on each other. Never names the value of a secret. */
export function alertingFindings(parsed: CheckedAlerting): Finding[] {
  return [
    ...pagerduty(parsed),
    ...slack(parsed),
    ...secretPorts(parsed),
    ...timings(parsed),
    ...maintenance(parsed),
  ];
}

function pagerduty({ pagerduty: settings, ...parsed }: CheckedAlerting): Finding[] {
  if (!settings.create) return [];
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
  return findings;
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

function timings({ alertmanager }: CheckedAlerting): Finding[] {
  return (['critical', 'warning', 'info'] as const).flatMap((severity): Finding[] => {
    const { groupInterval, repeatInterval } = alertmanager[severity];
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

const seconds = (text: string): number => durationSeconds(text) ?? 0;
