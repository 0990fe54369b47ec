import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { by, type Expr, orZero, selector } from '../telemetry';
import { late, notDelivered, notifications, queue, ruleFailures, watchdog } from './lib/alert-path';
import { containerPanels } from './lib/containers';
import { assembled, type Dashboard } from './lib/dashboard';
import { above } from './lib/limits';
import { runbook } from './lib/links';
import { logPathPanels } from './lib/log-path';
import { longTermPanels } from './lib/long-term-path';
import { allUp, lines, number, timeline, upDown } from './lib/panels';
import { instant, meanOf, range, sinceLastPoint } from './lib/queries';
import { tracePathPanels } from './lib/trace-path';
import { chosen, valuesOf } from './lib/variables';
import type { DashboardOptions } from './options';

const prometheus = { job: 'prometheus' } as const;
const empty = 'Prometheus does not scrape itself.';

/** Health and cost of the monitoring itself. */
export const stack = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-stack',
      title: 'Stack',
      description:
        'Health of the monitoring itself. If it is broken, the absence of alerts means nothing.',
      variables: [valuesOf('service', 'Service', 'job:up:count', 'job')],
      rows: [
        {
          title: 'State',
          height: 9,
          panels: [
            [4, watchdog(options)],
            [4, targetsDown(options)],
            [16, targets(options)],
          ],
        },
        {
          title: 'Traffic',
          height: 8,
          panels: [
            [12, samples(options)],
            [12, notifications(options)],
          ],
        },
        {
          title: 'Errors',
          height: 8,
          panels: [
            [8, ruleFailures(options)],
            [8, notDelivered(options)],
            [8, reloads(options)],
          ],
        },
        {
          title: 'Latency',
          height: 8,
          panels: [
            [12, late(options)],
            [12, grafana(options)],
          ],
        },
        {
          title: 'Saturation',
          height: 9,
          panels: [
            [8, series(options)],
            [8, disk(options)],
            [8, queue(options)],
            ...containerPanels(options),
          ],
        },
        ...(options.loki ? [{ title: 'Logs', height: 8, panels: logPathPanels(options) }] : []),
        ...(options.jaeger
          ? [{ title: 'Traces', height: 8, panels: tracePathPanels(options) }]
          : []),
        ...(options.longTerm === true
          ? [{ title: 'Long-Term Metrics', height: 8, panels: longTermPanels(options) }]
          : []),
      ],
    },
    options,
  );

function targetsDown(options: DashboardOptions): Panel {
  const targets = selector('up');
  const down = by('count', [], `${targets} == 0` as Expr);
  return number({
    title: 'Targets Down',
    shows: 'Number of scrape targets that are down.',
    good: '0.',
    otherwise: 'Target Health shows which ones, and since when.',
    unit: 'count',
    queries: [instant(orZero(down, by('count', [], targets)), 'down')],
    empty: 'Prometheus does not respond.',
    limit: above(1, 'warning'),
    links: [runbook(options, 'TargetDown')],
  });
}

function targets(options: DashboardOptions): Panel {
  const job = chosen('service');
  const lowest = sinceLastPoint('min', selector('instance:up:min1m', { job }));
  return timeline({
    title: 'Target Health',
    shows: 'Whether each scrape target of the selected services is up.',
    good: 'All green.',
    otherwise: 'Open the Targets page of Prometheus to see the scrape error.',
    unit: 'state',
    queries: [range(by('min', ['job', 'instance'], lowest), '{{job}} {{instance}}')],
    empty: 'Prometheus has no targets for the selected services.',
    limit: allUp,
    states: upDown,
    links: [runbook(options, 'TargetDown'), runbook(options, 'TargetsMissing')],
  });
}

function samples(options: DashboardOptions): Panel {
  const kept = selector('job:scrape_samples_post_metric_relabeling:sum', {
    job: chosen('service'),
  });
  return lines({
    title: 'Samples by Service',
    shows: 'Samples per scrape, by service: how much each service adds to the cost of monitoring.',
    good: 'Level.',
    otherwise: 'A steady rise: a label has too many values.',
    unit: 'count',
    queries: [range(kept, '{{job}}')],
    empty,
    stacked: true,
    links: [
      runbook(options, 'TargetNearSampleLimit'),
      runbook(options, 'PrometheusCardinalityGrowing'),
    ],
  });
}

function reloads(options: DashboardOptions): Panel {
  const ofPrometheus = selector('prometheus_config_last_reload_successful', prometheus);
  const ofAlertmanager = selector('alertmanager_config_last_reload_successful', {
    job: 'alertmanager',
  });
  return timeline({
    title: 'Configuration Loaded',
    shows: 'Whether the last reload of the configuration succeeded.',
    good: 'Green.',
    otherwise: 'Red: the last configuration was rejected, and the next start will fail.',
    unit: 'state',
    queries: [
      range(
        by('min', ['instance'], sinceLastPoint('min', ofPrometheus)),
        'Prometheus {{instance}}',
      ),
      range(
        by('min', ['instance'], sinceLastPoint('min', ofAlertmanager)),
        'Alertmanager {{instance}}',
      ),
    ],
    empty,
    limit: allUp,
    states: upDown,
    links: [
      runbook(options, 'PrometheusConfigReloadFailed'),
      runbook(options, 'AlertmanagerConfigReloadFailed'),
    ],
  });
}

function grafana(options: DashboardOptions): Panel {
  const seconds = selector('job:grafana_http_request_duration_seconds_sum:rate5m');
  const count = selector('job:grafana_http_request_duration_seconds_count:rate5m');
  return lines({
    title: 'Grafana',
    shows: 'Average response time of Grafana.',
    good: 'Well below one second.',
    otherwise: 'Queries are slow: Prometheus is slow, or a panel reads too much data.',
    unit: 'seconds',
    queries: [range(meanOf(seconds, count), 'mean')],
    empty: 'No metrics. Check in Target Health that Prometheus scrapes Grafana.',
    links: [runbook(options, 'GrafanaDown')],
  });
}

function series(options: DashboardOptions): Panel {
  return lines({
    title: 'Series in Memory',
    shows: 'Series in the memory of Prometheus. Memory use is proportional to them.',
    good: 'Steady, below the line.',
    otherwise: 'Samples by Service shows which service adds them.',
    unit: 'count',
    queries: [range(selector('prometheus_tsdb_head_series', prometheus), '{{instance}}')],
    empty,
    limit: above(options.thresholds.headSeries, 'warning'),
    links: [runbook(options, 'PrometheusTooManySeries')],
  });
}

function disk(options: DashboardOptions): Panel {
  const blocks = selector('prometheus_tsdb_storage_blocks_bytes', prometheus);
  const wal = selector('prometheus_tsdb_wal_storage_size_bytes', prometheus);
  const head = selector('prometheus_tsdb_head_chunks_storage_size_bytes', prometheus);
  const limit = selector('prometheus_tsdb_retention_limit_bytes', prometheus);
  return lines({
    title: 'Disk of Prometheus',
    shows:
      'Disk space used by metrics, and the retention size at which Prometheus deletes the oldest data.',
    good: 'Below the limit.',
    otherwise: 'At the limit Prometheus keeps data for a shorter time than the retention setting.',
    unit: 'bytes',
    queries: [
      range(`${blocks} + ${wal} + ${head}`, 'in use by {{instance}}'),
      range(`max(${limit} > 0)`, 'limit'),
    ],
    empty,
    links: [
      runbook(options, 'PrometheusNearRetentionSize'),
      runbook(options, 'PrometheusStorageFilling'),
    ],
  });
}
