import { describe, expect, test } from '@jest/globals';
import { all, type Output } from '@pulumi/pulumi';
import type { Workload } from '../../../components/workload';
import { onKubernetes, perNode, plain, podOf } from './kubernetes-fixtures';

const data = { name: 'data', path: '/data', sizeMiB: 2048 };

describe('kinds of controller', () => {
  test.each<[string, Workload, string]>([
    ['a workload', plain, 'Deployment'],
    ['one with a volume', { ...plain, volumes: [data] }, 'StatefulSet'],
    ['one on each node', perNode, 'DaemonSet'],
  ])('%s is a %s', async (_, workload, kind) => {
    const deployed = await onKubernetes((deploy) => deploy(workload));
    const controllers = ['Deployment', 'StatefulSet', 'DaemonSet'].filter(
      (k) => deployed.ofKind(k).length > 0,
    );
    expect(controllers).toEqual([kind]);
  });

  test('claims survive their StatefulSet, and have the requested size', async () => {
    const deployed = await onKubernetes((deploy) => deploy({ ...plain, volumes: [data] }), {
      storageClass: 'fast',
    });
    const [{ spec } = { spec: {} }] = deployed.ofKind('StatefulSet');
    expect(spec).toMatchObject({
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [
        { spec: { storageClassName: 'fast', resources: { requests: { storage: '2Gi' } } } },
      ],
    });
    expect(podOf(deployed, 'StatefulSet').securityContext).toMatchObject({ fsGroup: 1000 });
  });

  test('without a storage class the key is omitted, so that the cluster decides', async () => {
    const deployed = await onKubernetes((deploy) => deploy({ ...plain, volumes: [data] }));
    expect(JSON.stringify(deployed.ofKind('StatefulSet'))).not.toContain('storageClassName');
  });

  test('one pod per node also runs on reserved nodes, and its name resolves to all addresses', async () => {
    const deployed = await onKubernetes((deploy) => deploy(perNode));
    expect(podOf(deployed, 'DaemonSet').tolerations).toEqual([{ operator: 'Exists' }]);
    expect(deployed.ofKind('Service')[0]?.spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    expect(deployed.endpoints['node-watcher']?.discovery).toBe('dns');
  });

  // DaemonSet pods tolerate the taints of these nodes, and would stay pending there.
  test('one pod per node is for machines, not for Fargate or a virtual kubelet', async () => {
    const deployed = await onKubernetes((deploy) => [deploy(perNode), deploy(plain)]);
    const matchExpressions = [
      { key: 'eks.amazonaws.com/compute-type', operator: 'NotIn', values: ['fargate'] },
      { key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] },
    ];
    expect(podOf(deployed, 'DaemonSet').affinity).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions }],
        },
      },
    });
    expect(podOf(deployed)).not.toHaveProperty('affinity');
  });

  // A node that does not respond would fail the update of all others.
  test('Pulumi takes its fields back, and does not wait for a pod on every node', async () => {
    const deployed = await onKubernetes((deploy) => [
      deploy(perNode),
      deploy(plain),
      deploy({ ...plain, name: 'store', volumes: [data] }),
    ]);
    const notes = (kind: string): unknown[] =>
      deployed
        .ofKind<{ metadata: { annotations: object } }>(kind)
        .map(({ metadata }) => metadata.annotations);
    // After `kubectl scale`, a change would be a conflict.
    const takesBack = { 'pulumi.com/patchForce': 'true' };
    expect(notes('DaemonSet')).toEqual([
      { ...takesBack, 'pulumi.com/waitFor': 'jsonpath={.status.observedGeneration}' },
    ]);
    expect(notes('Deployment')).toEqual([takesBack]);
    expect(notes('StatefulSet')).toEqual([takesBack]);
  });

  test('a single pod on the host network is stopped before its replacement starts', async () => {
    const deployed = await onKubernetes((deploy) => deploy({ ...perNode, placement: 'single' }));
    expect(deployed.ofKind('Deployment')[0]?.spec['strategy']).toEqual({ type: 'Recreate' });
  });
});

describe('the endpoint', () => {
  test('has the Service name with its namespace, and publishes nothing on this machine', async () => {
    const ports = [{ name: 'http', number: 8080, publish: 8080 }];
    const deployed = await onKubernetes((deploy) => [deploy({ ...plain, ports }), deploy(perNode)]);
    expect(deployed.endpoints['web']).toMatchObject({
      host: 'web.monitoring.svc',
      discovery: 'static',
      onHostNetwork: false,
      url: undefined,
    });
    expect(deployed.endpoints['node-watcher']).toMatchObject({
      host: 'node-watcher.monitoring-host.svc',
      onHostNetwork: true,
    });
    expect(JSON.stringify(deployed.ofKind('Service'))).not.toMatch(/nodePort|LoadBalancer/);
  });

  test('is in the configured namespace', async () => {
    const { endpoints } = await onKubernetes((deploy) => deploy(plain), { namespace: 'watch' });
    expect(endpoints['web']?.host).toBe('web.watch.svc');
  });

  test('has no Service without ports', async () => {
    const deployed = await onKubernetes((deploy) =>
      deploy({ ...plain, ports: [], readiness: undefined }),
    );
    expect(deployed.ofKind('Service')).toEqual([]);
  });
});

describe('files', () => {
  const files = (content: string): Workload => ({
    ...plain,
    files: [
      { path: '/etc/web/web.yml', content },
      { path: '/etc/web/rules/a.yml', content: 'a' },
      { path: '/etc/web/secrets/token', content: 's3cr3t', secret: true },
      { path: '/srv/page.html', content: 'page' },
    ],
  });

  test('plain and secret files share a directory and keep nested paths', async () => {
    const deployed = await onKubernetes((deploy) => deploy(files('x')));
    const { containers, volumes } = podOf(deployed);
    const mounts = containers[0]?.volumeMounts ?? [];
    expect(mounts.map((m) => [m['mountPath'], m['readOnly'], m['subPath']])).toEqual([
      ['/etc/web', true, undefined],
      ['/srv', true, undefined],
    ]);
    expect(JSON.stringify(volumes[0])).toContain('"path":"rules/a.yml"');
    expect(JSON.stringify(volumes[0])).toContain('"path":"secrets/token"');
  });

  test('pods refer to files by a name that depends on the content', async () => {
    const pod = async (content: string): Promise<string> =>
      JSON.stringify(podOf(await onKubernetes((deploy) => deploy(files(content)))));
    expect(await pod('x')).toBe(await pod('x'));
    expect(await pod('x')).not.toBe(await pod('y'));
    const deployed = await onKubernetes((deploy) => deploy(files('x')));
    for (const object of [...deployed.ofKind('ConfigMap'), ...deployed.ofKind('Secret')]) {
      expect(object.immutable).toBe(true);
      expect(JSON.stringify(podOf(deployed))).toContain(object.metadata.name);
    }
  });

  test('a secret file is in a Secret and nowhere else', async () => {
    const { resources } = await onKubernetes((deploy) => deploy(files('x')));
    const holders = resources.filter((r) => JSON.stringify(r.inputs).includes('s3cr3t'));
    expect(holders.map((r) => [r.type, r.secrets])).toEqual([
      ['kubernetes:core/v1:Secret', ['stringData']],
    ]);
  });

  test('a workload without files has neither ConfigMap nor Secret', async () => {
    const deployed = await onKubernetes((deploy) => deploy(plain));
    expect([...deployed.ofKind('ConfigMap'), ...deployed.ofKind('Secret')]).toEqual([]);
  });
});

describe('order and lifecycle', () => {
  test('only namespaces survive the stack, and are adopted again', async () => {
    const { registrations } = await onKubernetes((deploy) => [deploy(plain), deploy(perNode)]);
    const kept = Object.keys(registrations).filter((n) => registrations[n]?.opts.retainOnDelete);
    expect(kept).toEqual(['kubernetes-monitoring', 'kubernetes-monitoring-host']);
    const providerOf = (name: string): string | undefined =>
      (registrations[name]?.opts.provider as { __name?: string } | undefined)?.__name;
    const objects = Object.keys(registrations).filter((n) => providerOf(n) !== undefined);
    expect(objects.filter((n) => providerOf(n) === 'kubernetes-namespaces')).toEqual(kept);
    const adopts = ['kubernetes-namespaces', 'kubernetes-provider'].map(
      (n) => registrations[n]?.props['upsertExistingObjects'] as Output<string | undefined>,
    );
    const known = await new Promise((resolve) => all(adopts).apply(resolve));
    expect(known).toEqual(['true', undefined]);
  });

  test('a pod starts after its policies and after the targets of its connections', async () => {
    const { registrations } = await onKubernetes((deploy) => {
      const target = deploy(perNode);
      deploy({ ...plain, connectsTo: [target] });
    });
    const awaited = registrations['web']?.opts.dependsOn as unknown as { __name: string }[];
    expect(awaited.map((resource) => resource.__name)).toEqual([
      'web-account',
      'kubernetes-monitoring',
      'audifi-monitoring',
      'monitoring-default-deny',
      'monitoring-allow-dns',
      'monitoring-web-to-node-watcher',
      'monitoring-host-node-watcher-from-web',
      'node-watcher',
      'node-watcher-service',
    ]);
  });

  test('all providers use the configured context', async () => {
    const { registrations } = await onKubernetes((deploy) => deploy(plain), { context: 'prod-eu' });
    const contexts = ['kubernetes-provider', 'kubernetes-namespaces'].map(
      (name) => registrations[name]?.props['context'],
    );
    expect(contexts).toEqual(['prod-eu', 'prod-eu']);
  });
});

describe('a connection to a workload that is deployed later', () => {
  test('is allowed on both sides, like a declared one', async () => {
    const deployed = await onKubernetes((deploy, platform) => {
      const early = deploy(plain);
      const late = deploy({ ...plain, name: 'late' });
      platform.connect(early, [late], { parent: platform });
    });
    const names = deployed.ofKind('NetworkPolicy').map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(['web-to-late', 'late-from-web']));
  });

  test('is an error for workloads of another platform', async () => {
    await onKubernetes((deploy, platform) => {
      const web = deploy(plain);
      const stranger = { ...web, name: 'stranger' };
      const connect = (): void => platform.connect(web, [stranger], { parent: platform });
      expect(connect).toThrow(/stranger was not deployed by this platform/);
    });
  });
});

describe('workloads that Kubernetes does not support are rejected before anything is registered', () => {
  const refused = async (workload: Workload): Promise<unknown> => {
    let thrown: unknown;
    const { resources } = await onKubernetes((deploy) => {
      try {
        deploy(workload);
      } catch (error) {
        thrown = error;
      }
    });
    expect(resources).toEqual([]);
    return thrown;
  };

  test.each<[string, Workload, RegExp]>([
    ['an unsound workload', { ...plain, image: { repository: 'x', tag: 'latest' } }, /pinned tag/],
    ['a long name', { ...plain, name: 'a'.repeat(53) }, /more than 52/],
    [
      'a file among those of the image',
      { ...plain, files: [{ path: '/etc/web.yml', content: '' }] },
      /directly in "\/etc" would hide/,
    ],
    [
      'a file name that no key can have',
      { ...plain, files: [{ path: '/srv/a b', content: '' }] },
      /characters that a ConfigMap key cannot have/,
    ],
    [
      'two files with one key',
      {
        ...plain,
        files: [
          { path: '/srv/a/b', content: '' },
          { path: '/srv/a_b', content: '' },
        ],
      },
      /key of another file/,
    ],
    ['HOST_IP of its own', { ...perNode, env: { HOST_IP: '1.2.3.4' } }, /sets HOST_IP/],
  ])('%s', async (_, workload, message) => {
    expect(await refused(workload)).toMatchObject({ message: expect.stringMatching(message) });
  });

  test('a second workload with the same name', async () => {
    await expect(onKubernetes((deploy) => [deploy(plain), deploy(plain)])).rejects.toThrow(
      'workload "web" on Kubernetes: the name "web" belongs to the workload "web"',
    );
  });
});

test('all pods have a priority that evicts nobody, unless a setting names another class', async () => {
  const own = await onKubernetes((deploy) => [deploy(plain), deploy(perNode)]);
  const [made] = own.ofKind<{ metadata: object; value: number; preemptionPolicy: string }>(
    'PriorityClass',
  );
  expect(made).toMatchObject({
    ...{ metadata: { name: 'audifi-monitoring' }, preemptionPolicy: 'Never' },
  });
  expect(made?.value).toBeGreaterThan(0);
  expect(podOf(own)).toMatchObject({ priorityClassName: 'audifi-monitoring' });
  const named = await onKubernetes((deploy) => deploy(plain), { priorityClass: 'theirs' });
  expect(named.ofKind('PriorityClass')).toEqual([]);
  expect(podOf(named)).toMatchObject({ priorityClassName: 'theirs' });
});

test('the pod transform is applied last', async () => {
  const deployed = await onKubernetes((deploy) => deploy(plain), {
    priorityClass: 'of-all',
    transform: (name, pod) => ({
      ...pod,
      priorityClassName: `${name}-${pod.priorityClassName as string}`,
    }),
  });
  expect(podOf(deployed)).toMatchObject({ priorityClassName: 'web-of-all' });
});
