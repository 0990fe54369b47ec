import type { Discovery, Kubelets, Pods } from '../discovery';
import type { ScrapeConfig } from './prometheus-config';

/** Where Kubernetes puts the identity of a pod that may use its API. */
export const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

type Relabel = Readonly<Record<string, unknown>>;

/**
 * How Prometheus finds the targets of a job. On Kubernetes each is labelled with its `node`, `namespace`, `pod` and
 * `container`. Pure.
 *
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
      // Selected by the API server: the others are never sent here.
      { role: 'pod', namespaces: { names: [namespace] }, selectors: [{ role: 'pod', label }] },
    ],
    relabel_configs: [
      // One target for each declared port of each container.
      {
        source_labels: ['__meta_kubernetes_pod_container_port_number'],
        regex: `${port}`,
        action: 'keep',
      },
      // Pods that were evicted or have ended stay in the list, with an address that may be another's by now.
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

/** The API server names the targets after their nodes, and knows the port of each kubelet. */
function kubelets({ path, insecureTls }: Kubelets): ScrapeConfig {
  return {
    metrics_path: path,
    scheme: 'https',
    authorization: { credentials_file: `${serviceAccount}/token` },
    tls_config: insecureTls
      ? { insecure_skip_verify: true }
      : { ca_file: `${serviceAccount}/ca.crt` },
    kubernetes_sd_configs: [{ role: 'node' }],
    relabel_configs: [copy('node_name', 'node')],
  };
}

const copy = (meta: string, label: string): Relabel => ({
  source_labels: [`__meta_kubernetes_${meta}`],
  target_label: label,
});
