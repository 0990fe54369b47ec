import { z } from 'zod';
import {
  cidrRange,
  dnsLabel,
  doc,
  kind,
  objectName,
  offByDefault,
  onByDefault,
  onlyOn,
  port,
} from '../settings/kinds';

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

const name = z.string({ error: 'is not a text' }).min(1, { error: 'is empty' });

/** The key `kubernetes`. */
export const kubernetesSchema = z.strictObject({
  kubernetes: z
    .strictObject({
      context: name
        .optional()
        .meta(doc('Context of the kubeconfig (default: its current one).', 'prod-eu')),
      namespace: ownNamespace
        .default('monitoring')
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
      dns: z
        .strictObject({
          namespace: dnsLabel
            .default('kube-system')
            .meta(doc('Namespace of the DNS pods.', 'openshift-dns')),
          ports: z
            .array(port.meta(doc('A port of the DNS pods.', '5353')))
            .min(1, { error: 'is an empty list' })
            .default([53])
            .meta(doc('Ports of the DNS pods, behind the Service.', '[0] 5353')),
          cidrs: z
            .array(
              cidrRange.meta(doc('Address range of a DNS cache on the nodes.', '169.254.20.10/32')),
            )
            .default([])
            .meta(
              doc(
                'Address ranges of DNS besides its pods: a cache on each node (NodeLocal DNSCache).',
                '[0] 169.254.20.10/32',
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
