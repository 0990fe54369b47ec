import {
  type Channel,
  defaultOptions,
  type Inhibition,
  inhibitions,
  renderLogRules,
  renderRules,
  type RuleOptions,
} from '../../rules';
import { jobReplicas } from '../deployment';
import { exporterOf } from '../forwarding/exporters-config';
import { otlpTargets, remoteWriteTargets } from '../forwarding/targets-config';
import type { Platform } from '../platform/platform';
import type { Settings } from '../settings';
import { budgetsOf, volumeMiB } from '../settings/budgets';
import { durationSeconds, sizeMiB } from '../units';
import { limits, targetsBeside } from './prometheus-config';
import { runbookTexts } from './runbooks';

export interface StackRulesArgs {
  readonly settings: Settings;
  readonly platform: Pick<Platform, 'manyHosts' | 'sizedVolumes'>;
  /** Names of the stack's own scrape jobs. */
  readonly jobs: readonly string[];
  /** Receiver types in use. */
  readonly channels: readonly Channel[];
}

export interface StackRules {
  /** Rule files for Prometheus, by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** Rule files for Loki's ruler, by file name: alerts on log lines. */
  readonly logFiles: Readonly<Record<string, string>>;
  /** Inhibition rules for Alertmanager. */
  readonly inhibitions: readonly Inhibition[];
}

/** The rules of a stack, only for deployed components. Pure. */
export function stackRules(args: StackRulesArgs): StackRules {
  const options = ruleOptions(args);
  return {
    files: renderRules(options),
    logFiles: renderLogRules(options),
    inhibitions: inhibitions(options),
  };
}

function ruleOptions({ settings, platform, jobs, channels }: StackRulesArgs): RuleOptions {
  const { alerts, alertmanager, prometheus, uptime, traces, jaeger, forwarding } = settings;
  const seconds = (text: string): number => durationSeconds(text) ?? 0;
  const bytes = (text: string): number => (sizeMiB(text) ?? 0) * 2 ** 20;
  const targets = Object.entries(targetsBeside(settings.targets, jobs)).filter(
    ([, target]) => target.enabled,
  );
  const intervals = [
    prometheus.scrapeInterval,
    ...targets.flatMap(([, target]) => target.interval ?? []),
  ];
  return {
    ...defaultOptions,
    thresholds: alerts.thresholds,
    slo: settings.slo,
    retention: seconds(prometheus.retention),
    scrapeInterval: Math.max(...intervals.map(seconds)),
    appJobs: targets.map(([name, { addresses, kubernetes }]) => ({
      name,
      targets: addresses?.length,
      isDiscovered: kubernetes !== undefined,
    })),
    expectApp: alerts.expectApp,
    ownJobs: jobs,
    replicas: jobReplicas(settings),
    checks: uptime.enabled
      ? uptime.checks.map((check) => ({ ...check, interval: seconds(check.interval) }))
      : [],
    speedUp: alerts.speedUp,
    manyHosts: platform.manyHosts,
    alertmanager: {
      instances: alertmanager.replicas,
      channels,
      longestGroupInterval: Math.max(
        ...([alertmanager.critical, alertmanager.warning, alertmanager.info] as const).map(
          ({ groupInterval }) => seconds(groupInterval),
        ),
      ),
    },
    sampleLimit: limits.sample_limit,
    storageBytes: platform.sizedVolumes ? volumeMiB('prometheus', settings) * 2 ** 20 : undefined,
    budgets: budgetsOf(settings).map(({ data, bytes: size, kept }) => ({
      data,
      bytes: size,
      kept,
    })),
    traces: {
      collectorMemoryBytes: bytes(traces.memory),
      storageBytes:
        jaeger.storageBackend === 'badger' ? volumeMiB('jaeger', settings) * 2 ** 20 : undefined,
    },
    forwarding: {
      exporters: otlpTargets(forwarding).map(exporterOf),
      remoteWrite: remoteWriteTargets(forwarding, settings.stack).map(({ name }) => name),
    },
    runbookBase: alerts.runbookBase.replace(/\/$/, ''),
    runbooks: runbookTexts(),
    dashboardBase: alerts.dashboardBase.replace(/\/$/, ''),
  };
}
