import { describe, expect, test } from '@jest/globals';
import type { Output } from '@pulumi/pulumi';
import { images } from '../../../components/images';
import { mirrored, placeOf } from '../../../components/platform/image-mirrors';
import { kubernetesSchema } from '../../../components/platform/settings-schema';
import { services } from '../../../components/services';
import type { Workload } from '../../../components/workload';
import type { KubernetesPlatformArgs } from '../../../components/platform/kubernetes-args';
import { onKubernetes, perNode, plain, type Pod, podOf } from './kubernetes-fixtures';

/** The pods of a service and of one on every node, in a cluster with these demands. */
async function pods(args: Partial<KubernetesPlatformArgs>): Promise<{ one: Pod; every: Pod }> {
  const logs: Workload = { ...perNode, name: 'agent', host: ['containerLogs'] };
  const deployed = await onKubernetes((deploy) => [deploy(plain), deploy(logs)], args);
  return { one: podOf(deployed), every: podOf(deployed, 'DaemonSet') };
}

describe('nodes for the stack', () => {
  const nodes = {
    nodeSelector: { pool: 'monitoring' },
    tolerations: [
      { key: 'dedicated', value: 'monitoring', effect: 'NoSchedule' },
      { key: 'spot' },
    ] as const,
  };

  test('are those with the labels, with the taints that are tolerated', async () => {
    const { one } = await pods(nodes);
    expect(one).toMatchObject({
      nodeSelector: { pool: 'monitoring', 'kubernetes.io/os': 'linux' },
      tolerations: [
        { key: 'dedicated', operator: 'Equal', value: 'monitoring', effect: 'NoSchedule' },
        { key: 'spot', operator: 'Exists' },
      ],
    });
  });

  test('are still all nodes for a log agent: other nodes have logs too', async () => {
    const { every } = await pods(nodes);
    expect(every.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
    expect(every.tolerations).toEqual([{ operator: 'Exists' }]);
  });

  test('without the settings nothing is chosen, so that no running pod is replaced', async () => {
    const { one } = await pods({ nodeSelector: {}, tolerations: [], imagePullSecrets: [] });
    expect(one.nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
    for (const key of ['tolerations', 'imagePullSecrets', 'affinity']) {
      expect(one).not.toHaveProperty(key);
    }
  });
});

describe('images of a cluster without access to public registries', () => {
  const mirrors = { 'docker.io': 'hub.audifi.io/docker-hub', 'quay.io': 'hub.audifi.io:5000' };

  test.each([
    ['prom/prometheus', 'hub.audifi.io/docker-hub/prom/prometheus'],
    ['postgres', 'hub.audifi.io/docker-hub/library/postgres'],
    ['quay.io/thanos/thanos', 'hub.audifi.io:5000/thanos/thanos'],
    ['registry.k8s.io/kube-state-metrics/x', 'registry.k8s.io/kube-state-metrics/x'],
    ['localhost:5000/web', 'localhost:5000/web'],
  ])('%s is pulled from %s, with its tag and digest', (repository, expected) => {
    const image = { repository, tag: 'v1', digest: 'sha256:ab' };
    expect(mirrored(image, mirrors)).toEqual({ ...image, repository: expected });
  });

  test.each([
    ['prom/prometheus', 'docker.io/prom/prometheus'],
    ['postgres', 'docker.io/library/postgres'],
    ['quay.io/thanos/thanos', 'quay.io/thanos/thanos'],
  ])('%s has its public registry without a mirror: %s', (repository, expected) => {
    expect(mirrored({ repository, tag: 'v1' }, {}).repository).toBe(expected);
  });

  test('are pulled from its mirrors by every container, with its logins', async () => {
    const companions = [{ name: 'side', image: images.thanos, resources: plain.resources }];
    const deployed = await onKubernetes((deploy) => deploy({ ...plain, companions }), {
      imageMirrors: mirrors,
      imagePullSecrets: ['login'],
    });
    const pod = podOf(deployed);
    expect(pod.containers.map(({ image }) => image)).toEqual([
      'hub.audifi.io/docker-hub/example/web:v1',
      `hub.audifi.io:5000/thanos/thanos:${images.thanos.tag}`,
    ]);
    expect(pod.imagePullSecrets).toEqual([{ name: 'login' }]);
  });

  test('come from registries that the setting knows', () => {
    const used = Object.values(services)
      .flatMap((service) => ('image' in service ? [service.image] : []))
      .filter((name) => name !== 'cadvisor')
      .map((name) => placeOf(images[name])[0]);
    const imageMirrors = Object.fromEntries(used.map((registry) => [registry, 'hub.audifi.io']));
    const result = kubernetesSchema.safeParse({ kubernetes: { imageMirrors } });
    expect(result.error?.issues).toBeUndefined();
    expect(kubernetesSchema.safeParse({ kubernetes: { imageMirrors: { hub: 'x' } } }).success).toBe(
      false,
    );
  });
});

test('the SELinux type is only for pods that read files of the node, which `restricted` forbids', async () => {
  const { one, every } = await pods({ seLinuxType: 'spc_t' });
  expect(every.securityContext['seLinuxOptions']).toEqual({ type: 'spc_t' });
  expect(one.securityContext).not.toHaveProperty('seLinuxOptions');
  const usual = await pods({});
  expect(usual.every.securityContext).not.toHaveProperty('seLinuxOptions');
});

test('the path in KUBECONFIG is not written into the state, which other machines share', async () => {
  const before = process.env['KUBECONFIG'];
  process.env['KUBECONFIG'] = '/home/me/kubeconfig';
  try {
    const { registrations } = await onKubernetes((deploy) => deploy(plain), { context: 'prod' });
    for (const provider of ['kubernetes-provider', 'kubernetes-namespaces']) {
      const inputs = registrations[provider]?.props;
      expect(inputs).toMatchObject({ kubeconfig: '', context: 'prod' });
      // Takes fields back that somebody has changed with kubectl.
      const force = inputs?.['enablePatchForce'] as Output<string>;
      expect(await new Promise((resolve) => force.apply(resolve))).toBe('true');
    }
  } finally {
    if (before === undefined) delete process.env['KUBECONFIG'];
    else process.env['KUBECONFIG'] = before;
  }
});
