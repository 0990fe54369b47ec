import type { ServiceJob } from '../deployment';
import type { Discovery } from '../discovery';
import type { Settings } from '../settings';
import type { Endpoint } from '../workload';
import { uptimeScrape } from './blackbox-config';
import { dockerContainers, kubeletContainers } from './cadvisor-config';
import { clusterNodeScrape, kubeletScrape, objectScrape } from './kubernetes-config';
import { postgresScrape } from './postgres-config';
import type { OwnJob, ScrapeConfig } from './prometheus-config';
import { redisScrape } from './redis-config';

export interface ScrapeJobsArgs {
  /** The stack's own jobs, from the catalogue. */
  readonly jobs: readonly ServiceJob[];
  /** Endpoints of the services. */
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /**
   * Discovery of services that have no endpoint when Prometheus is deployed: the platform's own
   * container and volume metrics, and services that are deployed after Prometheus. @default none
   */
  readonly discoveries?: Readonly<Record<string, Discovery | undefined>>;
  /** Namespaces whose objects are read (Kubernetes). @default none */
  readonly namespaces?: readonly string[];
  readonly settings: Pick<Settings, 'uptime'>;
}

/** Prometheus adds its own job and its companion's, which have different targets. */
const addedByPrometheus = ['prometheus', 'prometheus-sidecar'];

/**
 * The stack's own scrape jobs, without those that Prometheus adds. Pure.
 *
 * Throws if a service of the catalogue was not deployed.
 */
export function scrapeJobs(args: ScrapeJobsArgs): OwnJob[] {
  const { jobs, endpoints, discoveries = {} } = args;
  return jobs
    .filter(({ service }) => !addedByPrometheus.includes(service))
    .map(({ name, service, port, path }) => {
      const endpoint = endpoints[service];
      const discovery = discoveries[service];
      if (endpoint === undefined && discovery === undefined) {
        throw new Error(`the catalogue's "${service}" is not deployed`);
      }
      const extra: ScrapeConfig = {
        ...(path === undefined ? {} : { metrics_path: path }),
        ...further(name, endpoint, args),
      };
      return {
        ...{ name, endpoint, port },
        ...(discovery === undefined ? {} : { discovery }),
        ...(Object.keys(extra).length === 0 ? {} : { extra }),
      };
    });
}

/** Drops resource labels that differ between instances, so that a service is one series. */
const spanMetricsScrape: ScrapeConfig = {
  metric_relabel_configs: [
    { source_labels: ['__name__'], regex: 'target_info', action: 'drop' },
    { regex: 'exported_instance', action: 'labeldrop' },
  ],
};

/** Additions to individual jobs: other targets, or dropped metrics. */
function further(
  job: string,
  endpoint: Endpoint | undefined,
  { settings: { uptime }, namespaces = [] }: Pick<ScrapeJobsArgs, 'settings' | 'namespaces'>,
): ScrapeConfig {
  switch (job) {
    case 'postgres':
      return postgresScrape();
    case 'redis':
      return redisScrape();
    case 'cadvisor':
      return endpoint === undefined ? kubeletContainers : dockerContainers;
    case 'kubelet':
      return kubeletScrape(namespaces);
    case 'kube-state-metrics':
      return objectScrape;
    case 'kube-state-metrics-nodes':
      return clusterNodeScrape;
    case 'span-metrics':
      return spanMetricsScrape;
    case 'uptime':
      return endpoint === undefined ? {} : uptimeScrape(endpoint, uptime.checks);
    default:
      return {};
  }
}
