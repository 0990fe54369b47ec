import { describe, expect, it } from '@jest/globals';
import type { Pods } from '../../../components/discovery';
import { discoveryConfig } from '../../../components/metrics/discovery-config';
import { type Labels, relabelled } from '../../lib/relabel';

const pods: Pods = {
  by: 'pods',
  namespace: 'monitoring',
  labels: { 'app.kubernetes.io/name': 'loki', 'app.kubernetes.io/instance': 'prod' },
  port: 3100,
  instance: 'pod',
};

/** Meta labels of a container port from the API server. */
const meta = (changed: Labels = {}): Labels => {
  const said = {
    namespace: 'monitoring',
    pod_name: 'loki-0',
    pod_node_name: 'node-a',
    pod_phase: 'Running',
    pod_container_name: 'loki',
    pod_container_port_number: '3100',
    ...changed,
  };
  return Object.fromEntries(
    Object.entries(said).map(([name, value]) => [`__meta_kubernetes_${name}`, value]),
  );
};

/** The final labels of a target. */
function target(discovery: Pods, changed?: Labels): Labels | undefined {
  const labels = relabelled(discoveryConfig(discovery).relabel_configs, meta(changed));
  return (
    labels && Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith('__')))
  );
}

describe('targets discovered as pods', () => {
  it('are selected by the API server, in one namespace', () => {
    expect(discoveryConfig(pods).kubernetes_sd_configs).toEqual([
      {
        role: 'pod',
        namespaces: { names: ['monitoring'] },
        selectors: [
          {
            role: 'pod',
            label: 'app.kubernetes.io/name=loki,app.kubernetes.io/instance=prod',
          },
        ],
      },
    ]);
  });

  it('have node, namespace, pod and container; the instance is the pod', () => {
    expect(target(pods)).toEqual({
      node: 'node-a',
      namespace: 'monitoring',
      pod: 'loki-0',
      container: 'loki',
      instance: 'loki-0',
    });
  });

  it('have the node as instance with one pod per node, so a new pod is the same instance', () => {
    const perNode: Pods = { ...pods, instance: 'node' };
    const [before, after] = ['a1b2c', 'x9y8z'].map((id) =>
      target(perNode, { pod_name: `node-exporter-${id}` }),
    );
    expect(before?.['pod']).not.toBe(after?.['pod']);
    expect([before?.['instance'], after?.['instance']]).toEqual(['node-a', 'node-a']);
  });

  it.each([
    ['another port', { pod_container_port_number: '9095' }],
    ['a port that only ends alike', { pod_container_port_number: '13100' }],
    ['a container without a port', { pod_container_port_number: '' }],
    ['a pod that was evicted', { pod_phase: 'Failed' }],
    ['a pod that has ended', { pod_phase: 'Succeeded' }],
  ])('exclude %s', (_, changed) => expect(target(pods, changed)).toBeUndefined());

  it('include unready pods, so that their failure is visible', () => {
    expect(target(pods, { pod_phase: 'Pending' })).toBeDefined();
  });
});

describe('kubelets', () => {
  const kubelets = { by: 'kubelets', path: '/metrics/cadvisor', port: 10250 } as const;
  const config = discoveryConfig({ ...kubelets, insecureTls: false });

  it("are scraped over TLS with the pod's identity, and must have a certificate of the cluster", () => {
    expect(config).toMatchObject({
      scheme: 'https',
      metrics_path: '/metrics/cadvisor',
      authorization: {
        credentials_file: '/var/run/secrets/kubernetes.io/serviceaccount/token',
      },
      tls_config: { ca_file: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt' },
      kubernetes_sd_configs: [{ role: 'node' }],
    });
    expect(config.tls_config).not.toHaveProperty('insecure_skip_verify');
  });

  it('may have any certificate only if the settings allow it', () => {
    const { tls_config: tls } = discoveryConfig({ ...kubelets, insecureTls: true });
    expect(tls).toEqual({ insecure_skip_verify: true });
  });

  it('have their node as label', () => {
    const labels = { __meta_kubernetes_node_name: 'node-a', instance: 'node-a' };
    expect(relabelled(config.relabel_configs, labels)).toMatchObject({
      node: 'node-a',
      instance: 'node-a',
    });
  });

  it.each([
    ['AWS Fargate', 'eks_amazonaws_com_compute_type', 'fargate', 'ec2'],
    ['a virtual kubelet', 'type', 'virtual-kubelet', 'virtual-kubelet-free'],
  ])('are not those of %s, which cannot be reached', (_, label, value, other) => {
    const on = (has: string): Labels | undefined =>
      relabelled(config.relabel_configs, {
        ...{
          __meta_kubernetes_node_name: 'node-a',
          [`__meta_kubernetes_node_label_${label}`]: has,
        },
      });
    expect(on(value)).toBeUndefined();
    expect(on(other)).toMatchObject({ node: 'node-a' });
  });
});

describe('fixed addresses', () => {
  it('have their labels, or none', () => {
    const labels = { node: 'docker-host', container: 'audifi-dev-loki' };
    expect(
      discoveryConfig({ by: 'addresses', targets: [{ address: 'loki:3100', labels }] }),
    ).toEqual({
      static_configs: [{ targets: ['loki:3100'], labels }],
    });
    expect(discoveryConfig({ by: 'addresses', targets: [{ address: 'loki:3100' }] })).toEqual({
      static_configs: [{ targets: ['loki:3100'] }],
    });
  });
});
