import { describe, expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import { type PodContext, podProblems, podSpec } from '../../../components/platform/kubernetes-pod';
import type { Workload } from '../../../components/workload';
import { workloadProblems } from '../../../components/workload-validation';
import {
  type Container,
  onKubernetes,
  perNode,
  plain,
  type Pod,
  podOf,
} from './kubernetes-fixtures';
import fc from '../../lib/fast-check';

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
function restrictedProblems(pod: Pod): string[] {
  const problems: string[] = [];
  const check = (fine: boolean, what: string): void => {
    if (!fine) problems.push(what);
  };
  const allowed = ['configMap', 'emptyDir', 'projected', 'secret', 'persistentVolumeClaim'];
  check(!pod.hostNetwork && !pod.hostPID && !pod.hostIPC, 'host namespaces');
  check(pod.securityContext['runAsNonRoot'] === true, 'runAsNonRoot');
  check(pod.securityContext['runAsUser'] !== 0, 'runAsUser');
  check(
    JSON.stringify(pod.securityContext['seccompProfile']) === '{"type":"RuntimeDefault"}',
    'seccompProfile',
  );
  for (const volume of pod.volumes) {
    const kinds = Object.keys(volume).filter((key) => key !== 'name');
    check(
      kinds.every((kind) => allowed.includes(kind)),
      `volume ${kinds.join()}`,
    );
  }
  for (const { securityContext, ports } of pod.containers) {
    check(securityContext['allowPrivilegeEscalation'] === false, 'allowPrivilegeEscalation');
    check(securityContext['privileged'] !== true, 'privileged');
    check(JSON.stringify(securityContext['capabilities']) === '{"drop":["ALL"]}', 'capabilities');
    check(securityContext['readOnlyRootFilesystem'] === true, 'readOnlyRootFilesystem');
    check(
      ports.every((port) => port.hostPort === undefined),
      'hostPort',
    );
  }
  check(pod.automountServiceAccountToken === false, 'service account token');
  return problems;
}

const context: PodContext = { selector: {}, files: [{ config: 'config', secret: 'secret' }] };

/** The pod of a workload whose values are all known. */
function pure(workload: Workload): Pod {
  return podSpec(workload, context) as unknown as Pod;
}

const workloads: fc.Arbitrary<Workload> = fc.record({
  name: fc.constant('web'),
  image: fc.constant(plain.image),
  args: fc.array(fc.string(), { maxLength: 3 }),
  env: fc.dictionary(fc.constantFrom('A', 'B'), fc.string()),
  files: fc.uniqueArray(
    fc.record({
      path: fc.constantFrom('/etc/web/a', '/etc/web/b/c', '/srv/web/d'),
      content: fc.string(),
      secret: fc.boolean(),
    }),
    { selector: (file) => file.path },
  ),
  volumes: fc.constantFrom([], [{ name: 'data', path: '/data', sizeMiB: 10 }]),
  scratch: fc.constantFrom([], ['/tmp']),
  ports: fc.constant(plain.ports),
  readiness: fc.constantFrom(undefined, plain.readiness),
  liveness: fc.constantFrom(undefined, plain.readiness),
  resources: fc.record({
    memoryMiB: fc.integer({ min: 8, max: 9000 }),
    cpus: fc.double({ min: 0.01, max: 8, noNaN: true }),
  }),
  user: fc.record({
    uid: fc.integer({ min: 1, max: 70000 }),
    gid: fc.integer({ min: 0, max: 70000 }),
  }),
  stopSeconds: fc.constantFrom(undefined, 5),
});

test('every workload without host access complies with the standard "restricted"', () => {
  fc.assert(
    fc.property(workloads, (workload) => {
      fc.pre(workloadProblems(workload).length === 0);
      expect(restrictedProblems(pure(workload))).toEqual([]);
    }),
  );
});

describe('start of a container', () => {
  const start = (extra: Partial<Workload>) => podSpec({ ...plain, ...extra }, context).containers;

  test("replaces the image's entry point by the command, literally", () => {
    expect(start({ command: ['sh', '$(HOME)'] })).toMatchObject([{ command: ['sh', '$$(HOME)'] }]);
    expect(JSON.stringify(start({}))).not.toContain('"command"');
  });

  test('keeps only capabilities that the standard allows', () => {
    expect(start({ capabilities: ['NET_BIND_SERVICE'] })).toMatchObject([
      { securityContext: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } },
    ]);
  });

  test('an image that is built on this machine is rejected, because nodes pull from a registry', () => {
    const built = { ...plain, image: { ...plain.image, build: { context: 'build/web' } } };
    expect(podProblems(built)).toEqual([expect.stringContaining('registry')]);
    expect(podProblems(plain)).toEqual([]);
  });
});

describe('host access', () => {
  test('uses a separate namespace, the only privileged one', async () => {
    const deployed = await onKubernetes((deploy) => [deploy(plain), deploy(perNode)]);
    const level = (name: string): string | undefined =>
      deployed.ofKind('Namespace').find((n) => n.metadata.name === name)?.metadata.labels[
        'pod-security.kubernetes.io/enforce'
      ];
    expect([level('monitoring'), level('monitoring-host')]).toEqual(['restricted', 'privileged']);
    expect(deployed.ofKind('Deployment')[0]?.metadata.namespace).toBe('monitoring');
    expect(deployed.ofKind('DaemonSet')[0]?.metadata.namespace).toBe('monitoring-host');
  });

  test('hostMetrics: only the host network and its files, read-only', async () => {
    const pod = podOf(await onKubernetes((deploy) => deploy(perNode)), 'DaemonSet');
    expect(pod).toMatchObject({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
    expect(pod.volumes).toEqual([{ name: 'host', hostPath: { path: '/' } }]);
    expect(pod.containers[0]?.volumeMounts).toEqual([
      { name: 'host', mountPath: '/host', readOnly: true, mountPropagation: 'HostToContainer' },
    ]);
    const rest = restrictedProblems(pod);
    expect(rest).toEqual(['host namespaces', 'volume hostPath']);
  });

  test('containerLogs: the logs of all pods read-only, and a directory of the node for positions', async () => {
    const workload: Workload = {
      ...perNode,
      name: 'log-reader',
      user: { uid: 0, gid: 0 },
      host: ['containerLogs'],
      volumes: [{ name: 'positions', path: '/data', sizeMiB: 16 }],
    };
    const deployed = await onKubernetes((deploy) => deploy(workload));
    expect(deployed.ofKind('StatefulSet')).toEqual([]);
    const pod = podOf(deployed, 'DaemonSet');
    const path = '/var/lib/audifi-observability/log-reader-positions';
    expect(pod.volumes).toEqual([
      { name: 'positions', hostPath: { path, type: 'DirectoryOrCreate' } },
      { name: 'pod-logs', hostPath: { path: '/var/log/pods' } },
    ]);
    expect(pod.containers[0]?.volumeMounts).toEqual([
      { name: 'positions', mountPath: '/data' },
      {
        ...{ name: 'pod-logs', mountPath: '/var/log/pods' },
        ...{ readOnly: true, recursiveReadOnly: 'IfPossible' },
      },
    ]);
    expect(pod.hostNetwork).toBeUndefined();
    // Two stacks on a cluster do not share positions.
    const other = await onKubernetes((deploy) => deploy(workload), { namespace: 'staging' });
    expect(podOf(other, 'DaemonSet').volumes[0]).toMatchObject({
      hostPath: { path: '/var/lib/audifi-observability/staging/log-reader-positions' },
    });
  });

  test('containerStats: root without capabilities, and only read-only mounts', async () => {
    const workload: Workload = {
      ...perNode,
      host: ['containerStats'],
      user: { uid: 0, gid: 0 },
    };
    const pod = podOf(await onKubernetes((deploy) => deploy(workload)), 'DaemonSet');
    expect(pod.hostNetwork).toBeUndefined();
    for (const mount of pod.containers[0]?.volumeMounts ?? []) {
      expect(mount).toMatchObject({ readOnly: true, recursiveReadOnly: 'IfPossible' });
    }
    expect(new Set(restrictedProblems(pod))).toEqual(
      new Set(['runAsNonRoot', 'runAsUser', 'volume hostPath']),
    );
  });
});

describe('arguments and environment', () => {
  /** Expands text as the kubelet does: third_party/forked/golang/expansion of Kubernetes. */
  function expand(text: string, variables: Readonly<Record<string, string>>): string {
    return text.replace(/\$\$|\$\(([^)]*)\)/g, (match, name: string | undefined) =>
      match === '$$' ? '$' : (variables[name ?? ''] ?? match),
    );
  }

  const dollars = fc.array(fc.constantFrom('$', '(', ')', 'A', '$(A)', '$$', '|'));

  test('are passed on unchanged, whatever they contain', () => {
    fc.assert(
      fc.property(dollars, (parts) => {
        const text = parts.join('');
        const [container] = pure({ ...plain, args: [text], env: { A: text } }).containers;
        const got = [...(container?.args ?? []), container?.env?.[0]?.value ?? ''];
        expect(got.map((value) => expand(value, { A: 'expanded' }))).toEqual([text, text]);
      }),
    );
  });

  test('also if they are outputs', async () => {
    const workload = { ...plain, args: [pulumi.output('$(A)$$')], env: { A: pulumi.output('$$') } };
    const [container] = podOf(await onKubernetes((deploy) => deploy(workload))).containers;
    const got = [...(container?.args ?? []), container?.env?.[0]?.value ?? ''];
    expect(got.map((value) => expand(value, { A: 'expanded' }))).toEqual(['$(A)$$', '$$']);
  });

  test("contain the node's address if the workload listens on it", async () => {
    const deployed = await onKubernetes((deploy, platform) =>
      deploy({ ...perNode, args: [pulumi.interpolate`--listen=${platform.hostListenAddress}:1`] }),
    );
    const [container] = podOf(deployed, 'DaemonSet').containers;
    expect(container?.env).toEqual([
      { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ]);
    expect(expand(container?.args[0] ?? '', { HOST_IP: 'fd00::1' })).toBe('--listen=[fd00::1]:1');
  });

  test("contain the node's name with one pod per node", async () => {
    const deployed = await onKubernetes((deploy, { nodeName }) =>
      deploy({ ...perNode, args: [`node=${nodeName}`], env: { WHERE: nodeName } }),
    );
    const [container] = podOf(deployed, 'DaemonSet').containers;
    const known = { NODE_NAME: 'node-a' };
    expect(expand(container?.args[0] ?? '', known)).toBe('node=node-a');
    // Kubernetes only expands variables that were defined earlier.
    expect(container?.env?.map(({ name }) => name)).toEqual(['HOST_IP', 'NODE_NAME', 'WHERE']);
    expect(expand(container?.env?.[2]?.value ?? '', known)).toBe('node-a');
  });

  test('otherwise keep text that looks like the placeholder', () => {
    const [container] = pure({ ...plain, args: ['$(NODE_NAME)'] }).containers;
    expect(container?.env).toBeUndefined();
    expect(expand(container?.args[0] ?? '', {})).toBe('$(NODE_NAME)');
  });
});

describe('limits and probes', () => {
  const containerOf = (workload: Workload): Container | undefined => pure(workload).containers[0];

  test('request all memory, and a quarter of the CPU', () => {
    const workload = { ...plain, resources: { memoryMiB: 2048, cpus: 2 } };
    const container = containerOf(workload);
    expect(container?.resources).toEqual({
      limits: { memory: '2Gi', cpu: '2' },
      requests: { memory: '2Gi', cpu: '500m' },
    });
  });

  test('allow a start up to its deadline before other probes', () => {
    const workload: Workload = {
      ...plain,
      readiness: { port: 'http', path: '/ready', deadlineSeconds: 301 },
      liveness: { port: 'http', path: '/alive' },
    };
    const container = containerOf(workload);
    const { periodSeconds, failureThreshold } = container?.startupProbe as Record<string, number>;
    expect((periodSeconds ?? 0) * (failureThreshold ?? 0)).toBeGreaterThanOrEqual(301);
    expect(container?.livenessProbe).toMatchObject({ httpGet: { path: '/alive', port: 'http' } });
  });

  test('never kill a process that is alive and only not ready yet, however long it starts', () => {
    const readiness = { port: 'http', path: '/ready' };
    const alive = { port: 'http', path: '/alive' };
    // Prometheus after a crash: /-/ready fails while it reads its write-ahead log, /-/healthy not.
    const { startupProbe } = containerOf({ ...plain, readiness, liveness: alive }) ?? {};
    expect(startupProbe).toMatchObject({ httpGet: alive });
    const only = containerOf({ ...plain, readiness });
    expect(only?.startupProbe).toMatchObject({ httpGet: readiness });
  });

  test('have no probe unless declared', () => {
    const workload = { ...plain, readiness: undefined };
    const container = containerOf(workload);
    expect(Object.keys(container ?? {}).filter((key) => key.endsWith('Probe'))).toEqual([]);
  });

  test('have a limit for scratch space in memory', () => {
    const pod = pure({ ...plain, scratch: ['/tmp'] });
    expect(pod.volumes).toEqual([
      { name: 'scratch-0', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
    ]);
  });

  test('always include the grace period', () => {
    const seconds = (stopSeconds?: number): number =>
      pure({ ...plain, stopSeconds }).terminationGracePeriodSeconds;
    expect([seconds(), seconds(7)]).toEqual([30, 7]);
  });
});
