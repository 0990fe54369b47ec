import { sizeMiB } from '../units';
import type { OtlpTarget } from './targets-config';

/**
 * Name of a target's exporter, in the collector's configuration and in the label `exporter` of its
 * metrics.
 */
export const exporterOf = ({ name }: Pick<OtlpTarget, 'name'>): string => `otlp_http/${name}`;

/** Extension that stores the queues of the targets. */
export const queueStorage = 'file_storage/forwarding';

/** File with the key of a target, in the folder of the collector's configuration. */
export const keyFile = (folder: string, { name }: Pick<OtlpTarget, 'name'>): string =>
  `${folder}/secrets/${name}`;

export interface ForwardingArgs {
  readonly targets: readonly OtlpTarget[];
  /** Size of each queue, as in the settings. */
  readonly queue: string;
  /** Folder of the configuration and the keys. */
  readonly folder: string;
  /** Folder on the volume. */
  readonly data: string;
}

/** Placeholder for a file reference, until the other `$` of the configuration are escaped. */
const reference = (path: string): string => `@file:${path}@`;

/**
 * Placeholder for an environment variable. With the fallback, the configuration is also valid
 * outside its container, for example for `otelcol validate`. Without it, a processor would reject
 * the empty value.
 */
export const fromEnvironment = (variable: string, fallback?: string): string =>
  fallback === undefined ? `@env:${variable}@` : `@env:${variable}:-${fallback}@`;

/**
 * Escapes `$` as `$$`, as the collector requires, except in references to files and variables. Each
 * file reference is followed by an empty one, so that the file's content is always a string. On its
 * own, content such as `12345` would be parsed as a number and rejected.
 */
export const withReferences = (text: string): string =>
  text
    .replaceAll('$', '$$$$')
    .replace(/@file:([^@]+)@/g, '$${file:$1}$${env:NOTHING:-}')
    .replace(/@env:([A-Z_]+(?::-[\w-]+)?)@/g, '$${env:$1}');

/** Extensions for the targets: storage of the queues, and authentication. Empty without targets. */
export function forwardingExtensions({
  targets,
  folder,
  data,
}: ForwardingArgs): Record<string, object> {
  if (targets.length === 0) return {};
  return {
    // Without fsync, a killed collector loses nothing, but a power cut may damage a queue. With
    // `recreate`, the collector then starts with an empty one. That is acceptable, because the
    // network to the targets is less reliable anyway.
    [queueStorage]: {
      directory: `${data}/forwarding`,
      create_directory: true,
      fsync: false,
      recreate: true,
      timeout: '5s',
      compaction: {
        on_start: true,
        on_rebound: true,
        directory: `${data}/forwarding`,
        cleanup_on_start: true,
        rebound_needed_threshold_mib: 64,
        rebound_trigger_threshold_mib: 10,
        check_interval: '10s',
      },
    },
    ...Object.fromEntries(
      targets.flatMap(({ name, auth }) =>
        'user' in auth
          ? [
              [
                `basicauth/${name}`,
                {
                  client_auth: { username: auth.user, password_file: keyFile(folder, { name }) },
                },
              ],
            ]
          : [],
      ),
    ),
  };
}

/**
 * Exporters of the targets. Each has its own queue on the volume. When the queue is full, it drops
 * and counts new data, so that no target delays the pipeline. Data that a target rejects
 * permanently (wrong key, size limit) is dropped and counted as well. See
 * https://github.com/open-telemetry/opentelemetry-collector/tree/main/exporter/otlphttpexporter
 */
export function forwardingExporters({
  targets,
  queue,
  folder,
}: ForwardingArgs): Record<string, object> {
  const bytes = (sizeMiB(queue) ?? 0) * 2 ** 20;
  return Object.fromEntries(
    targets.map((target) => {
      const { name, auth, headers, endpoint } = target;
      const key = reference(keyFile(folder, target));
      const own =
        'user' in auth
          ? { auth: { authenticator: `basicauth/${name}` }, headers }
          : { headers: { [auth.header]: `${auth.before}${key}`, ...headers } };
      return [
        exporterOf(target),
        {
          endpoint,
          ...own,
          compression: 'gzip',
          timeout: '30s',
          sending_queue: {
            enabled: true,
            storage: queueStorage,
            sizer: 'bytes',
            queue_size: bytes,
            num_consumers: 2,
            block_on_overflow: false,
            // Below the smallest request limit of all targets (1 MB).
            batch: { flush_timeout: '2s', sizer: 'bytes', min_size: 100_000, max_size: 900_000 },
          },
          retry_on_failure: {
            enabled: true,
            initial_interval: '1s',
            max_interval: '30s',
            // Data that a target neither accepts nor rejects is dropped after this time.
            max_elapsed_time: '12h',
          },
        },
      ];
    }),
  );
}
