import { describe, expect, it } from '@jest/globals';
import { dockerContainers, kubeletContainers } from '../../../components/metrics/cadvisor-config';
import { containerMetrics } from '../../../telemetry/exporters/containers';
import { type Labels, relabelled } from '../../lib/relabel';

const hex = '4f1d'.repeat(16);

describe('containers of a Docker engine', () => {
  // Prometheus has already added the target's labels at this point.
  const target = { job: 'cadvisor', node: 'docker-host', container: 'audifi-dev-cadvisor' };
  const seen = (labels: Labels) =>
    relabelled(dockerContainers.metric_relabel_configs, { ...target, ...labels });

  it('have the names of the engine and the logs', () => {
    const labels = {
      __name__: 'container_memory_working_set_bytes',
      id: `/docker/${hex}`,
      name: 'audifi-dev-loki',
    };
    expect(seen(labels)).toEqual({
      ...{ __name__: labels.__name__, id: labels.id, job: 'cadvisor', node: 'docker-host' },
      container: 'audifi-dev-loki',
    });
  });

  it('are distinguished from other cgroups', () => {
    expect(
      seen({ __name__: 'container_cpu_usage_seconds_total', id: '/', name: '' }),
    ).not.toHaveProperty('container');
  });

  it("include cAdvisor's own metrics under its own container", () => {
    expect(seen({ __name__: 'process_resident_memory_bytes' })).toMatchObject({
      container: 'audifi-dev-cadvisor',
    });
  });
});

describe('containers of a kubelet', () => {
  const target = { job: 'cadvisor', node: 'node-a', instance: 'node-a' };
  const pod = { namespace: 'audifi', pod: 'api-server-0' };
  const seen = (labels: Labels) =>
    relabelled(kubeletContainers.metric_relabel_configs, { ...target, ...labels });
  const slice = '/kubepods.slice/kubepods-pod1.slice';

  it('have their names in the pod, never 64 hex digits', () => {
    const labels = {
      __name__: 'container_memory_working_set_bytes',
      id: `${slice}/cri-containerd-${hex}.scope`,
      name: hex,
      ...pod,
      container: 'api-server',
    };
    const { name: _, ...rest } = labels;
    expect(seen(labels)).toEqual({ ...target, ...rest });
  });

  it.each<[string, Labels]>([
    ['a pod as the sum of its containers', { id: slice, ...pod, container: '' }],
    ['the sandbox of a pod', { id: `${slice}/x`, name: hex, ...pod, container: '' }],
    ['a sandbox that is called POD', { id: `${slice}/x`, name: hex, ...pod, container: 'POD' }],
    ['a service of the node', { id: '/system.slice/kubelet.service' }],
  ])('are counted once: %s is dropped', (_, labels) => {
    for (const __name__ of Object.keys(containerMetrics).filter((m) => !m.endsWith('_error'))) {
      expect([__name__, seen({ __name__, ...labels })]).toEqual([__name__, undefined]);
    }
  });

  it("keep the network of the pod, the whole machine, and cAdvisor's own metrics", () => {
    const network = { __name__: 'container_network_receive_bytes_total', interface: 'eth0' };
    expect(seen({ ...network, id: slice, ...pod })).toMatchObject(pod);
    expect(seen({ __name__: 'container_cpu_usage_seconds_total', id: '/' })).toBeDefined();
    for (const __name__ of ['container_scrape_error', 'machine_memory_bytes']) {
      expect(seen({ __name__ })).toBeDefined();
    }
  });

  it('keep all metrics of the contract', () => {
    for (const __name__ of Object.keys(containerMetrics)) {
      expect([__name__, seen({ __name__, id: '/x/y', ...pod, container: 'c' })]).toEqual([
        __name__,
        expect.objectContaining({ container: 'c' }),
      ]);
    }
  });
});
