import { describe, expect, test } from '@jest/globals';
import type { Discovery } from '../../../components/discovery';
import type { Workload } from '../../../components/workload';
import {
  type Deployed,
  type Manifest,
  onKubernetes,
  perNode,
  plain,
  podOf,
} from './kubernetes-fixtures';

interface Rule {
  readonly resources: string[];
  readonly verbs: string[];
}
interface Role extends Manifest {
  readonly rules: Rule[];
}
interface Binding extends Manifest {
  readonly roleRef: { kind: string; name: string };
  readonly subjects: { kind: string; name: string; namespace: string }[];
}
interface Policy extends Manifest {
  readonly spec: { egress?: { to?: unknown[]; ports: { port: number }[] }[] };
}

const kubelets: Discovery = { by: 'kubelets', path: '/m', port: 10250, insecureTls: false };
const audifi: Discovery = {
  by: 'pods',
  namespace: 'audifi',
  labels: { app: 'api-server' },
  port: 9090,
  instance: 'pod',
};

/** A workload that discovers `perNode`, itself, and additional targets. */
const finding = (...more: Discovery[]): Promise<Deployed> =>
  onKubernetes((deploy, platform) => {
    const target = deploy(perNode);
    const found = [target, { name: plain.name, ports: plain.ports ?? [] }];
    const finder: Workload = {
      ...plain,
      discovers: [...found.map((one) => platform.discover(one, 'http')), ...more],
      connectsTo: [target],
    };
    deploy(finder);
  });

const policy = (deployed: Deployed, name: string): Policy[] =>
  deployed.ofKind<Policy>('NetworkPolicy').filter(({ metadata }) => metadata.name === name);

describe('service discovery', () => {
  test('uses the labels of the pods in one namespace, and the node with one pod per node', async () => {
    await onKubernetes((deploy, platform) => {
      expect(platform.discover(deploy(plain), 'http')).toEqual({
        by: 'pods',
        namespace: 'monitoring',
        labels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'test' },
        port: 8080,
        instance: 'pod',
      });
      expect(platform.discover(deploy(perNode), 'http')).toMatchObject({
        namespace: 'monitoring-host',
        instance: 'node',
      });
    });
  });

  test('uses labels that the pods have, and no other workload', async () => {
    await onKubernetes((deploy, platform) => {
      const [web, other] = ['web', 'other'].map((name) =>
        platform.discover(deploy({ ...plain, name }), 'http'),
      );
      expect(web).not.toEqual(other);
    });
  });

  test('rejects an undeclared port', async () => {
    await onKubernetes((deploy, platform) => {
      const endpoint = deploy(plain);
      expect(() => platform.discover(endpoint, 'grpc')).toThrow(/no port "grpc"/);
    });
  });

  test('uses the kubelets for containers and volumes', async () => {
    await onKubernetes(
      (_, { containerMetrics, volumeMetrics }) => {
        const kubelets = { by: 'kubelets', port: 10250, insecureTls: true };
        expect(containerMetrics).toEqual({ ...kubelets, path: '/metrics/cadvisor' });
        expect(volumeMetrics).toEqual({ ...kubelets, path: '/metrics' });
      },
      { kubeletInsecureTls: true },
    );
  });

  test('has the namespaces that exist so far', async () => {
    await onKubernetes((deploy, platform) => {
      deploy(plain);
      expect(platform.namespaces).toEqual(['monitoring']);
      deploy(perNode);
      expect(platform.namespaces).toEqual(['monitoring', 'monitoring-host']);
    });
  });
});

describe('a workload that discovers targets through the API server', () => {
  test('may list the pods of these namespaces, and nothing more', async () => {
    const deployed = await finding();
    const roles = deployed.ofKind<Role>('Role');
    expect(roles.map(({ metadata }) => metadata.namespace).sort()).toEqual([
      'monitoring',
      'monitoring-host',
    ]);
    for (const { rules } of roles) {
      expect(rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }]);
    }
    expect(deployed.ofKind('ClusterRole')).toEqual([]);
    expect(deployed.ofKind('ClusterRoleBinding')).toEqual([]);
  });

  test('may read nodes and their metrics only for kubelets, and may change nothing', async () => {
    const deployed = await finding(kubelets);
    const [role] = deployed.ofKind<Role>('ClusterRole');
    expect(role?.rules.map(({ resources, verbs }) => [resources, verbs])).toEqual([
      [['nodes'], ['list', 'watch']],
      [['nodes/metrics'], ['get']],
    ]);
    const all = [...deployed.ofKind<Role>('Role'), ...deployed.ofKind<Role>('ClusterRole')];
    const verbs = all.flatMap(({ rules }) => rules.flatMap((rule) => rule.verbs));
    expect([...new Set(verbs)].sort()).toEqual(['get', 'list', 'watch']);
  });

  test('is the only subject of each binding, and its roles exist', async () => {
    const deployed = await finding(kubelets, audifi);
    for (const scope of ['', 'Cluster']) {
      const roles = deployed.ofKind<Role>(`${scope}Role`).map(({ metadata }) => metadata);
      const bindings = deployed.ofKind<Binding>(`${scope}RoleBinding`);
      expect(bindings).toHaveLength(roles.length);
      for (const { metadata, subjects, roleRef } of bindings) {
        expect(subjects).toEqual([
          { kind: 'ServiceAccount', name: 'web', namespace: 'monitoring' },
        ]);
        const { name, namespace } = metadata;
        expect([roleRef.kind, roleRef.name]).toEqual([`${scope}Role`, name]);
        expect(roles).toContainEqual(
          expect.objectContaining({ name, ...(namespace && { namespace }) }),
        );
      }
    }
  });

  test('has cluster-wide names that include the stack', async () => {
    const deployed = await onKubernetes((deploy) => deploy({ ...plain, discovers: [kubelets] }), {
      namespace: 'watch',
    });
    expect(deployed.ofKind('ClusterRole').map(({ metadata }) => metadata.name)).toEqual([
      'watch-web',
    ]);
  });

  test('has an expiring token in its own container, and no other pod has one by default', async () => {
    const pod = podOf(await finding(kubelets));
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.containers[0]?.volumeMounts).toContainEqual({
      name: 'kube-api-access',
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      readOnly: true,
    });
    expect(JSON.stringify(pod.volumes)).toContain(
      '{"serviceAccountToken":{"expirationSeconds":3600,"path":"token"}}',
    );
    const deployed = await onKubernetes((deploy) => [
      deploy(plain),
      deploy({
        ...plain,
        name: 'b',
        discovers: [{ by: 'addresses', targets: [{ address: 'x:1' }] }],
      }),
    ]);
    expect(JSON.stringify(deployed.ofKind('Deployment'))).not.toContain('serviceAccountToken');
    for (const kind of ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']) {
      expect(deployed.ofKind(kind)).toEqual([]);
    }
  });

  test('may connect to the API server and the kubelets', async () => {
    const deployed = await finding(kubelets);
    const ports = (name: string) =>
      policy(deployed, name).map(({ spec }) => spec.egress?.[0]?.ports.map(({ port }) => port));
    expect(ports('web-to-kubernetes-api')).toEqual([[443, 6443]]);
    expect(ports('web-to-kubelets')).toEqual([[10250]]);
    const other = await onKubernetes((deploy) => deploy({ ...plain, discovers: [kubelets] }), {
      apiServerPorts: [16443],
    });
    expect(policy(other, 'web-to-kubernetes-api')[0]?.spec.egress?.[0]?.ports).toEqual([
      { protocol: 'TCP', port: 16443 },
    ]);
  });

  test('may connect to pods of others by labels and port only', async () => {
    const worker: Discovery = { ...audifi, labels: { app: 'worker' } };
    const other: Discovery = { ...audifi, labels: { app: 'ws' }, port: 9091 };
    const deployed = await finding(audifi, worker, other);
    const inAudifi = { matchLabels: { 'kubernetes.io/metadata.name': 'audifi' } };
    const pods = (app: string) => ({
      namespaceSelector: inAudifi,
      podSelector: { matchLabels: { app } },
    });
    const [found] = policy(deployed, 'web-to-pods-in-audifi-9090');
    expect(found?.spec.egress).toEqual([
      { to: [pods('api-server'), pods('worker')], ports: [{ protocol: 'TCP', port: 9090 }] },
    ]);
    const [second] = policy(deployed, 'web-to-pods-in-audifi-9091');
    expect(second?.spec.egress).toEqual([
      { to: [pods('ws')], ports: [{ protocol: 'TCP', port: 9091 }] },
    ]);
  });

  test('has a token in its own container, not in companions', async () => {
    const companion = {
      name: 'helper',
      image: plain.image,
      resources: { memoryMiB: 16, cpus: 0.1 },
    };
    const deployed = await onKubernetes((deploy) =>
      deploy({ ...plain, companions: [companion], discovers: [kubelets] }),
    );
    const mounts = podOf(deployed).containers.map(({ volumeMounts }) => volumeMounts.length);
    expect(mounts).toEqual([1, 0]);
  });

  test('has one token if all its containers need one', async () => {
    const deployed = await onKubernetes((deploy) =>
      deploy({ ...plain, serviceAccount: { apiToken: true }, discovers: [kubelets] }),
    );
    expect(podOf(deployed).automountServiceAccountToken).toBe(true);
    expect(podOf(deployed).volumes).toEqual([]);
  });

  test('starts after its rights exist', async () => {
    const { registrations } = await finding(kubelets);
    const awaited = registrations['web']?.opts.dependsOn as unknown as { __name: string }[];
    expect(awaited.map((resource) => resource.__name)).toEqual(
      expect.arrayContaining([
        'web-finds-monitoring-binding',
        'web-finds-monitoring-host-binding',
        'web-finds-nodes-binding',
      ]),
    );
  });
});

describe('a workload that reads objects of the cluster', () => {
  const reads: Workload = {
    ...plain,
    readsCluster: { kinds: ['pods', 'deployments'], namespaces: ['audifi', 'live'] },
  };

  test('may list and watch these kinds in these namespaces, and nothing more', async () => {
    const deployed = await onKubernetes((deploy) => deploy(reads));
    const roles = deployed.ofKind<Role>('Role');
    expect(roles.map(({ metadata }) => metadata.namespace).sort()).toEqual(['audifi', 'live']);
    for (const { rules } of roles) {
      expect(rules).toEqual([
        { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] },
      ]);
    }
    for (const { subjects } of deployed.ofKind<Binding>('RoleBinding')) {
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'web', namespace: 'monitoring' }]);
    }
    expect(deployed.ofKind('ClusterRole')).toEqual([]);
    expect(deployed.ofKind('ClusterRoleBinding')).toEqual([]);
  });

  test('has cluster-wide rights for nodes only, without their metrics', async () => {
    const deployed = await onKubernetes((deploy) =>
      deploy({ ...plain, readsCluster: { nodes: true } }),
    );
    expect(deployed.ofKind('Role')).toEqual([]);
    const [role, ...others] = deployed.ofKind<Role>('ClusterRole');
    expect(others).toEqual([]);
    expect(role?.rules).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
    ]);
    const [binding] = deployed.ofKind<Binding>('ClusterRoleBinding');
    expect(binding?.roleRef.name).toBe(role?.metadata.name);
  });

  test('has these rights in separate roles', async () => {
    const deployed = await onKubernetes((deploy) => deploy({ ...reads, discovers: [audifi] }));
    const inAudifi = deployed
      .ofKind<Role>('Role')
      .filter(({ metadata }) => metadata.namespace === 'audifi');
    expect(inAudifi.map(({ metadata }) => metadata.name).sort()).toEqual([
      'monitoring-web',
      'monitoring-web-reads',
    ]);
  });

  test('has a token and may connect to the API server, but not to kubelets', async () => {
    const deployed = await onKubernetes((deploy) => deploy(reads));
    expect(JSON.stringify(podOf(deployed).volumes)).toContain('serviceAccountToken');
    expect(policy(deployed, 'web-to-kubernetes-api')).toHaveLength(1);
    expect(policy(deployed, 'web-to-kubelets')).toEqual([]);
  });

  test('starts after its rights exist', async () => {
    const { registrations } = await onKubernetes((deploy) => deploy(reads));
    const awaited = registrations['web']?.opts.dependsOn as unknown as { __name: string }[];
    expect(awaited.map((resource) => resource.__name)).toEqual(
      expect.arrayContaining(['web-reads-audifi-binding', 'web-reads-live-binding']),
    );
  });
});
