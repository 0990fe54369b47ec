import { z } from 'zod';
import { sloSchema } from '../../rules/slo-schema';
import { thresholdsSchema } from '../../rules/thresholds';
import { alertingSchema, defaultRunbookBase } from '../alerting/settings-schema';
import { forwardingSchema } from '../forwarding/settings-schema';
import { grafanaSchema } from '../grafana/settings-schema';
import { longTermSchema } from '../longterm/settings-schema';
import { logsSchema } from '../logs/settings-schema';
import { serversSchema } from '../metrics/settings-schema';
import { referenceAppSchema } from '../reference-app/settings-schema';
import { tracesSchema } from '../traces/settings-schema';
import { uptimeSchema } from '../uptime/settings-schema';
import { budgetsSchema } from './budgets';
import {
  bearerToken,
  cpus,
  dnsLabel,
  dnsName,
  objectName,
  doc,
  duration,
  enabled,
  hostAndPort,
  kind,
  onlyOn,
  pageUrl,
  ownPages,
  port,
  size,
  secret,
  type SecretKeyOf,
  wholeNumber,
  cidrRange,
} from './kinds';

export type { Doc } from './kinds';

/**
 * See
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
const podLabelName =
  /^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?\/)?[a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const podLabelValue = /^([a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?$/;

const text = z.string({ error: 'is not a text' });
const name = text.min(1, { error: 'is empty' });

const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

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

const target = z.strictObject({
  enabled: enabled('Scrape this job.'),
  addresses: z
    .array(hostAndPort.meta(doc('Address of one target.', 'my-service:9090')))
    .min(1, { error: 'is an empty list' })
    .optional()
    .meta(doc('Fixed targets.', '[0] my-service:9090')),
  dns: z
    .strictObject({
      name: dnsName.meta(doc('DNS name to resolve. Each address is a target.', 'api.internal')),
      port: port
        .optional()
        .meta(doc('Port of the targets. SRV records contain their own.', '9090')),
      type: z.enum(['A', 'AAAA', 'SRV']).default('A').meta(doc('Record type to look up.', 'SRV')),
    })
    .optional()
    .meta(
      doc('Discover replicas by DNS: every address of the name is a target.', '.name api.internal'),
    ),
  kubernetes: z
    .strictObject({
      namespace: dnsLabel
        .optional()
        .meta(doc('Namespace of the pods (default: kubernetes.appNamespace).', 'audifi')),
      labels: z
        .record(
          z.string().regex(podLabelName, { error: 'is not a label name' }),
          z
            .string({ error: 'is not a text' })
            .regex(podLabelValue, { error: 'is not a label value' })
            .meta(doc('Value of the label.', 'api-server')),
        )
        .refine((labels) => Object.keys(labels).length > 0, { error: 'has no label' })
        .meta(
          doc('Labels that a pod must have to be a target. All must match.', '.app api-server'),
        ),
      port: port.meta(doc('Container port that the pods declare.', '9090')),
    })
    .optional()
    .meta(
      doc(
        'Discover targets as pods (Kubernetes), identified by node, namespace, pod and ' +
          'container. The stack creates a Role that may list the pods of that namespace.',
        '.labels.app api-server',
      ),
    ),
  path: z
    .string()
    .regex(/^\/[^\s?#%]*$/, {
      error: 'is not a path that starts with "/" (put a query into params; do not escape with %)',
    })
    .meta(kind('path'))
    .default('/metrics')
    .meta(doc('Metrics path, without percent-encoding.', '/metrics')),
  params: z
    .record(
      z.string().regex(/^[a-zA-Z_][\w.[\]-]*$/, { error: 'is not a parameter name' }),
      z
        .union([text, z.array(text).min(1, { error: 'is an empty list' })], {
          error: 'is not a text or a list of texts',
        })
        .meta(kind('text or list of texts'))
        .meta(doc('Value of the parameter, or a list of values.', 'prometheus')),
    )
    .optional()
    .meta(doc('Query parameters of the request, e.g. `?format=prometheus`.', '.format prometheus')),
  scheme: z
    .enum(['http', 'https'])
    .default('http')
    .meta(doc('URL scheme: http or https.', 'https')),
  interval: duration('1s', '2m')
    .optional()
    .meta(doc('Scrape interval of this job (default: prometheus.scrapeInterval).', '30s')),
  bearerToken: z
    .boolean()
    .default(false)
    .meta(doc('Send the secret metricsToken as bearer token.', 'true')),
});

export { type Thresholds, thresholdsFor } from '../../rules/thresholds';

/**
 * The closed schema of all config keys. Its documentation is the source of the error messages,
 * docs/settings.md and the comment in Pulumi.yaml (`npm run docs`). Messages describe the problem
 * but never contain the value, which may be a secret.
 */
export const settingsSchema = z.strictObject({
  platform: z
    .enum(['docker', 'kubernetes'])
    .default('docker')
    .meta(doc('Platform to run on: Docker (one machine) or Kubernetes.', 'docker')),
  environment: dnsLabel
    .optional()
    .meta(
      doc(
        'Value of the label `env` on all data that leaves this stack (default: stack name).',
        'dev',
      ),
    ),
  network: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, { error: 'is not the name of a Docker network' })
    .regex(/^(?!(bridge|host|none|default)$)/, {
      error:
        "is one of Docker's default networks, which do not resolve container names. Use a " +
        'network that you created',
    })
    .meta(kind('name of a Docker network'))
    .optional()
    .meta(
      onlyOn(
        'docker',
        "Existing Docker network to join, e.g. that of AudiFi's compose file.",
        'audifi',
      ),
    ),
  metricsToken: secret(
    bearerToken,
    'Bearer token that AudiFi expects on its metrics endpoints, without the word Bearer.',
  ),
  prometheus: z
    .strictObject({
      port: port
        .default(9090)
        .meta(onlyOn('docker', 'Port on the loopback interface (Docker).', '9090')),
      replicas: wholeNumber(1, 5)
        .default(1)
        .meta(
          doc(
            'Number of instances. Each scrapes all targets and evaluates all rules, so any one of ' +
              'them can fail.',
            '2',
          ),
        ),
      scrapeInterval: duration('1s', '2m')
        .default('15s')
        .meta(doc('Time between two scrapes of a target.', '15s')),
      evaluationInterval: duration('1s', '5m')
        .default('15s')
        .meta(doc('Time between two evaluations of the rules.', '15s')),
      retention: duration('1h', '10y')
        .default('15d')
        .meta(doc('How long samples are kept.', '15d')),
      retentionSize: size('256MiB')
        .optional()
        .meta(
          doc(
            'Maximum size of all blocks. Above it, the oldest are deleted even before the ' +
              'retention ends (default: budgets.metrics).',
            '8GiB',
          ),
        ),
      storage: size('512MiB')
        .optional()
        .meta(
          onlyOn(
            'kubernetes',
            'Size of the volume (Kubernetes; default: a quarter more than budgets.metrics).',
            '10GiB',
          ),
        ),
      memory: size('128MiB').default('1GiB').meta(doc('Memory limit.', '1GiB')),
      cpus: cpus.default(1).meta(doc('CPU limit in cores (0.1 to 64).', '2')),
      externalUrl: pageUrl
        .optional()
        .meta(
          doc(
            'URL at which people reach Prometheus, for links. If the URL has a path, the proxy ' +
              'must strip it.',
            'https://prom.audifi.io',
          ),
        ),
      externalLabels: z
        .record(
          z.string().regex(labelName, { error: 'is not a label name' }),
          z.string({ error: 'is not a text' }).meta(doc('Value of the label.', 'eu-west-1')),
        )
        .default({})
        .meta(doc('Additional labels on all data that leaves Prometheus.', '.region eu-west-1')),
    })
    .prefault({}),
  targets: z
    .record(
      z.string().regex(/^[a-z][-a-z0-9]*$/, { error: 'is not a job name (lower case, "-")' }),
      target,
    )
    .default({})
    .meta(
      doc(
        'Scrape jobs of AudiFi: changes to those of the spec, and additional ones.',
        '.my-service.addresses[0] my-service:9090',
      ),
    ),
  alerts: z
    .strictObject({
      expectApp: z
        .boolean({ error: 'is not true or false' })
        .optional()
        .meta(
          doc(
            'AudiFi must be running: a missing target fires an alert from the start, even if it ' +
              'was never up (default: true on Kubernetes).',
            'true',
          ),
        ),
      runbookBase: pageUrl
        .default(defaultRunbookBase)
        .meta(
          doc(
            'Base URL of the runbooks, to which `<Alert>.md` is added.',
            'https://runbooks.audifi.io',
          ),
        ),
      dashboardBase: pageUrl
        .optional()
        .meta(
          doc(
            'URL of Grafana, for links (default: grafana.externalUrl, or its port on this ' +
              'machine).',
            'https://grafana.audifi.io',
          ),
        ),
      acceptGaps: z
        .boolean({ error: 'is not true or false' })
        .default(false)
        .meta(
          doc(
            'Accept alerts without a receiver and links that only work on this machine. If false, ' +
              'the program rejects such a stack on Kubernetes and warns on Docker.',
            'true',
          ),
        ),
      speedUp: z
        .number({ error: 'is not a number' })
        .min(1, { error: 'is less than 1' })
        .max(60, { error: 'is more than 60' })
        .default(1)
        .meta(
          doc(
            'Divides every `for` and every window of the rules by this factor, for drills (1 to ' +
              '60). Docker only.',
            '10',
          ),
        ),
      thresholds: thresholdsSchema,
    })
    .prefault({}),
  slo: sloSchema,
  ...budgetsSchema.shape,
  ...alertingSchema.shape,
  ...grafanaSchema.shape,
  ...longTermSchema.shape,
  ...logsSchema.shape,
  ...tracesSchema.shape,
  ...forwardingSchema.shape,
  ...referenceAppSchema.shape,
  ...serversSchema.shape,
  nodeExporter: z
    .strictObject({ enabled: enabled('Run node-exporter, for metrics of the machine.') })
    .prefault({}),
  cadvisor: z
    .strictObject({
      enabled: enabled('Run cAdvisor, for metrics of the containers.'),
      port: ownPages('8080'),
    })
    .prefault({}),
  ...uptimeSchema.shape,
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
      adoptNamespace: z
        .boolean({ error: 'is not true or false' })
        .default(false)
        .meta(
          doc(
            'Take over a namespace that exists and belongs to no stack. Its other pods are cut off ' +
              'by the network policies, and Pod Security `restricted` applies to them.',
            'true',
          ),
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
            'PriorityClass of all pods, so that a full cluster evicts others first (default: that ' +
              'of the cluster).',
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
      kubeletInsecureTls: z
        .boolean({ error: 'is not true or false' })
        .default(false)
        .meta(
          doc(
            "Do not verify the kubelets' certificates. Needed if the cluster's CA does not sign " +
              'them (kubeadm, kind).',
            'true',
          ),
        ),
      stateMetrics: z
        .boolean({ error: 'is not true or false' })
        .default(true)
        .meta(
          doc(
            "Alert on the cluster's own view of pods, workloads, nodes and volumes. Runs " +
              'kube-state-metrics, which may list these objects, and scrapes the volume metrics of ' +
              'the kubelets.',
            'false',
          ),
        ),
    })
    .prefault({})
    .meta(onlyOn('kubernetes', 'Where to deploy in the cluster.', '.namespace monitoring')),
});

export type SettingsInput = z.input<typeof settingsSchema>;
export type ParsedSettings = z.output<typeof settingsSchema>;
/** Keys whose values stay encrypted from the stack file to the resource. */
export type SecretKey = SecretKeyOf<ParsedSettings>;
export type TargetSettings = z.output<typeof target>;
