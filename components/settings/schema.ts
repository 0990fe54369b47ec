import { z } from 'zod';
import { thresholdsSchema } from '../../rules/thresholds';
import { alertingSchema, defaultRunbookBase } from '../alerting/settings-schema';
import { forwardingSchema } from '../forwarding/settings-schema';
import { grafanaSchema } from '../grafana/settings-schema';
import { logsSchema } from '../logs/settings-schema';
import { serversSchema } from '../metrics/settings-schema';
import { referenceAppSchema } from '../reference-app/settings-schema';
import { tracesSchema } from '../traces/settings-schema';
import {
  bearerToken,
  cpus,
  dnsLabel,
  dnsName,
  doc,
  duration,
  hostAndPort,
  httpUrl,
  kind,
  onlyOn,
  pageUrl,
  port,
  size,
  secret,
  type SecretKeyOf,
} from './kinds';

export type { Doc } from './kinds';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const podLabelName =
  /^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?\/)?[a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const podLabelValue = /^([a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?$/;

const text = z.string({ error: 'is not a text' });
const name = text.min(1, { error: 'is empty' });

const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A second namespace is `<namespace>-host`, and what the cluster is run with lives in those of `kube-`. */
const ownNamespace = dnsLabel
  .max(63 - '-host'.length, {
    error: 'is longer than 58 characters (`-host` is added for a second one)',
  })
  .regex(/^(?!default$|kube-)/, { error: 'is a namespace of the cluster itself' })
  .meta(kind('DNS label'));

const enabled = (what: string) => z.boolean().default(true).meta(doc(what, 'false'));
const ownPages = (example: string) =>
  port
    .optional()
    .meta(
      onlyOn(
        'docker',
        'Port on the loopback interface for its own pages (default: none).',
        example,
      ),
    );

const target = z.strictObject({
  enabled: enabled('Scrape this job.'),
  addresses: z
    .array(hostAndPort.meta(doc('Address of one target.', 'my-service:9090')))
    .min(1, { error: 'is an empty list' })
    .optional()
    .meta(doc('Fixed targets.', '[0] my-service:9090')),
  dns: z
    .strictObject({
      name: dnsName.meta(doc('Name whose addresses are the targets.', 'api.internal')),
      port: port.optional().meta(doc('Port of the targets; SRV records bring their own.', '9090')),
      type: z.enum(['A', 'AAAA', 'SRV']).default('A').meta(doc('Records to look up.', 'SRV')),
    })
    .optional()
    .meta(
      doc('Targets by DNS, for replicas: every address that the name has.', '.name api.internal'),
    ),
  kubernetes: z
    .strictObject({
      namespace: dnsLabel
        .optional()
        .meta(doc('Namespace of the pods (default: kubernetes.appNamespace).', 'audifi')),
      labels: z
        .record(
          z.string().regex(podLabelName, { error: 'is not the name of a label' }),
          z
            .string({ error: 'is not a text' })
            .regex(podLabelValue, { error: 'is not the value of a label' })
            .meta(doc('Value that the pods have.', 'api-server')),
        )
        .refine((labels) => Object.keys(labels).length > 0, { error: 'has no label' })
        .meta(doc('Labels that the pods have, every one of them.', '.app api-server')),
      port: port.meta(doc('Port that a container of the pods declares.', '9090')),
    })
    .optional()
    .meta(
      doc(
        'Targets by their pods (Kubernetes): each known by its node, namespace, pod and container. The stack then makes a Role that lists the pods of that namespace.',
        '.labels.app api-server',
      ),
    ),
  path: z
    .string()
    .regex(/^\/[^\s?#%]*$/, {
      error: 'is not a path that starts with "/" (no query: that is params; no %-escapes)',
    })
    .meta(kind('path'))
    .default('/metrics')
    .meta(doc('Path of the metrics, as it is before it is escaped.', '/metrics')),
  params: z
    .record(
      z.string().regex(/^[a-zA-Z_][\w.[\]-]*$/, { error: 'is not the name of a parameter' }),
      z
        .union([text, z.array(text).min(1, { error: 'is an empty list' })], {
          error: 'is not a text or a list of texts',
        })
        .meta(kind('text or list of texts'))
        .meta(doc('Its value, or a list of values.', 'prometheus')),
    )
    .optional()
    .meta(doc('Query of the request, e.g. `?format=prometheus`.', '.format prometheus')),
  scheme: z.enum(['http', 'https']).default('http').meta(doc('http or https.', 'https')),
  interval: duration('1s', '2m')
    .optional()
    .meta(doc('Own scrape interval (default: prometheus.scrapeInterval).', '30s')),
  bearerToken: z
    .boolean()
    .default(false)
    .meta(doc('Send the secret metricsToken as bearer token.', 'true')),
});

const check = z.strictObject({
  name: dnsLabel.meta(doc('Value of the label `check`.', 'my-check')),
  url: httpUrl.meta(doc('What is fetched.', 'https://audifi.io')),
  interval: duration('5s', '2m')
    .default('1m')
    .meta(doc('Time between two checks; above 2m the result would go stale in between.', '1m')),
  kind: z
    .enum(['http', 'certificate'])
    .default('http')
    .meta(doc('http: answers 2xx. certificate: only reads when the certificate ends.', 'http')),
});

/** The spec's four external checks. The certificate's interval: see docs/spec-departures.md. */
const specChecks: z.input<typeof check>[] = [
  { name: 'landing-page', url: 'https://audifi.io', interval: '1m' },
  { name: 'app', url: 'https://app.audifi.io', interval: '1m' },
  { name: 'api-health', url: 'https://api.audifi.io/health', interval: '30s' },
  { name: 'ssl-expiry', url: 'https://api.audifi.io', interval: '2m', kind: 'certificate' },
];

export { type Thresholds, thresholdsFor } from '../../rules/thresholds';

/**
 * The closed schema of every config key. What is documented here makes the error messages, docs/settings.md
 * and the comment in Pulumi.yaml (`npm run docs`). Messages say what is wrong with a value and never
 * name it: it may be a secret.
 */
export const settingsSchema = z.strictObject({
  platform: z
    .enum(['docker', 'kubernetes'])
    .default('docker')
    .meta(doc('Where the stack runs: one machine or a cluster.', 'docker')),
  environment: dnsLabel
    .optional()
    .meta(doc('Label `env` on everything that leaves this stack (default: stack name).', 'dev')),
  network: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, { error: 'is not the name of a Docker network' })
    .regex(/^(?!(bridge|host|none|default)$)/, {
      error:
        "is a network of Docker's own, in which containers have no names: take one that was made",
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
      scrapeInterval: duration('1s', '2m')
        .default('15s')
        .meta(doc('Time between two scrapes of a target.', '15s')),
      evaluationInterval: duration('1s', '5m')
        .default('15s')
        .meta(doc('Time between two evaluations of the rules.', '15s')),
      retention: duration('1h', '10y').default('15d').meta(doc('Age at which data goes.', '15d')),
      retentionSize: size('256MiB')
        .default('8GiB')
        .meta(doc('Size of all data at which the oldest goes, whatever its age.', '8GiB')),
      storage: size('512MiB')
        .default('10GiB')
        .meta(onlyOn('kubernetes', 'Size of the volume (Kubernetes).', '10GiB')),
      memory: size('128MiB').default('1GiB').meta(doc('Memory limit.', '1GiB')),
      cpus: cpus.default(1).meta(doc('CPU limit in cores (0.1 to 64).', '2')),
      externalUrl: pageUrl
        .optional()
        .meta(
          doc(
            'URL at which people reach Prometheus, for links. A proxy removes its path, if it has one.',
            'https://prom.audifi.io',
          ),
        ),
      externalLabels: z
        .record(
          z.string().regex(labelName, { error: 'is not a label name' }),
          z.string({ error: 'is not a text' }).meta(doc('Value of the label.', 'eu-west-1')),
        )
        .default({})
        .meta(doc('More labels on everything that leaves Prometheus.', '.region eu-west-1')),
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
        "AudiFi's scrape jobs: changes to the spec's, and more.",
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
            'AudiFi has to run: its absence is an alert from the start, not only once it was seen (default: true on Kubernetes).',
            'true',
          ),
        ),
      runbookBase: pageUrl
        .default(defaultRunbookBase)
        .meta(doc('URL below which `<Alert>.md` is found.', 'https://runbooks.audifi.io')),
      dashboardBase: pageUrl
        .optional()
        .meta(
          doc(
            'URL of Grafana, for links (default: grafana.externalUrl, or its port on this machine).',
            'https://grafana.audifi.io',
          ),
        ),
      acceptGaps: z
        .boolean({ error: 'is not true or false' })
        .default(false)
        .meta(
          doc(
            'Accept alerts without a receiver and links that work on this machine only. Otherwise Kubernetes refuses such a stack and Docker warns.',
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
            'Divides every waiting time and window of the rules, for drills (1 to 60). Docker only.',
            '10',
          ),
        ),
      thresholds: thresholdsSchema,
    })
    .prefault({}),
  ...alertingSchema.shape,
  ...grafanaSchema.shape,
  ...logsSchema.shape,
  ...tracesSchema.shape,
  ...forwardingSchema.shape,
  ...referenceAppSchema.shape,
  ...serversSchema.shape,
  nodeExporter: z.strictObject({ enabled: enabled('Metrics of the machine.') }).prefault({}),
  cadvisor: z
    .strictObject({ enabled: enabled('Metrics of the containers.'), port: ownPages('8080') })
    .prefault({}),
  uptime: z
    .strictObject({
      enabled: enabled('Probe the URLs from here.'),
      port: ownPages('9115'),
      checks: z
        .array(check)
        .default(() => specChecks.map((c) => check.parse(c)))
        .meta(doc('What is probed (default: the four checks of the spec).')),
    })
    .prefault({}),
  kubernetes: z
    .strictObject({
      context: name
        .optional()
        .meta(doc('Context of the kubeconfig (default: its current one).', 'prod-eu')),
      namespace: ownNamespace
        .default('monitoring')
        .meta(
          doc(
            'Namespace of the stack alone; what reads the nodes is in a second one, `<namespace>-host`.',
            'monitoring',
          ),
        ),
      storageClass: name
        .optional()
        .meta(doc("Storage class of the volumes (default: the cluster's).", 'gp3')),
      appNamespace: dnsLabel
        .default('audifi')
        .meta(doc("Namespace of AudiFi's own services.", 'audifi')),
      apiServerPorts: z
        .array(port.meta(doc('A port of the API server.', '6443')))
        .min(1, { error: 'is an empty list' })
        .default([443, 6443])
        .meta(
          doc(
            'Ports at which Prometheus may reach the API server: that of its Service, and of what is behind it.',
            '[0] 16443',
          ),
        ),
      kubeletInsecureTls: z
        .boolean({ error: 'is not true or false' })
        .default(false)
        .meta(
          doc(
            "Take any certificate of a kubelet: for clusters where the cluster's authority signs none (kubeadm, kind).",
            'true',
          ),
        ),
    })
    .prefault({})
    .meta(onlyOn('kubernetes', 'Where in the cluster.', '.namespace monitoring')),
});

export type SettingsInput = z.input<typeof settingsSchema>;
export type ParsedSettings = z.output<typeof settingsSchema>;
/** Keys whose values stay encrypted on their whole way. */
export type SecretKey = SecretKeyOf<ParsedSettings>;
export type TargetSettings = z.output<typeof target>;
export type CheckSettings = z.output<typeof check>;
