import { z } from 'zod';
import {
  cpus,
  dnsLabel,
  doc,
  duration,
  httpUrl,
  kind,
  onlyOn,
  port,
  size,
  secret,
} from '../settings/kinds';

const bucketName = z
  .string({ error: 'is not the name of a bucket' })
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'is not the name of a bucket' })
  .meta(kind('name of a bucket'));

const s3 = z
  .strictObject({
    bucket: bucketName.meta(doc('Bucket for chunks and index.', 'audifi-logs')),
    region: z
      .string({ error: 'is not a region' })
      .regex(/^[a-z0-9-]+$/, { error: 'is not a region' })
      .default('us-east-1')
      .meta(kind('region'))
      .meta(doc('Region of the bucket.', 'eu-central-1')),
    endpoint: httpUrl
      .optional()
      .meta(doc('URL of a store that is not AWS (MinIO, Ceph, R2).', 'https://s3.internal:9000')),
    pathStyle: z
      .boolean()
      .default(false)
      .meta(doc('Bucket in the path instead of the host name; most other stores need it.', 'true')),
  })
  .optional()
  .meta(doc('Store for chunks and index (default: the volume).', '.bucket audifi-logs'));

const loki = z
  .strictObject({
    enabled: z
      .boolean({ error: 'is not true or false' })
      .default(true)
      .meta(
        doc('Keep lines here. Without, they are only forwarded (docs/forwarding.md).', 'false'),
      ),
    port: port
      .default(3100)
      .meta(onlyOn('docker', 'Port on the loopback interface (Docker).', '3100')),
    memory: size('256MiB').default('1GiB').meta(doc('Memory limit.', '1GiB')),
    cpus: cpus.default(1).meta(doc('CPU limit in cores (0.1 to 64).', '2')),
    storage: size('1GiB')
      .default('40GiB')
      .meta(
        onlyOn(
          'kubernetes',
          'Size of the volume (Kubernetes); with s3 it holds the write-ahead log.',
          '40GiB',
        ),
      ),
    ingestionRate: z
      .int({ error: 'is not a whole number' })
      .min(1, { error: 'is less than 1' })
      .max(1_024, { error: 'is more than 1024' })
      .default(16)
      .meta(doc('MB of lines per second that are taken; twice that for a moment.', '16')),
    s3,
  })
  .prefault({});

const kept = (days: string, what: string) =>
  duration('1d', '10y')
    .default(days)
    .meta(doc(`Age at which lines of ${what} go.`, days));

const source = z.strictObject({
  containers: z
    .array(
      z
        .string({ error: 'is not a name' })
        .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, { error: 'is not the name of a container' })
        .meta(kind('name'))
        .meta(doc('Name of a container, without project and number.', 'billing')),
    )
    .min(1, { error: 'is an empty list' })
    .optional()
    .meta(doc("Containers that write it (default: the source's name).", '[0] billing')),
  format: z
    .enum(['json', 'caddy', 'postgres', 'redis', 'text'])
    .optional()
    .meta(doc("How it writes: `json` is the spec's format.", 'json')),
  prefix: z
    .string({ error: 'is not a log_line_prefix' })
    .min(1, { error: 'is empty' })
    .optional()
    .meta(kind('log_line_prefix'))
    .meta(
      doc(
        "PostgreSQL's `log_line_prefix` (default: found out from the lines, whose severity and two blanks are enough).",
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
      .meta(doc('Who reads the files: Promtail, or the OpenTelemetry Collector.', 'otel')),
    memory: size('64MiB').default('256MiB').meta(doc('Memory limit of the agent.', '256MiB')),
    debug: z
      .boolean({ error: 'is not true or false' })
      .optional()
      .meta(doc('Keep lines of level debug (default: only where environment is staging).', 'true')),
    retention: z
      .strictObject({
        error: kept('90d', 'level error'),
        warn: kept('90d', 'level warn'),
        info: kept('14d', 'level info'),
        debug: kept('3d', 'level debug'),
        unknown: kept('14d', 'no level, or one that nobody knows'),
      })
      .prefault({}),
    sources: z
      .record(dnsLabel, source)
      .default({})
      .meta(
        doc("Log sources: changes to the spec's six, and more.", '.billing.containers[0] billing'),
      ),
    projects: z
      .array(
        z
          .string({ error: 'is not a name' })
          .regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]*$/, { error: 'is not the name of a project' })
          .meta(kind('name'))
          .meta(doc('A project.', 'audifi')),
      )
      .default([])
      .meta(
        doc(
          "Compose projects, Swarm stacks or namespaces that are AudiFi's (default: all but well-known other programs): only their `redis` is the source `redis`.",
          '[0] audifi',
        ),
      ),
    dockerRoot: z
      .string({ error: 'is not a path' })
      .regex(/^(\/[A-Za-z0-9._-]+)+$/, { error: 'is not an absolute path' })
      .default('/var/lib/docker')
      .meta(kind('absolute path'))
      .meta(
        onlyOn(
          'docker',
          "Docker's own directory, as `docker info --format '{{.DockerRootDir}}'` says: another with data-root, userns-remap or a rootless engine.",
          '/home/ops/.local/share/docker',
        ),
      ),
  })
  .prefault({});

const bucketKey = z
  .string({ error: 'is not a key' })
  .regex(/^\S+$/, { error: 'is empty or has a blank in it' });

/** Every top-level key that is about logs. */
export const logsSchema = z.strictObject({
  loki,
  logs,
  lokiS3AccessKey: secret(
    bucketKey,
    "Access key of Loki's bucket (default: the identity of the machine).",
  ),
  lokiS3SecretKey: secret(bucketKey, 'Secret key that belongs to it.'),
});

export type ParsedLogs = z.output<typeof logsSchema>;
