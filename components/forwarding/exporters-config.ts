import { sizeMiB } from '../units';
import type { OtlpTarget } from './targets-config';

/** Exporter of a target, in the collector's configuration and in the label `exporter` of its metrics. */
export const exporterOf = ({ name }: Pick<OtlpTarget, 'name'>): string => `otlp_http/${name}`;

/** Extension that keeps the targets' queues. */
export const queueStorage = 'file_storage/forwarding';

/** File with the key of a target, in the folder of the collector's configuration. */
export const keyFile = (folder: string, { name }: Pick<OtlpTarget, 'name'>): string =>
  `${folder}/secrets/${name}`;

export interface ForwardingArgs {
  readonly targets: readonly OtlpTarget[];
  /** Size of each queue, as in the settings. */
  readonly queue: string;
  /** Folder of the configuration, where the keys are. */
  readonly folder: string;
  /** Folder on the volume. */
  readonly data: string;
}

/** What a reference to a file stands for until the configuration's dollars are doubled. */
const reference = (path: string): string => `@file:${path}@`;

/**
 * Text of a configuration in which `$` is a dollar, as the collector reads it: `$$`. References to files stay what they are.
 * Beside another reference a file's content is a text; alone, `12345` would be a number and refused.
 */
export const withReferences = (text: string): string =>
  text.replaceAll('$', '$$$$').replace(/@file:([^@]+)@/g, '$${file:$1}$${env:NOTHING:-}');

/** Extensions of the targets: their queues' store, and who logs in. Empty without targets. */
export function forwardingExtensions({
  targets,
  folder,
  data,
}: ForwardingArgs): Record<string, object> {
  if (targets.length === 0) return {};
  return {
    // Killed it loses nothing. A power cut may cost what was put in last: the store that it goes to is far away anyway.
    [queueStorage]: {
      directory: `${data}/forwarding`,
      create_directory: true,
      fsync: false,
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
 * Exporters of the targets. Each has a queue of its own on the volume, and drops and counts what finds it full: whoever is
 * in front of it never waits. What a target refuses for good (a wrong key, a limit) is dropped and counted as well.
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
            // Below what any of them takes at once: 1 MB.
            batch: { flush_timeout: '2s', sizer: 'bytes', min_size: 100_000, max_size: 900_000 },
          },
          retry_on_failure: {
            enabled: true,
            initial_interval: '1s',
            max_interval: '30s',
            // What a target never takes, and never refuses either, does not stay for ever.
            max_elapsed_time: '12h',
          },
        },
      ];
    }),
  );
}
