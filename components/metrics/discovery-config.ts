import type { Discovery, Kubelets, Pods } from '../discovery';
import { virtualNodes } from '../virtual-nodes';
import type { ScrapeConfig } from './prometheus-config';

/** Mount path of the service account token. */
export const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

type Relabel = Readonly<Record<string, unknown>>;

/**
 * Service discovery for the targets of a job. On Kubernetes they get the labels `node`,
 * `namespace`, `pod` and `container`. Pure.
 *
 * See
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
 */
export function discoveryConfig(discovery: Discovery): ScrapeConfig {
  switch (discovery.by) {
    case 'addresses':
      return {
        static_configs: discovery.targets.map(({ address, labels }) => ({
          targets: [address],
          ...(labels === undefined ? {} : { labels }),
        })),
      };
    case 'pods':
      return pods(discovery);
    case 'kubelets':
      return kubelets(discovery);
  }
}

function pods({ namespace, labels, port, instance }: Pods): ScrapeConfig {
  const label = Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  const copied = { node: 'pod_node_name', namespace: 'namespace', pod: 'pod_name' };
  return {
    kubernetes_sd_configs: [
      // The API server filters, so that it never sends other pods to Prometheus.
      { role: 'pod', namespaces: { names: [namespace] }, selectors: [{ role: 'pod', label }] },
    ],
    relabel_configs: [
      // One target for each declared port of each container.
      {
        source_labels: ['__meta_kubernetes_pod_container_port_number'],
        regex: `${port}`,
        action: 'keep',
      },
      // Evicted and finished pods stay in the list, although another pod may already have their
      // address.
      {
        source_labels: ['__meta_kubernetes_pod_phase'],
        regex: 'Succeeded|Failed',
        action: 'drop',
      },
      ...Object.entries(copied).map(([target, source]) => copy(source, target)),
      copy('pod_container_name', 'container'),
      copy(copied[instance], 'instance'),
    ],
  };
}

/** With role `node`, targets are named after their nodes and have the kubelet's port. */
function kubelets({ path, insecureTls }: Kubelets): ScrapeConfig {
  return {
    metrics_path: path,
    scheme: 'https',
    authorization: { credentials_file: `${serviceAccount}/token` },
    tls_config: insecureTls
      ? { insecure_skip_verify: true }
      : { ca_file: `${serviceAccount}/ca.crt` },
    kubernetes_sd_configs: [{ role: 'node' }],
    relabel_configs: [...onlyMachines, copy('node_name', 'node')],
  };
}

/** The kubelets of other nodes cannot be reached. */
const onlyMachines: readonly Relabel[] = Object.entries(virtualNodes).map(([label, regex]) => ({
  source_labels: [`__meta_kubernetes_node_label_${label.replace(/\W/g, '_')}`],
  ...{ regex, action: 'drop' },
}));

const copy = (meta: string, label: string): Relabel => ({
  source_labels: [`__meta_kubernetes_${meta}`],
  target_label: label,
});
