import { clusterImages } from './images';

/** An object for `kubectl apply`. */
export type KubeObject = Readonly<Record<string, unknown>>;

const kubeSystem = 'kube-system';
const dnsLabels = { 'k8s-app': 'kube-dns' };

/**
 * The cluster's DNS, as kubeadm installs it. It only resolves names of the cluster, because pods
 * cannot reach the DNS server of the Docker network.
 *
 * @param address of its Service
 */
export function dns(address: string): KubeObject[] {
  const corefile = [
    '.:53 {',
    '  errors',
    '  health',
    '  ready',
    '  kubernetes cluster.local in-addr.arpa ip6.arpa',
    '  cache 5',
    '  reload',
    '}',
  ].join('\n');
  const metadata = (name: string): object => ({ name, namespace: kubeSystem, labels: dnsLabels });
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('coredns') },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:coredns' },
      rules: [
        {
          apiGroups: [''],
          resources: ['services', 'pods', 'namespaces'],
          verbs: ['list', 'watch'],
        },
        {
          apiGroups: ['discovery.k8s.io'],
          resources: ['endpointslices'],
          verbs: ['list', 'watch'],
        },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'system:coredns' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'system:coredns',
      },
      subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace: kubeSystem }],
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('coredns'),
      data: { Corefile: `${corefile}\n` },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('coredns'),
      spec: {
        replicas: 1,
        selector: { matchLabels: dnsLabels },
        template: {
          metadata: { labels: dnsLabels },
          spec: {
            serviceAccountName: 'coredns',
            // Its only instance must survive the loss of any other node.
            nodeSelector: { 'kubernetes.io/hostname': 'node-0' },
            priorityClassName: 'system-cluster-critical',
            containers: [
              {
                name: 'coredns',
                image: clusterImages.coredns.ref,
                args: ['-conf', '/etc/coredns/Corefile'],
                ports: [
                  { name: 'dns', containerPort: 53, protocol: 'UDP' },
                  { name: 'dns-tcp', containerPort: 53 },
                ],
                readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
                volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
              },
            ],
            volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata('kube-dns'),
      spec: {
        clusterIP: address,
        selector: dnsLabels,
        ports: [
          { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
        ],
      },
    },
  ];
}

/** Folder of the volumes on every node. All nodes have the same one. */
export const volumesFolder = '/var/lib/volumes';

export const volumeNames: readonly string[] = Array.from({ length: 48 }, (_, i) => `volume-${i}`);

/**
 * The default storage class: folders that all nodes share, created beforehand. A claim gets a free
 * one, which follows its pod to any node, as a cloud's disks do. Sizes are not enforced.
 */
export function storage(): KubeObject[] {
  const name = 'shared-folders';
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name,
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    ...volumeNames.map((volume) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volume },
      spec: {
        capacity: { storage: '100Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: name,
        // A kubelet gives a `local` volume to the pod's group, which it does not do for `hostPath`.
        local: { path: `${volumesFolder}/${volume}` },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' }] },
            ],
          },
        },
      },
    })),
  ];
}
