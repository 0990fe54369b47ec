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
 * Share of requests that have to succeed, and of checks. The specification sets none: these are a proposal
 * (docs/dashboards.md) until AudiFi decides.
 */
export const objectives = { requests: 0.999, checks: 0.999 } as const;

/** Share of the budget from which on it is time to be careful. */
const budgetLow = 0.25;

const empty = 'No requests were counted in this time.';
const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** How much may still fail, and how fast is it used up? */
export const slo = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-slo',
      title: 'SLO',
      description:
        'How much may still fail before the objective is missed. Below a quarter of the budget: no risky deployments.',
      from: 'now-24h',
      variables: [oneOfThese('window', 'Window', ['7d', '1d', '14d'])],
      rows: [
        {
          title: 'State',
          height: 7,
          panels: [
            [6, budgetLeft(options)],
            [6, availability()],
            [6, burn('1h', 'Burn Rate of an Hour')],
            [6, burn('6h', 'Burn Rate of Six Hours')],
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

/** Share of requests of a window that failed; rates over a window are in proportion to counts. */
function failed(window: string): string {
  const total = (expr: string): string => `sum_over_time(${expr}[${window}])`;
  const all = `sum(${total(selector('job:http_requests:rate5m', { job: 'api-server' }))})`;
  const bad = selector('job_class:http_requests:rate5m', { job: 'api-server', class: '5xx' });
  return `(sum(${total(bad)}) or 0 * ${all}) / (${all} > 0)`;
}

function budgetLeft(options: DashboardOptions): Panel {
  return number({
    title: 'Error Budget Left',
    shows: `What is left of the requests that may fail in the chosen window (objective ${percent(objectives.requests)}).`,
    good: 'Above a quarter.',
    otherwise: 'Below 0 the objective is missed: reliability comes before features.',
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
    shows: 'Share of requests of the chosen window that were not answered with 5xx.',
    good: `At least ${percent(objectives.requests)}.`,
    otherwise: 'The endpoints below say where it was lost.',
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
      'How many times faster than allowed the budget is used: at 1 it lasts exactly as long as its window.',
    good: 'Below 1.',
    otherwise: 'Above 14 the budget of a month is gone within two days: act now.',
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
    shows: 'The same over time, for the last hour and the last six at each point.',
    good: 'Both below 1.',
    otherwise:
      'Both high: it lasts. Only the short one: it began just now. Only the long one: it is over.',
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
      'The ten endpoints with most failed requests per second, on average of all that is shown.',
    good: 'Nearly nothing anywhere.',
    otherwise: 'The first one is where work pays.',
    unit: 'requestsPerSecond',
    queries: [instant(`topk(10, ${each} > 0)`, '{{method}} {{path}}')],
    empty: 'No endpoint failed in this time.',
    links: [dashboard('audifi-api', 'API')],
  });
}

function checks(options: DashboardOptions): Panel {
  return top({
    title: 'Checks That Succeeded',
    shows: 'Share of successful checks of the chosen window, by check.',
    good: `At least ${percent(objectives.checks)}.`,
    otherwise: 'Overview shows when it failed.',
    unit: 'share',
    decimals: 2,
    queries: [
      instant(
        `min by (check) (avg_over_time(${selector('check:probe_success:avg1h')}[$window]))`,
        '{{check}}',
      ),
    ],
    empty: 'No check has a result: is the blackbox exporter on (uptime.enabled)?',
    limit: below(objectives.checks, 'critical'),
    links: [runbook(options, 'UptimeCheckFailed')],
  });
}
