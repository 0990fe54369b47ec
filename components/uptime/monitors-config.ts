import type { CheckSettings, Settings } from '../settings';
import { durationSeconds } from '../units';
import { monitoredChecks, secureHost } from './settings-schema';

/** Whom an incident reaches: an escalation policy, otherwise the person on call, by these ways. */
interface Notified {
  readonly policy_id?: string;
  readonly call?: boolean;
  readonly push?: boolean;
  readonly email?: boolean;
}

/**
 * Attributes of a monitor that the stack sets.
 *
 * Upstream: https://betterstack.com/docs/uptime/api/create-a-new-monitor/
 */
export interface MonitorAttributes extends Notified {
  readonly url: string;
  readonly pronounceable_name: string;
  readonly monitor_type: 'status' | 'expected_status_code';
  readonly expected_status_codes?: readonly number[];
  /** Seconds. */
  readonly check_frequency: number;
  /** Seconds that a failure must last before it is an incident. */
  readonly confirmation_period: number;
  readonly verify_ssl: boolean;
  /** Days. */
  readonly ssl_expiration?: number;
  readonly paused: boolean;
}

/**
 * Attributes of a heartbeat that the stack sets.
 *
 * Upstream: https://betterstack.com/docs/uptime/api/create-a-heartbeat/
 */
export interface HeartbeatAttributes extends Notified {
  readonly name: string;
  /** Seconds between two calls. */
  readonly period: number;
  /** Seconds that a call may be late. */
  readonly grace: number;
  readonly paused: boolean;
}

export interface Monitor {
  /** Name of the check. */
  readonly check: string;
  readonly attributes: MonitorAttributes;
}

/** Values that Better Stack accepts, up to the longest interval of a check. */
const frequencies = [30, 45, 60, 120];
const expirations = [1, 2, 3, 7, 14, 30, 60];

/** A server that answers with one of these presents its certificate. 5xx may be a proxy. */
const answers = [200, 204, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405];

/**
 * The monitors of the checks. An interval that Better Stack does not offer is rounded up to the
 * next one. Certificates are reported at least as early as by the stack's own alert. An incident
 * needs two failures: the confirmation period is one interval. On each host, one monitor reports
 * the certificate, as the stack's own alerts do.
 */
export function monitors(
  settings: Pick<Settings, 'environment' | 'uptime' | 'betterStack' | 'alerts'>,
): Monitor[] {
  const checks = monitoredChecks(settings.uptime.outside);
  const hosts = checks.map(secureHost);
  const days = atLeast(settings.alerts.thresholds.certificateDays, expirations);
  return checks.map((check, i) => {
    const frequency = atLeast(durationSeconds(check.interval) ?? 0, frequencies);
    const reads = hosts[i] !== undefined && hosts.indexOf(hosts[i]) === i;
    return {
      check: check.name,
      attributes: {
        url: check.url,
        pronounceable_name: `AudiFi ${settings.environment} ${check.name}`,
        ...success(check),
        check_frequency: frequency,
        confirmation_period: frequency,
        verify_ssl: true,
        ...(reads ? { ssl_expiration: days } : {}),
        ...notified(settings),
        paused: false,
      },
    };
  });
}

/** A certificate check accepts every response of a working server. */
const success = ({
  kind,
}: CheckSettings): Pick<MonitorAttributes, 'monitor_type' | 'expected_status_codes'> =>
  kind === 'http'
    ? { monitor_type: 'status' }
    : { monitor_type: 'expected_status_code', expected_status_codes: answers };

/**
 * The heartbeat that Alertmanager calls. The grace period, which begins when a call is due, covers
 * one missed call and a restart of Alertmanager, which sends nothing for `alertmanager.startDelay`.
 */
export function heartbeat(
  settings: Pick<Settings, 'environment' | 'alertmanager' | 'betterStack'>,
): HeartbeatAttributes {
  const { heartbeatInterval, startDelay } = settings.alertmanager;
  const period = Math.ceil(Math.max(30, durationSeconds(heartbeatInterval) ?? 0));
  return {
    name: `AudiFi ${settings.environment} Watchdog`,
    period,
    grace: Math.ceil(period + (durationSeconds(startDelay) ?? 0)),
    ...notified(settings),
    paused: false,
  };
}

/** Without `call`, an incident at night is only a message. A policy has its own ways. */
const notified = ({ betterStack: { policyId } }: Pick<Settings, 'betterStack'>): Notified =>
  policyId === undefined
    ? { call: true, push: true, email: true }
    : { policy_id: String(policyId) };

const atLeast = (wanted: number, values: readonly number[]): number =>
  values.find((value) => value >= wanted) ?? Math.max(...values);
