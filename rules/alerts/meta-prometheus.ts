import { increase, over, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import { type Alert, perJob } from '../model';
import { corruptedLately } from '../losses';
import { jobs } from '../options';
import { shareOfVolume } from './kubernetes-volumes';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const prometheusNames = [
  'PrometheusConfigReloadFailed',
  'PrometheusRuleFailures',
  'PrometheusRuleGroupsLate',
  'PrometheusCompactionsFailing',
  'PrometheusWALCorrupted',
  'PrometheusScrapeLimitHit',
  'TargetNearSampleLimit',
  'PrometheusTooManySeries',
  'PrometheusCardinalityGrowing',
  'PrometheusNearRetentionSize',
  'PrometheusStorageFilling',
] as const;

const job = jobs.prometheus;
const common = {
  severity: 'warning',
  service: 'monitoring',
  dashboard: 'audifi-stack',
} as const;

/** Without the path of its file. */
const group = 'the group {{ $labels.rule_group | reReplaceAll ".*;" "" }}';

/** Groups with an alert that pages. A test compares them with the rules. */
export const pagingGroups = ['critical', 'slo', 'uptime', 'meta-delivery'] as const;

/**
 * Alerts on Prometheus itself. Gauges are read over a window, so one failed scrape hides nothing.
 */
export function prometheusAlerts(c: Context): readonly Alert[] {
  return [
    configReloadFailed(c),
    ruleFailures(c),
    ruleGroupsLate(c),
    compactionsFailing(c),
    walCorrupted(c),
    scrapeLimitHit(c),
    targetNearSampleLimit(c),
    tooManySeries(c),
    cardinalityGrowing(c),
    nearRetentionSize(c),
    ...when(c.options.storageBytes !== undefined, storageFilling(c)),
  ];
}

function configReloadFailed(c: Context): Alert {
  const loaded = selector('prometheus_config_last_reload_successful', { job });
  return {
    ...common,
    name: 'PrometheusConfigReloadFailed',
    expr: `${over('max_over_time', loaded, c.window(300))} == 0`,
    for: c.hold(300),
    summary: 'Prometheus runs with an old configuration',
    description:
      '{{ $labels.instance }} rejected its current configuration file and still uses the previous one. ' +
      'It will fail to start at the next restart.',
  };
}

function ruleFailures(c: Context): Alert {
  const failures = selector('prometheus_rule_evaluation_failures_total', { job });
  return {
    ...common,
    name: 'PrometheusRuleFailures',
    // The other Prometheus of a pair and the checks from outside still page.
    severity: 'warning',
    expr: `${sum(['rule_group', 'instance'], increase(failures, c.window(300)))} > 0`,
    for: c.hold(600),
    summary: `{{ $labels.instance }} cannot evaluate the rules of ${group}`,
    description:
      `{{ $value | printf "%.0f" }} rule evaluations of ${group} failed in the last ${c.said(300)} ({{ $labels.instance }}). ` +
      `{{ if match ";(${pagingGroups.join('|')})$" $labels.rule_group }}Alerts that page{{ else }}Alerts of this group{{ end }} may not fire.`,
  };
}

function ruleGroupsLate(c: Context): Alert {
  const missed = selector('prometheus_rule_group_iterations_missed_total', { job });
  return {
    ...common,
    name: 'PrometheusRuleGroupsLate',
    expr: `${sum(['rule_group'], increase(missed, c.window(300)))} > 0`,
    for: c.hold(900),
    summary: `Prometheus skips evaluations of ${group}`,
    description:
      'Evaluating the group takes longer than its interval, so its alerts fire late. Prometheus needs more CPU, or a ' +
      'rule reads too many series.',
  };
}

function compactionsFailing(c: Context): Alert {
  const failed = selector('prometheus_tsdb_compactions_failed_total', { job });
  return {
    ...common,
    name: 'PrometheusCompactionsFailing',
    // Prometheus retries every minute, so half an hour of failures is not a temporary problem.
    expr: `${increase(failed, c.window(1_800))} > 0`,
    for: c.hold(3_600),
    summary: 'Prometheus cannot compact its data',
    description:
      '{{ $labels.instance }} has failed to write blocks for an hour. The write-ahead log grows until ' +
      'the disk is full, and old data is not deleted.',
  };
}

function walCorrupted(c: Context): Alert {
  const corruptions = selector('prometheus_tsdb_wal_corruptions_total', { job });
  return {
    ...common,
    name: 'PrometheusWALCorrupted',
    expr: corruptedLately(c, (modifier) => `${corruptions}${modifier}`, job),
    summary: 'Prometheus found its write-ahead log corrupted',
    description:
      '{{ $labels.instance }} dropped all records after the corrupted one. Up to three hours of data before the restart ' +
      'may be missing. Likely causes: a full disk, a power failure or a broken disk.',
  };
}

function scrapeLimitHit(c: Context): Alert {
  const limits = [
    selector('prometheus_target_scrapes_exceeded_sample_limit_total', { job }),
    selector('prometheus_target_scrapes_exceeded_body_size_limit_total', { job }),
    selector('prometheus_target_scrape_pool_exceeded_label_limits_total', { job }),
  ];
  const refused = limits.map((limit) => increase(limit, c.window(300))).join('\n  + ');
  return {
    ...common,
    name: 'PrometheusScrapeLimitHit',
    expr: `(\n  ${refused}\n) > 0`,
    for: c.hold(300),
    summary: 'A target exceeds the scrape limits',
    description:
      `{{ $value | printf "%.0f" }} scrapes in the last ${c.said(300)} returned too many samples, labels or ` +
      'bytes. Prometheus dropped these scrapes completely, and the target counts as down.',
  };
}

function targetNearSampleLimit(c: Context): Alert {
  const { sampleLimit } = c.options;
  return {
    ...common,
    name: 'TargetNearSampleLimit',
    serviceLabel: perJob,
    expr: `${selector('scrape_samples_post_metric_relabeling')} > ${Math.round(c.t.sampleLimitRatio * sampleLimit)}`,
    for: c.hold(900),
    summary: '{{ $labels.instance }} of {{ $labels.job }} is near the sample limit',
    description:
      `{{ $labels.instance }} returns {{ $value | printf "%.0f" }} samples per scrape. Above ${sampleLimit} Prometheus drops ` +
      'the whole scrape. The usual cause is a label with unbounded values.',
  };
}

function tooManySeries(c: Context): Alert {
  return {
    ...common,
    name: 'PrometheusTooManySeries',
    expr: `${selector('prometheus_tsdb_head_series', { job })} > ${c.t.headSeries}`,
    for: c.hold(900),
    summary: 'Prometheus has {{ $value | humanize }} series in memory',
    description:
      `{{ $labels.instance }} has {{ $value | humanize }} series in memory; it is sized for ${c.t.headSeries}. ` +
      'The kernel kills Prometheus when it runs out of memory.',
    mutes: [{ alerts: ['PrometheusCardinalityGrowing'], why: 'it has grown already' }],
  };
}

function cardinalityGrowing(c: Context): Alert {
  const series = selector('prometheus_tsdb_head_series', { job });
  return {
    ...common,
    name: 'PrometheusCardinalityGrowing',
    // A small Prometheus may grow many times over when it gets its first targets.
    expr:
      `${series} / ${series} offset ${c.said(86_400)} > ${c.t.seriesGrowthFactor}\n` +
      `and\n${series} > ${Math.round(c.t.headSeries / 5)}`,
    for: c.hold(3_600),
    summary: 'Prometheus has {{ $value | printf "%.1f" }} times as many series as yesterday',
    description:
      '{{ $labels.instance }} has {{ $value | printf "%.1f" }} times as many series as a day ago. Likely causes: a new ' +
      'label that contains IDs, or many new targets.',
  };
}

/** Everything that counts against the retention size: blocks, write-ahead log and head. */
function stored(): string {
  return [
    selector('prometheus_tsdb_storage_blocks_bytes', { job }),
    selector('prometheus_tsdb_wal_storage_size_bytes', { job }),
    selector('prometheus_tsdb_head_chunks_storage_size_bytes', { job }),
  ].join('\n  + ');
}

function nearRetentionSize(c: Context): Alert {
  const limit = selector('prometheus_tsdb_retention_limit_bytes', { job });
  return {
    ...common,
    name: 'PrometheusNearRetentionSize',
    expr: `(\n  ${stored()}\n)\n/\n(${limit} > 0)\n> ${c.t.retentionSizeRatio}`,
    for: c.hold(3_600),
    summary: 'Prometheus is close to its retention size',
    description:
      'The data of {{ $labels.instance }} is at {{ $value | humanizePercentage }} of the retention size. At that size Prometheus ' +
      'deletes the oldest data, even if it is younger than the retention time.',
  };
}

function storageFilling(c: Context): Alert {
  return {
    ...common,
    name: 'PrometheusStorageFilling',
    expr: `${shareOfVolume(c, stored(), job, c.options.storageBytes ?? 0)}\n> ${c.t.storageRatio}`,
    for: c.hold(900),
    summary: "Prometheus's volume is {{ $value | humanizePercentage }} full",
    description:
      'The data of {{ $labels.instance }} uses {{ $value | humanizePercentage }} of its volume. When the volume ' +
      'is full, Prometheus cannot store samples and no alert can fire.',
    mutes: [
      {
        alerts: ['PrometheusNearRetentionSize'],
        equal: ['instance'],
        why: 'the volume fills before the retention size is reached',
      },
      { alerts: ['KubeVolumeFilling'], equal: ['namespace', 'pod'], why: 'it is the same volume' },
    ],
  };
}
