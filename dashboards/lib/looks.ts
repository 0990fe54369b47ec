/** Colours by meaning, so that red means the same everywhere. */
export const colours = {
  good: 'green',
  warning: 'orange',
  critical: 'red',
  info: 'blue',
  quiet: 'text',
} as const;

export type Colour = (typeof colours)[keyof typeof colours] | `#${string}`;

/** Services have the same colour in every panel, and never one that means good or bad. */
export const services = {
  'api-server': '#5794f2',
  'ws-server': '#b877d9',
  worker: '#fade2a',
  caddy: '#19b5a5',
  postgres: '#a3b5d9',
  redis: '#c4955f',
} as const satisfies Readonly<Record<string, Colour>>;

/** Colours of series by their name. */
export const named = {
  '2xx': colours.good,
  '3xx': colours.info,
  '4xx': colours.warning,
  '5xx': colours.critical,
  p50: '#73bf69',
  p95: '#ff9830',
  p99: '#f2495c',
  mean: '#8ab8ff',
  error: colours.critical,
  failed: colours.critical,
  denied: colours.warning,
  warn: colours.warning,
  info: colours.info,
  debug: colours.quiet,
  unknown: colours.quiet,
  success: colours.good,
  critical: colours.critical,
  warning: colours.warning,
  sent: '#5794f2',
  received: '#b877d9',
  active: '#5794f2',
  idle: '#73bf69',
  waiting: colours.critical,
  client_closed: colours.good,
  client_error: '#5794f2',
  server_shutdown: colours.info,
  auth_failed: colours.warning,
  rate_limited: '#fade2a',
  timeout: '#b877d9',
  ...services,
} as const satisfies Readonly<Record<string, Colour>>;

export type Name = keyof typeof named;

/**
 * Units by what is measured, in Grafana's names for them:
 * https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit
 */
export const units = {
  count: 'short',
  /** Every digit: `short` without decimals would turn 1,499 into "1 K". */
  wholeCount: 'locale',
  share: 'percentunit',
  seconds: 's',
  bytes: 'bytes',
  bytesPerSecond: 'Bps',
  requestsPerSecond: 'reqps',
  perSecond: 'count:/s',
  perMinute: 'count:/min',
  cores: 'suffix:cores',
  days: 'suffix:days',
  since: 'dateTimeFromNow',
  state: 'none',
} as const;

export type UnitName = keyof typeof units;

/** Minimum range of an axis. If all values are 0, Grafana would draw it up to 100 or 10,000 %. */
export const leastAxis: Readonly<Partial<Record<UnitName, number>>> = {
  count: 4,
  share: 0.01,
  seconds: 0.01,
  bytes: 1024,
  bytesPerSecond: 1024,
  requestsPerSecond: 1,
  perSecond: 1,
  perMinute: 4,
  cores: 0.1,
};
