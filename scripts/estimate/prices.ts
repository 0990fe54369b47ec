/** List prices of one provider and region, per month of 730 hours. */
export interface Prices {
  /** Date of the prices, as YYYY-MM-DD. */
  readonly date: string;
  readonly source: string;
  readonly currency: string;
  readonly core: number;
  /** GiB of memory. */
  readonly memory: number;
  /** GB of a volume. */
  readonly disk: number;
  /** GB in a bucket. */
  readonly bucket: number;
  /** A thousand requests that write or list. */
  readonly writes: number;
  /** A thousand requests that read. */
  readonly reads: number;
}

/**
 * On-demand list prices in the region US East (N. Virginia): Fargate (Linux on x86, $0.04048 per
 * core and hour, $0.004445 per GB and hour), EBS gp3, S3 Standard. PRICES replaces them.
 */
export const listPrices: Prices = {
  date: '2026-03-10',
  source: 'AWS us-east-1, on demand: Fargate, EBS gp3, S3 Standard',
  currency: 'USD',
  core: 0.04048 * 730,
  memory: 0.004445 * 730,
  disk: 0.08,
  bucket: 0.023,
  writes: 0.005,
  reads: 0.0004,
};
