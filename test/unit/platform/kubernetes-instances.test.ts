import { beforeAll, describe, expect, it } from '@jest/globals';
import { addresses, companion, type Workload } from '../../../components/workload';
import { kubernetesFiles } from '../../../scripts/render/kubernetes';
import { accompanied, endpoint, plain, replicated, uploader } from '../../lib/workloads';
import { type Deployed, type Manifest, onKubernetes, podOf } from './kubernetes-fixtures';

const selector = { 'app.kubernetes.io/instance': 'test', 'app.kubernetes.io/name': 'gossip' };
const named = (deployed: Deployed, kind: string, name: string): Manifest | undefined =>
  deployed.ofKind(kind).find(({ metadata }) => metadata.name === name);

describe('a workload with replicas', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await onKubernetes((deploy) => deploy(replicated));
  });

  it('is a StatefulSet whose pods start in parallel, each with its own claim', () => {
    expect(deployed.ofKind('StatefulSet')).toMatchObject([
      {
        spec: {
          replicas: 3,
          serviceName: 'gossip-headless',
          podManagementPolicy: 'Parallel',
          selector: { matchLabels: selector },
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
          volumeClaimTemplates: [{ metadata: { name: 'data' } }],
        },
      },
    ]);
  });

  it('is a StatefulSet without volumes as well, because pods of a Deployment have no stable names', async () => {
    const stateless = await onKubernetes((deploy) => deploy({ ...replicated, volumes: [] }));
    expect(stateless.ofKind('StatefulSet')).toHaveLength(1);
    expect(stateless.ofKind('Deployment')).toEqual([]);
  });

  it('still serves for some seconds of its grace period, until no node sends to it', () => {
    const { containers, terminationGracePeriodSeconds: grace } = podOf(deployed, 'StatefulSet');
    const [seconds = 0] = containers.map(({ lifecycle }) => lifecycle?.preStop.sleep.seconds);
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(grace).toBe((replicated.stopSeconds ?? 30) + seconds);
  });

  it('has a Service for all instances and names for each, with UDP for gossip', () => {
    const ports = [
      { name: 'http', port: 8080, targetPort: 'http', protocol: 'TCP' },
      { name: 'gossip', port: 9094, targetPort: 'gossip', protocol: 'TCP' },
      { name: 'gossip-udp', port: 9094, targetPort: 'gossip-udp', protocol: 'UDP' },
    ];
    const common = { type: 'ClusterIP', selector, ports };
    expect(named(deployed, 'Service', 'gossip')?.spec).toEqual(common);
    expect(named(deployed, 'Service', 'gossip-headless')?.spec).toEqual({
      ...common,
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    const { containers } = podOf(deployed, 'StatefulSet');
    expect(containers[0]?.ports).toEqual(
      ports.map(({ name, port, protocol }) => ({ name, containerPort: port, protocol })),
    );
  });

  it('resolves only ready instances by default', async () => {
    const strict = { ...replicated, publishNotReadyAddresses: undefined };
    const other = await onKubernetes((deploy) => deploy(strict));
    expect(named(other, 'Service', 'gossip-headless')?.spec).toMatchObject({
      publishNotReadyAddresses: false,
    });
  });

  it('has names that are known before', () => {
    const gossip = deployed.endpoints['gossip'] ?? endpoint('none');
    expect(gossip).toMatchObject({ host: 'gossip.monitoring.svc', discovery: 'static' });
    expect(addresses(gossip, 'gossip')).toEqual(
      [0, 1, 2].map((i) => `gossip-${i}.gossip-headless.monitoring.svc:9094`),
    );
  });

  it('is drained one instance at a time, and broken ones do not block a drain', () => {
    expect(deployed.ofKind('PodDisruptionBudget')).toMatchObject([
      {
        metadata: { name: 'gossip', namespace: 'monitoring' },
        spec: {
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: 'AlwaysAllow',
          selector: { matchLabels: selector },
        },
      },
    ]);
  });

  // Not as two topology spread constraints: the scheduler ignores nodes that lack one of the
  // labels, so on a cluster without zones all instances were on one node.
  it('is spread over nodes, and over zones if there are any', () => {
    const labelSelector = { matchLabels: selector };
    expect(podOf(deployed, 'StatefulSet')).toMatchObject({
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 100,
              podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector },
            },
          ],
        },
      },
      topologySpreadConstraints: [
        {
          topologyKey: 'topology.kubernetes.io/zone',
          maxSkew: 1,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector,
        },
      ],
    });
  });

  it('passes its name to each instance: that of its pod', () => {
    const [container] = podOf(deployed, 'StatefulSet').containers;
    expect(container?.args).toEqual(['--cluster.peer-name=$(INSTANCE_NAME)']);
    expect(container?.env).toEqual([
      { name: 'INSTANCE_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      // Its instances connect to each other.
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'REPLICA', value: '$(INSTANCE_NAME)' },
    ]);
  });

  it('keeps other variables as text', async () => {
    const args = ['$(HOME) $(INSTANCE_NAME) $$'];
    const other = await onKubernetes((deploy) => deploy({ ...replicated, args }));
    expect(podOf(other, 'StatefulSet').containers[0]?.args).toEqual([
      '$$(HOME) $(INSTANCE_NAME) $$$',
    ]);
  });

  it('is ready when all pods and Services are', async () => {
    const { registrations } = await onKubernetes((deploy) => {
      deploy({ ...plain, connectsTo: [deploy(replicated)] });
    });
    const awaited = registrations['web']?.opts.dependsOn as unknown as { __name: string }[];
    expect(awaited.map((resource) => resource.__name)).toEqual(
      expect.arrayContaining(['gossip', 'gossip-service', 'gossip-headless']),
    );
  });
});

describe('a single workload', () => {
  it('has none of the resources for several instances', async () => {
    const single = { ...replicated, replicas: 1 };
    const deployed = await onKubernetes((deploy) => deploy(single));
    expect(deployed.ofKind('Service').map(({ metadata }) => metadata.name)).toEqual(['gossip']);
    expect(deployed.ofKind('PodDisruptionBudget')).toEqual([]);
    const pod = podOf(deployed, 'StatefulSet');
    expect(pod).not.toHaveProperty('topologySpreadConstraints');
    expect(pod).not.toHaveProperty('affinity');
    expect(pod.containers[0]).toMatchObject({
      args: ['--cluster.peer-name=gossip'],
      env: [{ name: 'REPLICA', value: 'gossip' }],
    });
    expect(deployed.endpoints['gossip']?.instances).toEqual(['gossip.monitoring.svc']);
  });
});

it('a volume of another workload is rejected, because its pod may be on another node', async () => {
  const sharing = onKubernetes((deploy) => {
    const of = deploy(accompanied);
    deploy({ ...plain, sharedVolumes: [{ name: 'shared', of, volume: 'data', path: '/shared' }] });
  });
  await expect(sharing).rejects.toThrow(
    'workload "web" on Kubernetes: it mounts the volume "data" of store, which may be on another node',
  );
});

describe('a companion', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await onKubernetes((deploy) => deploy(accompanied));
  });

  it('is in the same pod with its own limits, on the same claim', () => {
    const { containers } = podOf(deployed, 'StatefulSet');
    expect(containers).toMatchObject([
      { name: 'store', image: 'docker.io/example/web:v1' },
      {
        name: 'uploader',
        image: 'docker.io/example/uploader:v2',
        args: ['sidecar'],
        env: [{ name: 'TZ', value: 'UTC' }],
        resources: { limits: { memory: '32Mi', cpu: '100m' } },
        ports: [{ name: 'grpc', containerPort: 10901, protocol: 'TCP' }],
      },
    ]);
    expect(containers.map((c) => c.volumeMounts.map((m) => [m['name'], m['mountPath']]))).toEqual([
      [
        ['data', '/data'],
        ['files-0', '/etc/store'],
      ],
      [
        ['data', '/var/store'],
        ['uploader-files-0', '/etc/store'],
        ['uploader-scratch-0', '/tmp'],
      ],
    ]);
  });

  it('complies with the standard "restricted"', () => {
    const [own, beside] = podOf(deployed, 'StatefulSet').containers;
    expect(beside?.securityContext).toEqual(own?.securityContext);
  });

  it('can mount it read-only', async () => {
    const mounts = [{ volume: 'data', path: '/var/store', readOnly: true }];
    const companions = [{ ...uploader, mounts }];
    const other = await onKubernetes((deploy) => deploy({ ...accompanied, companions }));
    expect(podOf(other, 'StatefulSet').containers[1]?.volumeMounts[0]).toEqual({
      name: 'data',
      mountPath: '/var/store',
      readOnly: true,
    });
  });

  it('has its secrets in a separate Secret', () => {
    const { containers, volumes } = podOf(deployed, 'StatefulSet');
    const [secret] = deployed.ofKind('Secret');
    expect(secret?.stringData).toEqual({ 'etc_store_bucket.yml': 'hunter2' });
    const holder = volumes.find((v) => JSON.stringify(v).includes(String(secret?.metadata.name)));
    expect(holder).toMatchObject({ name: 'uploader-files-0' });
    expect(containers[0]?.volumeMounts.map((m) => m['name'])).not.toContain('uploader-files-0');
  });

  it('is behind the same Service with its own ports', () => {
    expect(named(deployed, 'Service', 'store')?.spec['ports']).toMatchObject([
      { name: 'http', port: 8080 },
      { name: 'grpc', port: 10901 },
    ]);
    const store = deployed.endpoints['store'] ?? endpoint('none');
    expect(store.ports.map(({ name }) => name)).toEqual(['http']);
    expect(companion(store, 'uploader')).toMatchObject({
      host: 'store.monitoring.svc',
      ports: [{ name: 'grpc', number: 10901 }],
    });
  });

  it('is reached through the pods of its workload, at its own ports only', async () => {
    const other = await onKubernetes((deploy) => {
      deploy({ ...plain, connectsTo: [companion(deploy(accompanied), 'uploader')] });
    });
    const into = named(other, 'NetworkPolicy', 'store-uploader-from-web');
    expect(into?.spec).toMatchObject({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'store' } },
      ingress: [{ ports: [{ protocol: 'TCP', port: 10901 }] }],
    });
    const out = named(other, 'NetworkPolicy', 'web-to-store-uploader');
    expect(out?.spec).toMatchObject({
      egress: [{ to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'store' } } }] }],
    });
  });

  it('is reached at localhost by its siblings', async () => {
    await onKubernetes((_, platform) => {
      expect(platform.siblingHost()).toBe('localhost');
    });
  });

  it('is rendered next to its workload', () => {
    const files = kubernetesFiles(deployed.resources);
    expect(files['store/store.yml']).toBe('a: b\n');
    expect(files['store-uploader/bucket.yml']).toBe('hunter2');
  });
});

describe('the ServiceAccount', () => {
  const aws = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/loki' };

  it('has annotations for a cloud identity, and no Kubernetes token', async () => {
    const serviceAccount = {
      annotations: aws,
      podLabels: { 'azure.workload.identity/use': 'true' },
    };
    const deployed = await onKubernetes((deploy) => deploy({ ...plain, serviceAccount }));
    expect(deployed.ofKind('ServiceAccount')).toMatchObject([
      { metadata: { annotations: aws }, automountServiceAccountToken: false },
    ]);
    expect(podOf(deployed).automountServiceAccountToken).toBe(false);
    const spec = named(deployed, 'Deployment', 'web')?.spec;
    expect(spec).toMatchObject({
      selector: { matchLabels: { 'app.kubernetes.io/name': 'web' } },
      template: { metadata: { labels: serviceAccount.podLabels } },
    });
    expect(JSON.stringify(spec?.['selector'])).not.toContain('azure');
  });

  it('replaces the pods with another identity, and notes nothing on others', async () => {
    const notes = async (annotations?: Record<string, string>): Promise<unknown> => {
      const serviceAccount = annotations && { annotations };
      const deployed = await onKubernetes((deploy) => deploy({ ...plain, serviceAccount }));
      const { template } = named(deployed, 'Deployment', 'web')?.spec as {
        template: { metadata: { annotations?: unknown } };
      };
      return template.metadata.annotations;
    };
    const [first, same, other] = [
      await notes({ ...aws, a: 'b' }),
      await notes({ a: 'b', ...aws }),
      await notes({ ...aws, a: 'c' }),
    ];
    expect(first).toEqual({ 'audifi.io/identity': expect.stringMatching(/^[\da-f]{10}$/) });
    expect(same).toEqual(first);
    expect(other).not.toEqual(first);
    expect(await notes()).toBeUndefined();
    expect(await notes({})).toBeUndefined();
  });

  it('gives its token to a pod that needs it', async () => {
    const deployed = await onKubernetes((deploy) =>
      deploy({ ...plain, serviceAccount: { apiToken: true } }),
    );
    expect(podOf(deployed).automountServiceAccountToken).toBe(true);
    expect(deployed.ofKind('ServiceAccount')[0]).toMatchObject({
      automountServiceAccountToken: false,
    });
    expect(deployed.ofKind('ServiceAccount')[0]?.metadata).not.toHaveProperty('annotations');
  });
});

describe('names and volumes of another workload', () => {
  const volume = (name: string) => ({ name, path: '/data', sizeMiB: 1 });
  const logs = { user: { uid: 0, gid: 0 }, host: ['containerLogs'], placement: 'perNode' } as const;
  const deployBoth = (one: Workload, other: Workload): Promise<Deployed> =>
    onKubernetes((deploy) => [deploy(one), deploy(other)]);

  it.each<[string, Workload, Workload, string]>([
    [
      'the claim of a name that is put together alike',
      { ...plain, name: 'cache', volumes: [volume('data-api')] },
      { ...plain, name: 'api-cache', volumes: [volume('data')] },
      'workload "api-cache" on Kubernetes: the volume "data-api-cache" belongs to the workload "cache"',
    ],
    [
      'the directory of a node',
      { ...plain, ...logs, name: 'api', volumes: [volume('cache-data')] },
      { ...plain, ...logs, name: 'api-cache', volumes: [volume('data')] },
      'the directory "api-cache-data" of a node belongs to the workload "api"',
    ],
    [
      'the name of its headless service',
      { ...plain, name: 'gossip-headless' },
      replicated,
      'the name "gossip-headless" belongs to the workload "gossip-headless"',
    ],
  ])('cannot be used: %s', async (_, one, other, message) => {
    await expect(deployBoth(one, other)).rejects.toThrow(message);
  });

  it('also exclude volume names that the pod itself needs', async () => {
    const volumes = [volume('uploader-scratch-0')];
    await expect(
      onKubernetes((deploy) =>
        deploy({ ...accompanied, volumes, companions: [{ ...uploader, mounts: [] }] }),
      ),
    ).rejects.toThrow('the volume name "uploader-scratch-0" is taken by the pod itself');
  });
});
