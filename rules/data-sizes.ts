/** Kinds of data that a stack keeps: values of the label `data`. */
export type DataKind =
  // `logs`: both kinds of logs, if they are kept for the same time.
  ('metrics' | 'longTerm' | 'uptime' | 'errorLogs' | 'infoLogs' | 'logs') | ('traces' | 'grafana');

/** The size that the data of one kind may have. */
export interface DataBudget {
  readonly data: DataKind;
  readonly bytes: number;
  /**
   * Seconds for which it is kept. Logs: one value per level. `longTerm`: one value each for raw
   * samples, 5-minute aggregates and 1-hour aggregates.
   */
  readonly kept: readonly number[];
}

/** Sizes of stored data in bytes. Their sources are in scripts/estimate/constants.ts. */
export const storedBytes = {
  /** A sample in a block, with the index. */
  sample: 1.8,
  /** 5-minute aggregates, per series and day. */
  fiveMinutes: 2_300,
  /** 1-hour aggregates, per series and day. */
  oneHour: 270,
  /** The uptime history, per check and year. */
  check: 1e6,
  /** A span in badger. */
  span: 557,
  /** Disk space that badger uses, relative to the size of the spans within the retention. */
  badgerGarbage: 1.5,
} as const;

/** Days that a block is kept beyond its retention, on average. */
export const blockDays = 9;
