import * as pulumi from '@pulumi/pulumi';
import * as runtimeConfig from '@pulumi/pulumi/runtime/config';
import { alertingGaps, dashboardBaseOf } from '../alerting/settings-gaps';
import { checkSettings } from './check';
import type { RawSettings } from './checks';
import { similarJobsWarning } from './checks-targets';
import { commandOf, keyOf } from './commands';
import { SettingsError } from './errors';
import { secretKeysOf } from './kinds';
import { loopbackWarning } from './loopback';
import type { TargetSettings } from '../metrics/settings-schema';
import { expectsApp, runsInbox, runsReferenceApp } from '../stack-shape';
import { type CheckSettings, specChecks, uptimeChecks } from '../uptime/settings-schema';
import {
  type ParsedSettings,
  type SecretKey,
  settingsSchema,
  type Thresholds,
  thresholdsFor,
} from './schema';
import { sizeMiB } from '../units';

export type { RawSettings } from './checks';
export type GrafanaSettings = ParsedSettings['grafana'];
export type { CheckSettings } from '../uptime/settings-schema';
export type { TargetSettings };

/** Complete settings of a stack: with all defaults, and validated. */
export interface Settings
  extends
    Omit<
      ParsedSettings,
      | 'environment'
      | 'targets'
      | 'alerts'
      | 'logs'
      | 'referenceApp'
      | 'inbox'
      | 'uptime'
      | SecretKey
    >,
    Readonly<Partial<Record<SecretKey, pulumi.Output<string>>>> {
  /** Stack name, e.g. `dev`. */
  readonly stack: string;
  readonly environment: string;
  readonly alerts: Omit<ParsedSettings['alerts'], 'thresholds'> & {
    readonly thresholds: Thresholds;
    readonly expectApp: boolean;
    readonly dashboardBase: string;
  };
  readonly logs: ParsedSettings['logs'] & { readonly debug: boolean };
  readonly referenceApp: boolean;
  readonly inbox: { readonly enabled: boolean; readonly port: number };
  readonly uptime: Omit<ParsedSettings['uptime'], 'checks'> & {
    readonly checks: CheckSettings[];
    /** Checks for monitors outside the stack, which cannot reach the reference application. */
    readonly outside: readonly CheckSettings[];
  };
  /** AudiFi's own scrape jobs by name: the six of the spec and additional ones. */
  readonly targets: Readonly<Record<string, TargetSettings>>;
}

/** Part of the SDK, but missing in its type declarations. */
const { isConfigSecret } = runtimeConfig as unknown as {
  isConfigSecret: (key: string) => boolean;
};

/**
 * Reads the config of the current stack. No other code reads `pulumi.Config`.
 *
 * Throws `SettingsError` with all problems, before any resource is registered.
 */
export function readSettings(): Settings {
  const namespace = `${pulumi.getProject()}:`;
  const values: Record<string, string> = {};
  const secretKeys = new Set<string>();
  const otherKeys: string[] = [];
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    if (!key.startsWith(namespace)) {
      otherKeys.push(key);
      continue;
    }
    values[key.slice(namespace.length)] = value;
    if (isConfigSecret(key)) secretKeys.add(key.slice(namespace.length));
  }
  const raw = { stack: pulumi.getStack(), values, secretKeys, otherKeys, needsReceivers: true };
  const settings = parseSettings(raw);
  const onThisMachine = loopbackWarning({
    ...settings,
    uptime: { checks: settings.uptime.checks },
    targets: Object.fromEntries(
      Object.entries(settings.targets).map(([job, { addresses, dns }]) => [
        job,
        { addresses, dns: { host: dns?.name } },
      ]),
    ),
  });
  for (const warning of [alertsWarning(settings), onThisMachine, similarJobsWarning(settings)]) {
    if (warning !== undefined) void pulumi.log.warn(warning);
  }
  return settings;
}

/**
 * The warning for a stack on Docker whose alerts have no receiver or have dead links; undefined if
 * there is nothing to warn about. Pure. On Kubernetes such a stack has been rejected.
 */
export function alertsWarning(settings: Settings): string | undefined {
  if (settings.alerts.acceptGaps) return undefined;
  const gaps = alertingGaps(settings);
  if (gaps.length === 0) return undefined;
  const lines = gaps.map(({ at, what, fix }) => `${keyOf(at)} ${what}. Example: ${commandOf(fix)}`);
  return `Alerts may reach nobody, or have links that work on this machine only:\n${lines.join('\n')}`;
}

/**
 * Pure part of `readSettings`: takes the raw text, returns complete settings or throws one error.
 */
export function parseSettings(raw: RawSettings): Settings {
  const { parsed, jobs, problems } = checkSettings(raw);
  if (problems.length > 0) throw new SettingsError(raw.stack, problems);

  const environment = parsed.environment ?? raw.stack;
  return {
    ...parsed,
    stack: raw.stack,
    environment,
    targets: jobs,
    // The spec keeps DEBUG lines in staging only.
    logs: { ...parsed.logs, debug: parsed.logs.debug ?? environment === 'staging' },
    alerts: {
      ...parsed.alerts,
      thresholds: thresholdsFor(
        parsed.alerts.thresholds,
        (sizeMiB(parsed.prometheus.memory) ?? 0) * 2 ** 20,
      ),
      expectApp: parsed.alerts.expectApp ?? expectsApp(parsed),
      dashboardBase: dashboardBaseOf(parsed),
    },
    referenceApp: runsReferenceApp(parsed),
    inbox: { ...parsed.inbox, enabled: runsInbox(parsed) },
    uptime: {
      ...parsed.uptime,
      checks: [...uptimeChecks(parsed)],
      outside: parsed.uptime.checks ?? specChecks,
    },
    ...secretsOf(parsed),
  };
}

function secretsOf(parsed: ParsedSettings): Record<SecretKey, pulumi.Output<string> | undefined> {
  const secret = (key: SecretKey): [SecretKey, pulumi.Output<string> | undefined] => {
    const value = parsed[key];
    return [key, value === undefined ? undefined : pulumi.secret(value)];
  };
  return Object.fromEntries(secretKeysOf(settingsSchema).map(secret)) as ReturnType<
    typeof secretsOf
  >;
}
