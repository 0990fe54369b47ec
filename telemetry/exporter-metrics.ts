import { gauge } from './contract';
import { caddyMetrics } from './exporters/caddy';
import { containerMetrics } from './exporters/containers';
import { kubernetesMetrics } from './exporters/kubernetes';
import { nodeMetrics } from './exporters/node';
import { databaseMetrics } from './exporters/postgres';
import { redisMetrics } from './exporters/redis';
import { uptimeMetrics } from './exporters/uptime';

export {
  clusterNodeMetrics,
  objectMetrics,
  stateMetricsOwn,
  volumeMetrics,
} from './exporters/kubernetes';
export { postgresMetrics, unusedIndexLimit } from './exporters/postgres';
export { redisMetrics } from './exporters/redis';

/** Metrics of the exporters that rules and dashboards use. Help texts describe our use. */
export const exporterMetrics = {
  // Prometheus makes these for every target.
  up: gauge({ unit: 'boolean', help: '1 if the last scrape of the target succeeded.' }),
  scrape_samples_post_metric_relabeling: gauge({
    unit: 'samples',
    help: 'Samples of the last scrape after relabelling. The sample limit applies to these.',
  }),

  ...nodeMetrics,
  ...containerMetrics,
  ...kubernetesMetrics,
  ...uptimeMetrics,
  ...databaseMetrics,
  ...redisMetrics,
  ...caddyMetrics,
};
