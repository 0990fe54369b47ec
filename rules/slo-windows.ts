/** The mathematics of error budgets. Pure: https://sre.google/workbook/alerting-on-slos/ */

const hour = 3_600;
const day = 86_400;

/** A pair of windows in which a budget may burn too fast, by the values of the label `window`. */
export interface BurnWindows {
  readonly long: WindowName;
  /** It ends the alert soon after the errors end. */
  readonly short: WindowName;
  /** Share of the whole budget that is gone when the alert fires. */
  readonly spent: number;
  readonly pages: boolean;
}

/** Windows that burn rates are recorded over, with their seconds. */
export const windows = {
  '5m': 300,
  '30m': 1_800,
  '1h': hour,
  '2h': 2 * hour,
  '6h': 6 * hour,
  '1d': day,
  '3d': 3 * day,
} as const;

export type WindowName = keyof typeof windows;

/**
 * For a budget of 30 days these are 14.4, 6, 3 and 1 times the rate at which it lasts exactly as
 * long.
 */
export const burnWindows: readonly BurnWindows[] = [
  { long: '1h', short: '5m', spent: 0.02, pages: true },
  { long: '6h', short: '30m', spent: 0.05, pages: true },
  { long: '1d', short: '2h', spent: 0.1, pages: false },
  { long: '3d', short: '6h', spent: 0.1, pages: false },
];

/** Windows so long that they are evaluated once a minute. */
export const longWindows: readonly WindowName[] = ['2h', '6h', '1d', '3d'];

/**
 * Burn rate above which the alert of a pair fires. @param windowDays days over which the budget is
 * counted
 */
export const burnFactor = ({ long, spent }: BurnWindows, windowDays: number): number =>
  rounded((spent * windowDays * day) / windows[long]);

/** Largest factor: the burn rate of the fastest page. */
export const fastestFactor = (windowDays: number): number =>
  Math.max(...burnWindows.map((pair) => burnFactor(pair, windowDays)));

/** Lowest objective for which that burn rate can be reached at all, by nothing but bad events. */
export const lowestObjective = (windowDays: number): number => 1 - 1 / fastestFactor(windowDays);

/** Longest window of an alert, in seconds. */
export const longestAlertWindow: number = Math.max(...Object.values(windows));

/**
 * Share of the retention that is surely there: whole blocks go at its end, and the newest hours are
 * in none.
 */
const surelyKept = 0.9;

/**
 * A window that is longer than the data is kept is put together from recorded parts: each part is
 * what the one before it was one part ago, so that nothing looks back further than one part.
 * Returns the number of parts, or undefined where even the windows of the alerts are longer than
 * the data is kept.
 *
 * @param retention seconds for which Prometheus keeps its data
 */
export function partsOf(windowDays: number, retention: number): number | undefined {
  const kept = surelyKept * retention;
  if (kept < longestAlertWindow) return undefined;
  return Math.ceil((windowDays * day) / kept);
}

/** As it is written into rules and texts: 0.001, not 0.0010000000000000009. */
export const rounded = (value: number): number => Number(value.toPrecision(6));
