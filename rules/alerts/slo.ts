import { duration, type Matchers, oneOf, over, selector } from '../../telemetry';
import type { Context } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { day } from '../seconds';
import { type Slo, slosOf } from '../slo';
import {
  burnFactor,
  type BurnWindows,
  burnWindows,
  rounded,
  type WindowName,
  windows,
} from '../slo-windows';
import { aboutDuration, firstValue, found } from '../texts';
import { apiBudgets } from './consequences';
import { criticalAlerts } from './critical';

/**
 * Multi-window, multi-burn-rate alerts on error budgets: a page if a budget for days is being spent
 * in hours, a ticket if the budget will not last until the end of its window. The long window shows
 * that the loss matters, the short window that it continues.
 *
 * Upstream: https://sre.google/workbook/alerting-on-slos/
 */
export function sloAlerts(c: Context): readonly Alert[] {
  return slosOf(c).flatMap((slo) => [...(slo.pages ? [page(c, slo)] : []), ticket(c, slo)]);
}

function page(c: Context, slo: Slo): Alert {
  return {
    ...common(
      c,
      slo,
      burnWindows.filter(({ pages }) => pages),
      'critical',
    ),
    // Longer than the `for` of alerts on outages. Otherwise an outage would page for the budget,
    // and then for itself.
    for: c.hold(180),
    mutes: [
      {
        alerts: [slo.alert],
        when: { severity: 'critical' },
        why: 'a fast burn is a slow one as well',
      },
    ],
  };
}

function ticket(c: Context, slo: Slo): Alert {
  // An objective that never pages creates a ticket at the burn rates at which others page.
  const pairs = burnWindows.filter(({ pages }) => !pages || !slo.pages);
  return common(c, slo, pairs, 'warning');
}

/** The value of the alert is the number of seconds until a full budget would be spent. */
function common(
  c: Context,
  slo: Slo,
  pairs: readonly BurnWindows[],
  severity: 'critical' | 'warning',
): Alert {
  const { windowDays } = c.options.slo;
  const burning = pairs.map((pair) => condition(c, slo, pair, severity)).join('\n  or\n');
  const budget = duration(windowDays * day);
  // A page says what is broken now. A ticket is about days.
  const summary =
    severity === 'critical'
      ? `${shareOfBad(slo, '1h')}the budget of ${budget} lasts ${aboutDuration}`
      : `the error budget of ${budget} lasts ${aboutDuration} at this rate`;
  return {
    name: slo.alert,
    severity,
    service: slo.service,
    dashboard: slo.dashboard,
    expr: `${windowDays * day}\n/\nmax by (slo) (\n${burning}\n)`,
    // Otherwise, a rate near the limit would resolve and fire again and again.
    keepFiringFor: c.hold(300),
    summary: `${slo.title}: ${summary}`,
    description:
      `Too many ${slo.bad}. At this rate, a whole error budget of ${budget} (${percent(1 - slo.objective)} of all events) ` +
      `is gone in ${aboutDuration}. The dashboard shows how much of it is left.`,
  };
}

/** "5.1% of API requests were answered with 5xx in 1h; " */
function shareOfBad({ name, bad }: Slo, window: WindowName): string {
  const of = { slo: name, window };
  const all = selector('slo:events:increase', of);
  const share = `${selector('slo:bad_events:increase', of)} / (${all} > 0)`;
  return found(share, `${firstValue('humanizePercentage')} of ${bad} in ${window}; `);
}

/**
 * The burn rate of both windows is too high, and there are enough bad events for a meaningful
 * share. The short window may contain no events, e.g. at night. Then nothing shows that the failure
 * has ended, and the long window alone decides.
 */
function condition(
  c: Context,
  slo: Slo,
  pair: BurnWindows,
  severity: 'critical' | 'warning',
): string {
  const factor = burnFactor(pair, c.options.slo.windowDays);
  const burn = (window: string): string =>
    selector('slo:burn_rate:ratio', { slo: slo.name, window });
  const bad = selector('slo:bad_events:increase', { slo: slo.name, window: pair.long });
  return (
    `  (\n    ${burn(pair.long)} > ${factor}\n    unless on (slo)\n    ${burn(pair.short)} <= ${factor}\n` +
    `    and on (slo)\n    ${bad} >= ${slo.minBadEvents}\n` +
    `    and on (slo)\n    (\n      ${mayBegin(c, slo, pair, severity)}\n    )\n  )`
  );
}

/**
 * What an alert needs to start firing, but not to keep firing.
 *
 * - Data in the short window. After Prometheus was down, nobody knows whether the failure goes on.
 * - No outage that has paged and explains the bad events. Otherwise each outage would page again
 *   when it is over, because the short window is bad for a while after it.
 *
 * An alert that fired before the outage keeps firing. Otherwise it would resolve and fire again,
 * and people would be notified of both.
 */
function mayBegin(
  c: Context,
  slo: Slo,
  pair: BurnWindows,
  severity: 'critical' | 'warning',
): string {
  const labels = { slo: slo.name, window: pair.short };
  const fails = `${selector('slo:burn_rate:ratio', labels)} > ${burnFactor(pair, c.options.slo.windowDays)}`;
  const nothing = `${selector('slo:events:increase', labels)} == 0`;
  const outages = severity === 'critical' ? outagesOf(c, slo) : [];
  const without = (window: WindowName): readonly string[] => {
    if (outages.length === 0) return [];
    // Some minutes longer, because errors may end a little later than the alert on the outage.
    const lately = c.window(windows[window] + 300);
    const paged = (alertname: Matchers<'ALERTS'>['alertname']): string =>
      over('max_over_time', selector('ALERTS', { alertname, alertstate: 'firing' }), lately);
    const isPart = apiBudgets.some((name) => name === slo.alert) && !outages.includes(errors);
    return [
      ...['unless on ()', paged(oneOf(...outages))],
      ...(isPart ? ['unless on ()', `(${paged(errors)} and on () ${mostFail(lately)})`] : []),
    ];
  };
  const itself = selector('ALERTS', { alertname: slo.alert, alertstate: 'firing', severity });
  return [
    ...[fails, ...without(pair.short), 'or'],
    ...[nothing, ...without(pair.long), 'or'],
    itself,
  ].join('\n      ');
}

const errors = 'HighErrorRate';

/**
 * HighErrorRate fires for a few endpoints as well, which explains failed logins and webhooks only
 * if most requests failed. @param lately seconds
 */
function mostFail(lately: number): string {
  const share = selector('job:http_errors:ratio_rate5m', { job: jobs.api });
  return `${over('max_over_time', share, lately)} > 0.5`;
}

/** Names of the alerts that page for an outage that spends this budget. */
const outagesOf = (c: Context, { alert }: Slo): readonly string[] =>
  criticalAlerts(c)
    .filter(({ mutes = [] }) => mutes.some(({ alerts }) => alerts.includes(alert)))
    .map(({ name }) => name);

const percent = (share: number): string => `${rounded(share * 100)} %`;
