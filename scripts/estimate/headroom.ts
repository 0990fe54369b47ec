/**
 * Share of the provided resources that may be in use. The rest is headroom: memory for peaks, as in
 * PrometheusTooManySeries; CPU for queries; free space on volumes, as Prometheus recommends
 * (https://prometheus.io/docs/prometheus/latest/storage/#right-sizing-retention-size).
 */
export const headroom = { memory: 0.75, cpu: 0.5, disk: 0.8 } as const;
