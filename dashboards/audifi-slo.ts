import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { selector } from '../telemetry';
import { assembled, type Dashboard } from './lib/dashboard';
import { below } from './lib/limits';
import { dashboard, runbook } from './lib/links';
import { lines, number, top } from './lib/panels';
import { averageOfTop, instant, range } from './lib/queries';
import { oneOfThese } from './lib/variables';
import type { DashboardOptions } from './options';

/**
 * Objectives for the share of successful requests and checks. The specification sets none: these
 * are a proposal (docs/dashboards.md) until AudiFi decides.
 */
export const objectives = { requests: 0.999, checks: 0.999 } as const;

/** Remaining share of the error budget below which the panels turn to warning. */
const budgetLow = 0.25;

const empty = 'No requests in this time range.';
const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** Remaining error budget, and how fast it is used up. */
export const slo = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-slo',
      title: 'SLO',
      description:
        'The error budget: how many requests may still fail before the objective is missed. Below a quarter, avoid risky deployments.',
      from: 'now-24h',
      variables: [oneOfThese('window', 'Window', ['7d', '1d', '14d'])],
      rows: [
        {
          title: 'State',
          height: 7,
          panels: [
            [6, budgetLeft(options)],
            [6, availability()],
            [6, burn('1h', 'Burn Rate (1 h)')],
            [6, burn('6h', 'Burn Rate (6 h)')],
          ],
        },
        {
          title: 'Errors',
          height: 9,
          panels: [
            [24, burnOverTime(options)],
            [12, worst()],
            [12, checks(options)],
          ],
        },
      ],
    },
    options,
  );

/** Share of failed requests in a window. Rates over the same window are proportional to counts. */
function failed(window: string): string {
  const total = (expr: string): string => `sum_over_time(${expr}[${window}])`;
  const all = `sum(${total(selector('job:http_requests:rate5m', { job: 'api-server' }))})`;
  const bad = selector('job_class:http_requests:rate5m', { job: 'api-server', class: '5xx' });
  return `(sum(${total(bad)}) or 0 * ${all}) / (${all} > 0)`;
}

function budgetLeft(options: DashboardOptions): Panel {
  return number({
    title: 'Error Budget Left',
    shows: `Remaining error budget in the selected window (objective ${percent(objectives.requests)}).`,
    good: 'Above a quarter.',
    otherwise: 'Below 0 the objective is missed: work on reliability before new features.',
    unit: 'share',
    queries: [
      instant(`1 - ${failed('$window')} / ${Number((1 - objectives.requests).toFixed(6))}`, 'left'),
    ],
    empty,
    limit: {
      side: 'below',
      steps: [
        { value: 0, colour: 'red' },
        { value: budgetLow, colour: 'orange' },
      ],
    },
    links: [runbook(options, 'HighErrorRate')],
  });
}

function availability(): Panel {
  return number({
    title: 'Requests That Succeeded',
    shows: 'Share of requests in the selected window without a 5xx response.',
    good: `At least ${percent(objectives.requests)}.`,
    otherwise: 'The endpoints below show where requests failed.',
    unit: 'share',
    decimals: 3,
    queries: [instant(`1 - ${failed('$window')}`, 'succeeded')],
    empty,
    limit: below(objectives.requests, 'critical'),
    links: [dashboard('audifi-api', 'API')],
  });
}

const burnRate = (window: string): string =>
  `${failed(window)} / ${Number((1 - objectives.requests).toFixed(6))}`;

function burn(window: '1h' | '6h', title: string): Panel {
  return number({
    title,
    shows:
      'How fast the error budget is used, compared to the allowed rate. At 1 it lasts exactly one window.',
    good: 'Below 1.',
    otherwise: 'Above 14 the budget of a month is used up within about two days: act now.',
    unit: 'count',
    decimals: 1,
    queries: [instant(burnRate(window), 'burn')],
    empty,
    limit: {
      side: 'above',
      steps: [
        { value: 1, colour: 'orange' },
        { value: 14, colour: 'red' },
      ],
    },
  });
}

function burnOverTime(options: DashboardOptions): Panel {
  return lines({
    title: 'Burn Rate',
    shows: 'Burn rate over time, over windows of one hour and six hours.',
    good: 'Both below 1.',
    otherwise:
      'Both high: the problem continues. Only the 1 h rate: it has just begun. Only the 6 h rate: it is over.',
    unit: 'count',
    queries: [range(burnRate('1h'), '1 h'), range(burnRate('6h'), '6 h')],
    empty,
    limit: {
      side: 'above',
      steps: [
        { value: 1, colour: 'orange' },
        { value: 14, colour: 'red' },
      ],
    },
    links: [runbook(options, 'HighErrorRate')],
  });
}

function worst(): Panel {
  const failed = selector('path:http_errors:topk20_rate5m', { job: 'api-server' });
  const each = averageOfTop(failed);
  return top({
    title: 'Where the Budget Goes',
    shows:
      'The ten endpoints with the most failed requests per second, averaged over the time range.',
    good: 'Close to 0 everywhere.',
    otherwise: 'Fix the first endpoint first: it costs the most error budget.',
    unit: 'requestsPerSecond',
    queries: [instant(`topk(10, ${each} > 0)`, '{{method}} {{path}}')],
    empty: 'No failed requests in this time range.',
    links: [dashboard('audifi-api', 'API')],
  });
}

function checks(options: DashboardOptions): Panel {
  return top({
    title: 'Checks That Succeeded',
    shows: 'Share of successful uptime checks in the selected window, by check.',
    good: `At least ${percent(objectives.checks)}.`,
    otherwise: 'Open Overview to see when the check failed.',
    unit: 'share',
    decimals: 2,
    queries: [
      instant(
        `min by (check) (avg_over_time(${selector('check:probe_success:avg1h')}[$window]))`,
        '{{check}}',
      ),
    ],
    empty: 'No check results. Check that the blackbox exporter is on (uptime.enabled).',
    limit: below(objectives.checks, 'critical'),
    links: [runbook(options, 'UptimeCheckFailed')],
  });
}
