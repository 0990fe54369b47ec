/** Calculations with error budgets. Pure. See https://sre.google/workbook/alerting-on-slos/ */

import { day } from './seconds';

const hour = 3_600;

/** A pair of windows of an alert on the burn rate. The values are those of the label `window`. */
export interface BurnWindows {
  readonly long: WindowName;
  /** The short window resolves the alert soon after the errors stop. */
  readonly short: WindowName;
  /** Share of the whole budget that is spent when the alert fires. */
  readonly spent: number;
  readonly pages: boolean;
}

/** Windows of the recorded burn rates, in seconds. */
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

/** For a budget of 30 days, these are 14.4, 6, 3 and 1 times the rate at which it lasts 30 days. */
export const burnWindows: readonly BurnWindows[] = [
  { long: '1h', short: '5m', spent: 0.02, pages: true },
  { long: '6h', short: '30m', spent: 0.05, pages: true },
  { long: '1d', short: '2h', spent: 0.1, pages: false },
  { long: '3d', short: '6h', spent: 0.1, pages: false },
];

/**
 * Seconds between two increments of a budget, and their length. Less than five minutes, after which
 * an instant query no longer finds a sample.
 */
export const budgetTick = 240;

/** Long windows, which are evaluated once a minute. */
export const longWindows: readonly WindowName[] = ['2h', '6h', '1d', '3d'];

/**
 * Burn rate above which the alert of a pair fires. @param windowDays days over which the budget is
 * counted
 */
export const burnFactor = ({ long, spent }: BurnWindows, windowDays: number): number =>
  rounded((spent * windowDays * day) / windows[long]);

/** The highest factor: the burn rate at which the fastest alert pages. */
export const fastestFactor = (windowDays: number): number =>
  Math.max(...burnWindows.map((pair) => burnFactor(pair, windowDays)));

/** The lowest objective with which bad events alone can reach that burn rate. */
export const lowestObjective = (windowDays: number): number => 1 - 1 / fastestFactor(windowDays);

/** Longest window of an alert, in seconds. */
export const longestAlertWindow: number = Math.max(...Object.values(windows));

/**
 * Share of the retention that is always available. Prometheus deletes whole blocks, so the oldest
 * data may be gone earlier.
 */
const surelyKept = 0.9;

/**
 * Number of recorded parts that make up a window. A window longer than the retention is the sum of
 * several parts. Each part is the previous part, one part length ago, so no query looks back
 * further than one part.
 *
 * @returns undefined if even the windows of the alerts are longer than the retention
 *
 * @param retention seconds for which Prometheus keeps its data
 */
export function partsOf(windowDays: number, retention: number): number | undefined {
  const kept = surelyKept * retention;
  if (kept < longestAlertWindow) return undefined;
  return Math.ceil((windowDays * day) / kept);
}

/** Rounded for rules and texts: 0.001 instead of 0.0010000000000000009. */
export const rounded = (value: number): number => Number(value.toPrecision(6));
