import { type Channel, defaultOptions, type RuleOptions } from '../../rules';
import type { Settings } from '../settings';
import { durationSeconds, sizeMiB } from '../units';
import { limits } from './prometheus-config';

/**
 * What the rules have to know of this stack: only what is deployed is watched. Pure.
 *
 * @param jobs names of the stack's own scrape jobs besides Prometheus's
 * @param channels ways on which alerts leave the stack
 */
export function ruleOptions(
  settings: Settings,
  jobs: readonly string[],
  channels: readonly Channel[],
): RuleOptions {
  const { alerts, prometheus, platform, uptime } = settings;
  const seconds = (text: string): number => durationSeconds(text) ?? 0;
  const targets = Object.entries(settings.targets).filter(([, target]) => target.enabled);
  const intervals = [
    prometheus.scrapeInterval,
    ...targets.flatMap(([, target]) => target.interval ?? []),
  ];
  return {
    ...defaultOptions,
    thresholds: alerts.thresholds,
    scrapeInterval: Math.max(...intervals.map(seconds)),
    appJobs: targets.map(([name, { addresses }]) => ({ name, targets: addresses?.length })),
    expectApp: alerts.expectApp ?? platform === 'kubernetes',
    ownJobs: ['prometheus', ...jobs],
    checks: uptime.enabled
      ? uptime.checks.map((check) => ({ ...check, interval: seconds(check.interval) }))
      : [],
    // On one machine Prometheus dies with what it watches; only on a cluster can it tell.
    manyHosts: platform === 'kubernetes',
    alertmanager: { instances: 1, channels },
    sampleLimit: limits.sample_limit,
    storageBytes:
      platform === 'kubernetes' ? (sizeMiB(prometheus.storage) ?? 0) * 2 ** 20 : undefined,
    runbookBase: alerts.runbookBase.replace(/\/$/, ''),
    dashboardBase: alerts.dashboardBase.replace(/\/$/, ''),
  };
}
