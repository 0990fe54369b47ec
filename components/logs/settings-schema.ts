import { z } from 'zod';
import {
  cpus,
  dnsLabel,
  doc,
  duration,
  kind,
  onlyOn,
  port,
  size,
  secret,
  wholeNumber,
  identityAnnotations,
  s3Bucket,
} from '../settings/kinds';
import { storeUrl } from '../settings/kinds-hosts';

const s3 = z
  .strictObject({
    bucket: s3Bucket.meta(
      doc(
        'Bucket for chunks and index. Each stack needs a bucket of its own: two stacks in one ' +
          "delete each other's lines.",
        'audifi-logs',
      ),
    ),
    region: z
      .string({ error: 'is not a region' })
      .regex(/^[a-z0-9-]+$/, { error: 'is not a region' })
      .default('us-east-1')
      .meta(kind('region'))
      .meta(doc('Region of the bucket.', 'eu-central-1')),
    endpoint: storeUrl
      .optional()
      .meta(
        doc(
          'URL of an S3-compatible store other than AWS (MinIO, Ceph, R2).',
          'https://s3.internal:9000',
        ),
      ),
    pathStyle: z
      .boolean()
      .default(false)
      .meta(
        doc(
          'Put the bucket into the path instead of the host name. Most stores other than AWS ' +
            'need this.',
          'true',
        ),
      ),
  })
  .optional()
  .meta(doc('S3 bucket for chunks and index (default: the volume).', '.bucket audifi-logs'));

const loki = z
  .strictObject({
    enabled: z
      .boolean({ error: 'is not true or false' })
      .default(true)
      .meta(
        doc(
          'Store log lines in Loki. If false, they are only forwarded (docs/forwarding.md).',
          'false',
        ),
      ),
    port: port
      .default(3100)
      .meta(onlyOn('docker', 'Port on the loopback interface (Docker).', '3100')),
    replicas: wholeNumber(1, 9)
      .default(1)
      .meta(
        doc(
          'Number of instances: 1, or 3 or more. With several, each line is written to three of them, so ' +
            'any one can fail. They need a bucket (loki.s3).',
          '3',
        ),
      ),
    memory: size('256MiB').default('1GiB').meta(doc('Memory limit.', '1GiB')),
    cpus: cpus.default(1).meta(doc('CPU limit in cores (0.1 to 64).', '2')),
    storage: size('1GiB')
      .optional()
      .meta(
        onlyOn(
          'kubernetes',
          'Size of the volume (Kubernetes; default: a third more than budgets.errorLogs and budgets.infoLogs). With s3, it holds the write-ahead log.',
          '40GiB',
        ),
      ),
    ingestionRate: wholeNumber(1, 1_024)
      .default(16)
      .meta(
        doc(
          'Ingestion limit in MB of log lines per second. Short bursts may reach twice that, and at least 8 MB.',
          '16',
        ),
      ),
    maxStreams: wholeNumber(1_000, 200_000)
      .default(5_000)
      .meta(
        doc(
          'Log streams (one for each level of each container) that may be active at a time. A large cluster needs more.',
          '20000',
        ),
      ),
    s3,
    serviceAccountAnnotations: identityAnnotations(
      'Annotations that bind the service account of Loki to a cloud identity, for ' +
        'loki.s3 without keys (Kubernetes).',
      'eks.amazonaws.com/role-arn',
      'arn:aws:iam::111122223333:role/audifi-loki',
    ),
  })
  .prefault({});

const kept = (days: string, what: string) =>
  duration('1d', '10y')
    .default(days)
    .meta(doc(`How long lines of ${what} are kept.`, days));

const source = z.strictObject({
  containers: z
    .array(
      z
        .string({ error: 'is not a name' })
        .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, { error: 'is not a container name' })
        .meta(kind('name'))
        .meta(doc('Container name, without project and number.', 'billing')),
    )
    .min(1, { error: 'is an empty list' })
    .optional()
    .meta(
      doc('Containers that write these logs (default: the name of the source).', '[0] billing'),
    ),
  format: z
    .enum(['json', 'caddy', 'postgres', 'redis', 'text'])
    .optional()
    .meta(doc('Format of the lines. `json` is the format of the spec.', 'json')),
  prefix: z
    .string({ error: 'is not a log_line_prefix' })
    .min(1, { error: 'is empty' })
    .optional()
    .meta(kind('log_line_prefix'))
    .meta(
      doc(
        `PostgreSQL's \`log_line_prefix\` (default: detected from the lines; severity and the ` +
          'two spaces are sufficient).',
        "'%m [%p] %q%u@%d '",
      ),
    ),
});

const logs = z
  .strictObject({
    enabled: z.boolean().default(true).meta(doc('Collect and keep logs.', 'false')),
    agent: z
      .enum(['promtail', 'otel'])
      .default('promtail')
      .meta(doc('Log agent: Promtail or the OpenTelemetry Collector.', 'otel')),
    memory: size('64MiB').default('256MiB').meta(doc('Memory limit of the log agent.', '256MiB')),
    cpus: cpus
      .default(0.5)
      .meta(doc('CPU limit of the log agent on each machine, in cores (0.1 to 64).', '2')),
    debug: z
      .boolean({ error: 'is not true or false' })
      .optional()
      .meta(
        doc('Keep lines of level debug (default: true only if environment is staging).', 'true'),
      ),
    retention: z
      .strictObject({
        error: kept('90d', 'level error'),
        warn: kept('90d', 'level warn'),
        info: kept('14d', 'level info'),
        debug: kept('3d', 'level debug'),
        unknown: kept('14d', 'level unknown (no level, or one that is not recognised)'),
      })
      .prefault({}),
    sources: z
      .record(dnsLabel, source)
      .default({})
      .meta(
        doc(
          'Log sources: changes to the six of the spec, and additional ones.',
          '.billing.containers[0] billing',
        ),
      ),
    projects: z
      .array(
        z
          .string({ error: 'is not a name' })
          .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, { error: 'is not a project name' })
          .meta(kind('name'))
          .meta(doc('Project name.', 'audifi')),
      )
      .default([])
      .meta(
        doc(
          'Compose projects, Swarm stacks or namespaces of AudiFi (default: all except ' +
            'well-known other programs). Only a `redis` container in one of them belongs to the ' +
            'source `redis`.',
          '[0] audifi',
        ),
      ),
    dockerRoot: z
      .string({ error: 'is not a path' })
      .superRefine((path, context) => {
        const [, meant = ''] = /^((?:\/[A-Za-z0-9._-]+)+)\/*$/.exec(path) ?? [];
        if (meant === path && meant !== '') return;
        const message = meant === '' ? 'is not an absolute path' : 'ends with a slash';
        context.addIssue({ code: 'custom', message, params: meant === '' ? {} : { meant } });
      })
      .default('/var/lib/docker')
      .meta(kind('absolute path'))
      .meta(
        onlyOn(
          'docker',
          `Docker's data directory, as printed by \`docker info --format ` +
            `'{{.DockerRootDir}}'\`. It differs with data-root, userns-remap or rootless Docker.`,
          '/home/ops/.local/share/docker',
        ),
      ),
  })
  .prefault({});

const bucketKey = z
  .string({ error: 'is not a key' })
  .regex(/^\S+$/, { error: 'is empty or contains whitespace' });

/** All top-level keys of logs. */
export const logsSchema = z.strictObject({
  loki,
  logs,
  lokiS3AccessKey: secret(
    bucketKey,
    "Access key of Loki's bucket (default: the identity of the machine).",
  ),
  lokiS3SecretKey: secret(bucketKey, 'Secret key that belongs to lokiS3AccessKey.'),
});

export type ParsedLogs = z.output<typeof logsSchema>;
