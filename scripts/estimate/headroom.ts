/**
 * Share of what is provided that may be in use. Memory for peaks, as in the alert
 * PrometheusTooManySeries; CPU for queries; space on volumes as Prometheus recommends
 * (https://prometheus.io/docs/prometheus/latest/storage/#right-sizing-retention-size).
 */
export const headroom = { memory: 0.75, cpu: 0.5, disk: 0.8 } as const;
