/**
 * Every container image of the stack, with one pinned version each. A `digest` (sha256:…) also pins
 * the content. This table is the only place that contains versions.
 */
export interface Image {
  /** Registry and path, e.g. `prom/prometheus` (Docker Hub) or `ghcr.io/google/cadvisor`. */
  readonly repository: string;
  readonly tag: string;
  /** `sha256:` and 64 hex digits. @default none */
  readonly digest?: string;
  /** Built on this machine (Docker only). @default pulled */
  readonly build?: ImageBuild;
}

/** The tag must be derived from the content, because each name is built only once. */
export interface ImageBuild {
  /**
   * Directory of the Dockerfile, relative to the project, so that it is the same in every checkout.
   */
  readonly context: string;
  /** Values of the Dockerfile's `ARG`s. Visible in the image, so never use secrets. */
  readonly args?: Readonly<Record<string, string>>;
}

export const images = {
  /** 3.13 is the long-term support line. https://prometheus.io/docs/introduction/release-cycle/ */
  prometheus: { repository: 'prom/prometheus', tag: 'v3.13.5' },
  /** Long-term metrics. Building later releases needs a newer Go. */
  thanos: { repository: 'quay.io/thanos/thanos', tag: 'v0.42.3' },
  nodeExporter: { repository: 'prom/node-exporter', tag: 'v1.12.1' },
  alertmanager: { repository: 'prom/alertmanager', tag: 'v0.34.2' },
  blackboxExporter: { repository: 'prom/blackbox-exporter', tag: 'v0.28.0' },
  /** Since v0.53 published at ghcr.io instead of gcr.io, without a leading `v`. */
  cadvisor: { repository: 'ghcr.io/google/cadvisor', tag: '0.60.6' },
  /**
   * The base of the reference application's image. 24 is the long-term support line until April
   * 2028.
   */
  node: { repository: 'node', tag: '24.21.0-slim' },
  /**
   * 17.10 was the newest 17 release when it was pinned.
   * https://www.postgresql.org/support/versioning/
   */
  postgres: { repository: 'postgres', tag: '17.10' },
  redis: { repository: 'redis', tag: '8.10.2' },
  /**
   * Its binary has the file capability NET_BIND_SERVICE; without that capability it cannot start.
   */
  caddy: { repository: 'caddy', tag: '2.11.9' },
  postgresExporter: { repository: 'quay.io/prometheuscommunity/postgres-exporter', tag: 'v0.19.1' },
  redisExporter: { repository: 'oliver006/redis_exporter', tag: 'v1.86.0' },
  pgbouncerExporter: {
    repository: 'quay.io/prometheuscommunity/pgbouncer-exporter',
    tag: 'v0.12.1',
  },
  /** Metrics of the objects in a Kubernetes cluster. */
  kubeStateMetrics: {
    repository: 'registry.k8s.io/kube-state-metrics/kube-state-metrics',
    tag: 'v2.19.1',
  },
  loki: { repository: 'grafana/loki', tag: '3.7.8' },
  /** End of life since 2 March 2026; 3.6 is the last release line. */
  promtail: { repository: 'grafana/promtail', tag: '3.6.3' },
  /** For logs and traces. No newer release can be built from Go modules (offline/README.md). */
  otelCollector: { repository: 'otel/opentelemetry-collector-contrib', tag: '0.149.0' },
  /** The last release that is a Go module, v1.76.0 (offline/README.md). */
  jaeger: { repository: 'jaegertracing/jaeger', tag: '2.13.0' },
  /** Since 13.2, data sources are plugins, and they were missing in several upstream releases. */
  grafana: { repository: 'grafana/grafana', tag: '13.1.5' },
} as const satisfies Record<string, Image>;

export type ImageName = keyof typeof images;

/** The image reference: `repository:tag` or `repository:tag@digest`. */
export function imageRef(image: Image): string {
  const tagged = `${image.repository}:${image.tag}`;
  return image.digest === undefined ? tagged : `${tagged}@${image.digest}`;
}
