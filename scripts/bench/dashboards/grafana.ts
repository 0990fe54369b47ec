import type { DashboardQuery } from '../../../dashboards';

/** Time ranges with their duration in seconds. */
export const ranges = { '24 h': 86_400, '7 d': 7 * 86_400 } as const;
export type RangeName = keyof typeof ranges;

/** Width of the panel area in pixels on a 1920-pixel screen. */
const screen = 1_840;
const scrapeInterval = 15;

/** Grafana's rounding table: an interval up to `upTo` seconds becomes `step`. */
const steps: readonly (readonly [upTo: number, step: number])[] = [
  ...([
    [17.5, 15],
    [25, 20],
    [45, 30],
    [90, 60],
    [210, 120],
    [450, 300],
    [750, 600],
  ] as const),
  ...([
    [1_050, 900],
    [1_500, 1_200],
    [2_700, 1_800],
    [5_400, 3_600],
    [9_000, 7_200],
    [16_200, 10_800],
  ] as const),
];

/**
 * Step of a panel in seconds. Like Grafana: one point per pixel, rounded to a readable interval,
 * and at least the scrape interval.
 *
 * Upstream: https://github.com/grafana/grafana/blob/main/pkg/promlib/intervalv2/intervalv2.go
 *
 * @param width out of 24
 */
export function stepOf(seconds: number, width: number): number {
  const exact = seconds / Math.floor((screen * width) / 24);
  return Math.max(scrapeInterval, steps.find(([upTo]) => exact <= upTo)?.[1] ?? 21_600);
}

/** A request to Prometheus: path below `/api/v1/`, and parameters. */
export interface Request {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Grafana's own variables. They are replaced later, when the width of the panel is known. */
export const later = {
  __rate_interval: '$__rate_interval',
  __interval: '$__interval',
  __range: '$__range',
} as const;

/**
 * The request that Grafana sends for a dashboard query. @param now end of the time range in seconds
 */
export function requestOf(query: DashboardQuery, range: RangeName, now: number): Request {
  const seconds = ranges[range];
  if (query.label !== undefined) {
    return {
      path: `label/${query.label}/values`,
      parameters: { 'match[]': query.expr, start: `${now - seconds}`, end: `${now}` },
    };
  }
  // Annotations have one point per pixel of the window, and ours at most one per minute.
  const annotation = query.width === undefined;
  const step = annotation ? Math.max(60, stepOf(seconds, 24)) : stepOf(seconds, query.width ?? 24);
  const text = query.expr
    .replaceAll('$__rate_interval', `${Math.max(step + scrapeInterval, 4 * scrapeInterval)}s`)
    .replaceAll('$__interval', `${step}s`)
    .replaceAll('$__range', `${seconds}s`);
  if (query.instant) return { path: 'query', parameters: { query: text, time: `${now}` } };
  const aligned = (time: number): string => `${Math.floor(time / step) * step}`;
  return {
    path: 'query_range',
    parameters: {
      query: text,
      start: aligned(now - seconds),
      end: aligned(now),
      step: `${step}`,
    },
  };
}
