import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { burnFactor, burnWindows, objectivesOf, type Slo } from '../rules';
import { selector, sum } from '../telemetry';
import { assembled, type Dashboard, type Row } from './lib/dashboard';
import { below, type Limit } from './lib/limits';
import { dashboard, runbook } from './lib/links';
import { history, lines, number, top } from './lib/panels';
import { averageOfTop, instant, range } from './lib/queries';
import type { DashboardOptions } from './options';

/** Remaining share of the error budget below which the panels warn. */
const budgetLow = 0.25;

const empty = 'No events yet: the first values come after five minutes of traffic.';
const share = (value: number): string => `${Number((value * 100).toPrecision(6))} %`;

const budget: Limit = {
  side: 'below',
  steps: [
    { value: 0, colour: 'red' },
    { value: budgetLow, colour: 'orange' },
  ],
};

/** How much of each error budget is left, and how fast it is being spent. */
export const slo = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-slo',
      title: 'SLO',
      description: `The error budgets over ${options.slo.windowDays} days: how many more events may be bad before an objective is missed. Below a quarter, avoid risky deployments.`,
      from: 'now-24h',
      rows: [
        {
          title: 'Budget left',
          height: 5,
          panels: objectivesOf(options.slo, options.checks).map((one, _, all) => [
            Math.floor(24 / Math.min(all.length, 6)),
            budgetLeft(one, options),
          ]),
        },
        {
          title: 'Burn rate',
          height: 9,
          panels: [
            [12, burn('1h', options)],
            [12, burn('6h', options)],
            [24, leftOverTime(options)],
          ],
        },
        {
          title: 'Errors',
          height: 9,
          panels: [
            [12, events()],
            [12, worst()],
          ],
        },
        ...(options.longTerm === true && options.checks ? [uptimeHistory(options)] : []),
      ],
    },
    options,
  );

function budgetLeft({ name, title, objective, alert, bad }: Slo, options: DashboardOptions): Panel {
  return number({
    title,
    shows: `Remaining share of the error budget, over ${options.slo.windowDays} days. The objective is ${share(objective)}; bad events: ${bad}.`,
    good: 'Above a quarter.',
    otherwise: 'Below 0 the objective is missed: work on reliability before new features.',
    unit: 'share',
    decimals: 1,
    queries: [instant(selector('slo:budget_left:ratio', { slo: name }), 'left')],
    empty,
    limit: budget,
    links: [runbook(options, alert)],
  });
}

function burn(window: '1h' | '6h', { slo, checks }: DashboardOptions): Panel {
  const { windowDays } = slo;
  const quiet = objectivesOf(slo, checks).filter((one) => !one.pages);
  const warnsOnly = quiet.map(({ title }) => ` (for ${title}, it warns)`).join('');
  const pages = burnWindows
    .filter(({ long }) => long === window)
    .map((pair) => burnFactor(pair, windowDays));
  return lines({
    title: `Burn Rate (${window})`,
    shows: `Burn rate of each budget over the last ${window}: how fast it was spent, relative to the allowed rate.`,
    good: 'Below 1: then the budget lasts.',
    otherwise: `Above the red line, the alert pages${warnsOnly}. If only the 1 h rate is high, the problem has just begun. If only the 6 h rate is high, the problem is over.`,
    unit: 'count',
    queries: [range(selector('slo:burn_rate:ratio', { window }), '{{slo}}')],
    empty,
    limit: {
      side: 'above',
      steps: [
        { value: 1, colour: 'orange' },
        ...pages.map((value) => ({ value, colour: 'red' as const })),
      ],
    },
    links: [dashboard('audifi-on-call', 'On call')],
  });
}

function leftOverTime({ slo: { windowDays } }: DashboardOptions): Panel {
  return lines({
    title: 'Error Budget Left',
    shows: `Remaining share of each error budget, over ${windowDays} days.`,
    good: 'Above a quarter, and stable.',
    otherwise: 'A steep fall is an incident; a slow fall is a fault that did not page.',
    unit: 'share',
    queries: [range(selector('slo:budget_left:ratio'), '{{slo}}')],
    empty,
    limit: budget,
    // A missed objective is a budget below 0.
    negative: true,
    low: true,
  });
}

function events(): Panel {
  const bad = selector('slo:bad_events:increase', { window: '1h' });
  const windows = burnWindows.map(({ long }) => long).join(', ');
  return lines({
    title: 'Bad Events (1 h)',
    shows: `Bad events in the last hour. An alert needs at least minBadEvents of them in its own window (${windows}).`,
    good: 'Close to 0.',
    otherwise: 'Compare with the deployments marked in the graph.',
    unit: 'count',
    queries: [range(sum(['slo'], bad), '{{slo}}')],
    empty,
    links: [dashboard('audifi-api', 'API')],
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

/** The checks of a year: by day, by month, and as a whole. */
function uptimeHistory(options: DashboardOptions): Row {
  const { objective } = options.slo.uptime;
  // One value per hour. Otherwise times with aggregates would count for less than recent times,
  // because aggregates have fewer samples.
  const over = (window: string, offset = ''): string =>
    `min by (check) (avg_over_time(${selector('check:probe_success:avg1h')}[${window}:1h]${offset}))`;
  // Grafana draws a value from its point to the next one, so each point needs the value of the
  // period that follows it.
  const from = (window: string): string => over(window, ` offset -${window}`);
  const common = {
    unit: 'share',
    decimals: 2,
    empty: 'No check results. Check that the blackbox exporter is on (uptime.enabled).',
    limit: below(objective, 'critical'),
    links: [runbook(options, 'UptimeCheckFailed')],
  } as const;
  return {
    title: 'Uptime of a year',
    height: 8,
    panels: [
      [
        24,
        history({
          ...common,
          title: 'Uptime by Day',
          shows: 'Share of successful checks on each day of the last year, and today so far.',
          good: 'All green.',
          otherwise: 'Open Overview at that day to see when the check failed.',
          queries: [range(from('1d'), '{{check}}')],
          period: { last: '1y', every: '1d' },
          shown: false,
        }),
      ],
      [
        16,
        history({
          ...common,
          title: 'Uptime by Month',
          shows:
            'Share of successful checks in each period of 30 days of the last year. The last one is not over yet.',
          good: `At least ${share(objective)}.`,
          otherwise: 'Uptime by Day shows which days were bad.',
          queries: [range(from('30d'), '{{check}}')],
          period: { last: '1y', every: '30d' },
          shown: true,
        }),
      ],
      [
        8,
        top({
          ...common,
          title: 'Uptime of the Last Year',
          shows: 'Share of successful checks in the last 365 days.',
          good: `At least ${share(objective)}.`,
          otherwise: 'Uptime by Month shows when it was missed.',
          queries: [range(over('365d'), '{{check}}')],
          // Only queries with a step of at least 5 hours use 1-hour aggregates.
          period: { last: '1d', every: '6h' },
        }),
      ],
    ],
  };
}
