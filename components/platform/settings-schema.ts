import { z } from 'zod';
import {
  dnsLabel,
  doc,
  kind,
  objectLabelName,
  objectLabelValue,
  objectName,
  offByDefault,
  onByDefault,
  onlyOn,
  port,
  trimmed,
} from '../settings/kinds';
import { cidrRange } from '../settings/kinds-hosts';
import { usualDns } from './dns';
import { usualNamespace } from './paths';

/**
 * The second namespace is `<namespace>-host`. Namespaces that start with `kube-` belong to the
 * cluster.
 */
const ownNamespace = dnsLabel
  .max(63 - '-host'.length, {
    error: 'is longer than 58 characters (the second namespace adds `-host`)',
  })
  .regex(/^(?!default$|kube-)/, { error: 'is a namespace of Kubernetes itself' })
  .meta(kind('DNS label'));

const name = trimmed.min(1, { error: 'is empty' });

/** Public registries of the stack's images on Kubernetes. */
const registries = ['docker.io', 'quay.io', 'registry.k8s.io'] as const;

/** The key `kubernetes`. */
export const kubernetesSchema = z.strictObject({
  kubernetes: z
    .strictObject({
      context: name
        .optional()
        .meta(doc('Context of the kubeconfig (default: its current one).', 'prod-eu')),
      namespace: ownNamespace
        .default(usualNamespace)
        .meta(
          doc(
            'Namespace that only this stack uses. Workloads with access to the nodes run in a ' +
              'second one, `<namespace>-host`.',
            'monitoring',
          ),
        ),
      adoptNamespace: offByDefault(
        'Take over a namespace that exists and belongs to no stack. Its other pods are cut off ' +
          'by the network policies, and Pod Security `restricted` applies to them.',
      ),
      storageClass: objectName
        .optional()
        .meta(
          doc(
            'Storage class of new volume claims (default: that of the cluster). Existing ones ' +
              'keep theirs.',
            'gp3',
          ),
        ),
      appNamespace: dnsLabel
        .default('audifi')
        .meta(doc("Namespace of AudiFi's own services.", 'audifi')),
      priorityClass: objectName
        .optional()
        .meta(
          doc(
            'Existing PriorityClass of all pods (default: one that the stack creates, above pods ' +
              'without a priority, which evicts no other pods).',
            'audifi-monitoring',
          ),
        ),
      nodeSelector: z
        .record(objectLabelName, objectLabelValue.meta(doc('Value of the label.', 'monitoring')))
        .default({})
        .meta(
          doc(
            'Labels of the nodes for the pods, except for those that run on every node.',
            '.pool monitoring',
          ),
        ),
      tolerations: z
        .array(
          z.strictObject({
            key: objectLabelName.meta(doc('Key of the taint.', 'dedicated')),
            value: objectLabelValue
              .optional()
              .meta(doc('Value of the taint (default: any value).', 'monitoring')),
            effect: z
              .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
              .optional()
              .meta(doc('Effect of the taint (default: all effects).', 'NoSchedule')),
          }),
        )
        .default([])
        .meta(
          doc(
            'Taints of nodes that the pods tolerate. Those that run on every node tolerate all.',
            '[0].key dedicated',
          ),
        ),
      imageMirrors: z
        .partialRecord(
          z.enum(registries),
          z
            .string({ error: 'is not a registry with a path' })
            .regex(/^[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/, {
              error: 'is not a registry with a path, without scheme and slash at the end',
            })
            .meta(kind('registry and path'))
            .meta(doc('Where to pull its images instead.', 'registry.audifi.io/docker-hub')),
        )
        .default({})
        .meta(
          doc(
            'Registries to pull from instead of a public registry ' +
              `(${registries.join(', ')}). The images must have the same paths there.`,
            '["docker.io"] registry.audifi.io/docker-hub',
          ),
        ),
      imagePullSecrets: z
        .array(objectName.meta(doc('Name of a Secret.', 'registry-login')))
        .default([])
        .meta(
          doc(
            'Existing Secrets with logins for registries. Both namespaces of the stack must have ' +
              'them.',
            '[0] registry-login',
          ),
        ),
      seLinuxType: z
        .string({ error: 'is not an SELinux type' })
        .regex(/^[a-z][a-z0-9_]*$/, { error: 'is not an SELinux type, e.g. spc_t' })
        .meta(kind('SELinux type'))
        .optional()
        .meta(
          doc(
            'SELinux type of the pods that read files of the nodes. Needed where SELinux is ' +
              'enforced (OpenShift, k3s and RKE2 on Red Hat).',
            'spc_t',
          ),
        ),
      dns: z
        .strictObject({
          namespace: dnsLabel
            .default(usualDns.namespace)
            .meta(doc('Namespace of the DNS pods.', 'openshift-dns')),
          ports: z
            .array(port.meta(doc('A port of the DNS pods.', '5353')))
            .min(1, { error: 'is an empty list' })
            .default([...usualDns.ports])
            .meta(doc('Ports of the DNS pods, behind the Service.', '[0] 5353')),
          cidrs: z
            .array(
              cidrRange.meta(doc('Address range of a DNS cache on the nodes.', '10.96.0.10/32')),
            )
            .default([...usualDns.cidrs])
            .meta(
              doc(
                'Address ranges of DNS besides its pods (default: link-local addresses, for a ' +
                  'cache on each node and for Cloud DNS of GKE).',
                '[0] 10.96.0.10/32',
              ),
            ),
        })
        .prefault({})
        .meta(
          doc(
            'DNS servers of the cluster that the pods may connect to.',
            '.namespace openshift-dns',
          ),
        ),
      apiServerPorts: z
        .array(port.meta(doc('A port of the API server.', '6443')))
        .min(1, { error: 'is an empty list' })
        .default([443, 6443])
        .meta(
          doc(
            'Ports of the API server that Prometheus may connect to: the port of its Service and ' +
              'the port behind it.',
            '[0] 16443',
          ),
        ),
      podPorts: z
        .array(port.meta(doc('A port of pods.', '9000')))
        .default([])
        .meta(
          doc(
            'Further TCP ports for connections to addresses outside the stack, because a policy ' +
              'sees the port of the pod, not of its Service (docs/kubernetes.md).',
            '[0] 9000',
          ),
        ),
      kubeletInsecureTls: offByDefault(
        "Do not verify the kubelets' certificates. Needed if the cluster's CA does not sign " +
          'them (kubeadm, kind).',
      ),
      stateMetrics: onByDefault(
        "Alert on the cluster's own view of pods, workloads, nodes and volumes. Runs " +
          'kube-state-metrics, which may list these objects, and scrapes the volume metrics of ' +
          'the kubelets.',
      ),
    })
    .prefault({})
    .meta(onlyOn('kubernetes', 'Where to deploy in the cluster.', '.namespace monitoring')),
});
