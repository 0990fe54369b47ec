import { z } from 'zod';
import {
  bearerToken,
  cpus,
  dnsLabel,
  doc,
  duration,
  kind,
  objectLabelName,
  objectLabelValue,
  offByDefault,
  onByDefault,
  onlyOn,
  ownPages,
  port,
  publishedPort,
  secret,
  size,
  trimmed,
  wholeNumber,
} from '../settings/kinds';
import { hostAndPort, pageUrl, targetName } from '../settings/kinds-hosts';

const text = z.string({ error: 'is not a string' });

/** Prometheus reserves names that begin with two underscores. */
const labelName = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

const target = z.strictObject({
  enabled: onByDefault('Scrape this job.'),
  addresses: z
    .array(hostAndPort.meta(doc('Address of one target.', 'my-service:9090')))
    .min(1, { error: 'is an empty list' })
    .optional()
    .meta(
      doc(
        'Fixed targets. On Kubernetes, a name must have its namespace or domain.',
        '[0] my-service:9090',
      ),
    ),
  dns: z
    .strictObject({
      name: targetName.meta(doc('DNS name to resolve. Each address is a target.', 'api.internal')),
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
        .record(objectLabelName, objectLabelValue.meta(doc('Value of the label.', 'api-server')))
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
          error: 'is not a string or a list of strings',
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
  bearerToken: offByDefault('Send the secret metricsToken as bearer token.'),
});

/** The keys of Prometheus and its targets. */
export const metricsSchema = z.strictObject({
  metricsToken: secret(
    bearerToken,
    'Bearer token that AudiFi expects on its metrics endpoints, without the word Bearer. Only ' +
      'targets with bearerToken send it.',
  ),
  prometheus: z
    .strictObject({
      port: publishedPort(9090),
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
        .meta(
          doc(
            'Time between two evaluations of the rules; at most 2m while an objective in `slo` is ' +
              'enabled.',
            '15s',
          ),
        ),
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
          trimmed.meta(doc('Value of the label.', 'eu-west-1')),
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
});

/** The keys of the exporters that need no address. */
export const exportersSchema = z.strictObject({
  nodeExporter: z
    .strictObject({
      enabled: onByDefault('Run node-exporter, for metrics of the machine.'),
      port: port
        .default(9100)
        .meta(
          doc(
            'Port of the node exporter on each machine. OpenShift and kube-prometheus-stack run their own ' +
              'node exporter on port 9100.',
            '9101',
          ),
        ),
    })
    .prefault({}),
  cadvisor: z
    .strictObject({
      enabled: onByDefault('Run cAdvisor, for metrics of the containers.'),
      port: ownPages('8080'),
    })
    .prefault({}),
});

export type TargetSettings = z.output<typeof target>;
