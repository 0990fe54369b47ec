import { gauge } from './contract';
import { caddyMetrics } from './exporters/caddy';
import { containerMetrics } from './exporters/containers';
import { nodeMetrics } from './exporters/node';
import { databaseMetrics } from './exporters/postgres';
import { redisMetrics } from './exporters/redis';
import { uptimeMetrics } from './exporters/uptime';

export { postgresMetrics, unusedIndexLimit } from './exporters/postgres';
export { redisMetrics } from './exporters/redis';

/** Metrics of the exporters, as far as rules and dashboards read them. Help texts say what we use them for. */
export const exporterMetrics = {
  // Prometheus makes these for every target.
  up: gauge({ unit: 'boolean', help: '1 when the last scrape of the target succeeded.' }),
  scrape_samples_post_metric_relabeling: gauge({
    unit: 'samples',
    help: 'Samples of the last scrape that were kept; the sample limit counts these.',
  }),

  ...nodeMetrics,
  ...containerMetrics,
  ...uptimeMetrics,
  ...databaseMetrics,
  ...redisMetrics,
  ...caddyMetrics,
};
