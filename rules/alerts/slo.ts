import { duration, selector } from '../../telemetry';
import type { Context } from '../context';
import type { Alert } from '../model';
import { type Slo, slosOf } from '../slo';
import { burnFactor, type BurnWindows, burnWindows, rounded } from '../slo-windows';

/**
 * Alerts on error budgets, by several windows and burn rates: a page if the budget of days is spent
 * in hours, a ticket if the budget will not last until the end of its window. The long window shows
 * that the loss matters, the short one that it continues.
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
    ),
    severity: 'critical',
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
  return { ...common(c, slo, pairs), severity: 'warning' };
}

/** The value is the number of hours in which a whole budget is gone. */
function common(c: Context, slo: Slo, pairs: readonly BurnWindows[]): Omit<Alert, 'severity'> {
  const { windowDays } = c.options.slo;
  const burning = pairs.map((pair) => condition(slo, pair, windowDays)).join('\n  or\n');
  const budget = duration(windowDays * 86_400);
  return {
    name: slo.alert,
    service: slo.service,
    dashboard: slo.dashboard,
    expr: `${windowDays * 24}\n/\nmax by (slo) (\n${burning}\n)`,
    // Otherwise, a rate near the limit would resolve and fire again and again.
    keepFiringFor: c.hold(300),
    summary: `${slo.title}: the error budget of ${budget} lasts {{ $value | printf "%.1f" }} hours at this rate`,
    description:
      `Too many ${slo.bad}. At this rate, a whole error budget of ${budget} (${percent(1 - slo.objective)} of all events) ` +
      'is gone in {{ $value | printf "%.1f" }} hours. The dashboard shows how much of it is left.',
  };
}

/**
 * The burn rate of both windows is too high, and there are enough bad events for a meaningful
 * share. The short window may be without any event, e.g. at night. Then there is no sign that the
 * failure has ended, and the long window decides alone.
 */
function condition(slo: Slo, pair: BurnWindows, windowDays: number): string {
  const factor = burnFactor(pair, windowDays);
  const burn = (window: string): string =>
    selector('slo:burn_rate:ratio', { slo: slo.name, window });
  const bad = selector('slo:bad_events:increase', { slo: slo.name, window: pair.long });
  return (
    `  (\n    ${burn(pair.long)} > ${factor}\n    unless on (slo)\n    ${burn(pair.short)} <= ${factor}\n` +
    `    and on (slo)\n    ${bad} >= ${slo.minBadEvents}\n  )`
  );
}

const percent = (share: number): string => `${rounded(share * 100)} %`;
