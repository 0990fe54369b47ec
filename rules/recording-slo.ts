import { duration, type Expr, over, selector, sum } from '../telemetry';
import type { Context } from './context';
import type { RecordingGroup } from './recording';
import { record, type Recording } from './recording-parts';
import { counted, type Slo, slosOf } from './slo';
import { budgetTick, longWindows, partsOf, rounded, type WindowName, windows } from './slo-windows';

/**
 * Burn rates over the windows of the alerts, from the counters of each process. A budget is a
 * number of events, so an hour without traffic spends nothing.
 */
export function sloGroups(c: Context): readonly RecordingGroup[] {
  const slos = slosOf(c);
  const names = Object.keys(windows) as WindowName[];
  const burns = (wanted: (name: WindowName) => boolean) =>
    slos.flatMap((slo) => names.filter(wanted).flatMap((name) => burn(c, slo, name)));
  return [
    {
      name: 'slo-windows',
      rules: [...slos.flatMap(processes), ...burns((name) => !longWindows.includes(name))],
    },
    {
      name: 'slo-long-windows',
      interval: duration(c.pause(60)),
      rules: burns((name) => longWindows.includes(name)),
    },
  ];
}

/**
 * The remaining part of each budget. The evaluation interval equals the length of the increments,
 * so increments neither overlap nor leave gaps. `increase` extrapolates from the first and last
 * sample to the whole length, so a number of events is approximate. Good and bad events are
 * extrapolated in the same way, so their share is not affected.
 */
export function budgetGroups(c: Context): readonly RecordingGroup[] {
  const tick = c.tick(budgetTick);
  const rules = slosOf(c).flatMap((slo) => budget(c, slo, tick));
  return [{ name: 'slo-budget', interval: duration(tick), rules }];
}

/**
 * The counters of each process, summed before the increase is calculated. So the first error of a
 * path, which starts a new series, counts as an increase.
 */
function processes({ name, indicator }: Slo): readonly Recording[] {
  if (indicator.kind !== 'counters') return [];
  const labels = { slo: name };
  return [
    { ...record('slo:events:total', indicator.events), labels },
    { ...record('slo:bad_events:total', indicator.bad), labels },
  ];
}

/** The burn rate. At 1, the budget lasts exactly as long as its window. */
function burn(c: Context, slo: Slo, window: WindowName): readonly Recording[] {
  const { events, bad } = counted(slo, c.window(windows[window]));
  const labels = { slo: slo.name, window };
  const [all, failed] = [
    selector('slo:events:increase', labels),
    selector('slo:bad_events:increase', labels),
  ];
  return [
    { ...record('slo:events:increase', events), labels },
    { ...record('slo:bad_events:increase', bad), labels },
    {
      ...record(
        'slo:burn_rate:ratio',
        `${failed}\n/\n(${all} > 0)\n/\n${rounded(1 - slo.objective)}` as typeof all,
      ),
      labels,
    },
  ];
}

/**
 * The remaining budget. Its window may be longer than the retention of Prometheus (partsOf).
 */
function budget(c: Context, slo: Slo, tick: number): readonly Recording[] {
  const { slo: settings, retention, speedUp = 1 } = c.options;
  const parts = partsOf(settings.windowDays, retention * speedUp) ?? 1;
  const step = c.window(Math.round((settings.windowDays * 86_400) / parts));
  const { events, bad } = counted(slo, tick);
  const labels = { slo: slo.name };
  const chain = (what: 'events' | 'bad_events'): readonly Recording[] =>
    Array.from({ length: parts }, (_, i): Recording => {
      const part = String(i + 1);
      const before = selector(`slo:${what}:part`, { ...labels, part: String(i) });
      const expr: Expr<'slo'> =
        i === 0
          ? over('sum_over_time', selector(`slo:${what}:tick`, labels), step)
          : (`last_over_time(${before}[${duration(c.window(3_600))}] offset ${duration(step)})` as Expr<'slo'>);
      return { ...record(`slo:${what}:part`, expr), labels: { ...labels, part } };
    });
  const all = sum(['slo'], selector('slo:events:part', labels));
  const failed = sum(['slo'], selector('slo:bad_events:part', labels));
  return [
    { ...record('slo:events:tick', events), labels },
    { ...record('slo:bad_events:tick', bad), labels },
    ...chain('events'),
    ...chain('bad_events'),
    {
      ...record(
        'slo:budget_left:ratio',
        `1 - ${failed} / (${all} > 0) / ${rounded(1 - slo.objective)}` as Expr<'slo'>,
      ),
      labels,
    },
  ];
}
