import { metrics, recorded, targetLabels } from '../../telemetry';
import type { RemoteWriteTarget } from './targets-config';

export interface RemoteWriteArgs {
  readonly targets: readonly RemoteWriteTarget[];
  /** Returns the path of a target's key file in the configuration. */
  readonly keyFile: (target: RemoteWriteTarget) => string;
  /** Labels that are allowed in addition to those of the stack's own metrics. */
  readonly labels: readonly string[];
  /** External label that names the instance, and the one instance that forwards. @default all do */
  readonly replica?: { readonly label: string; readonly first: string };
}

/**
 * `remote_write` of Prometheus for each target. Prometheus reads the samples from its own
 * write-ahead log. So an unreachable target delays nothing, but it misses samples that are older
 * than that log (about two hours). See
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write
 */
export const remoteWrite = ({
  targets,
  keyFile,
  labels,
  replica,
}: RemoteWriteArgs): readonly object[] =>
  targets.map((target) => ({
    name: target.name,
    url: target.url,
    ...(target.user === undefined
      ? { authorization: { credentials_file: keyFile(target) } }
      : { basic_auth: { username: target.user, password_file: keyFile(target) } }),
    remote_timeout: '30s',
    // The relabelling rules below do not apply to the labels of exemplars.
    send_exemplars: false,
    queue_config: {
      max_shards: 10,
      capacity: 10_000,
      max_samples_per_send: 2_000,
      max_backoff: '30s',
      retry_on_http_429: true,
    },
    write_relabel_configs: [
      // Otherwise a target would receive each sample several times, and charge for it.
      ...(replica === undefined
        ? []
        : [
            { source_labels: [replica.label], regex: replica.first, action: 'keep' },
            { regex: replica.label, action: 'labeldrop' },
          ]),
      ...rules(target.metrics, labels),
    ],
  }));

/** Labels that Prometheus, rules and Alertmanager add. */
const added = [
  '__name__',
  'le',
  'quantile',
  'alertname',
  'alertstate',
  'severity',
  'team',
  'service',
];

/** All labels of the stack's own metrics. */
const knownLabels = (): readonly string[] => [
  ...new Set([
    ...added,
    ...targetLabels,
    ...Object.values(metrics).flatMap((metric) => Object.keys(metric.labels)),
    ...Object.values(recorded).flatMap((series): readonly string[] => series.labels),
  ]),
];

/**
 * Patterns of label values that are most likely personal: an e-mail address, a wallet, a token of
 * three parts, or a number as long as a card number or an international phone number.
 */
export const personalValues: readonly string[] = [
  '[^@;]+@[^@;]+[.][A-Za-z]{2,}',
  '0x[0-9a-fA-F]{40}',
  'eyJ[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]*',
  '(?:[0-9][ -]?){13,}',
  '[+][0-9][0-9 ()-]{7,}',
];

/**
 * PostgreSQL's hash of a statement, a 64-bit integer. It would otherwise be taken for the number of
 * a card.
 */
const statementHash = { label: 'queryid', regex: '(?:-?[0-9]{1,19})?' } as const;

/**
 * Relabelling rules that keep the selected metrics, and drop series that may identify a person:
 * those with an unknown label, and those with a value that looks personal. Dropping only the label
 * would merge several series into one, which targets reject.
 *
 * Relabelling cannot test label names with a pattern, but it can copy with one: every unknown label
 * gets the suffix `__unknown`.
 */
function rules(names: readonly string[], more: readonly string[]): readonly object[] {
  const known = [...new Set([...knownLabels(), ...more])].sort();
  return [
    {
      source_labels: ['__name__'],
      regex: names.map((name) => `(?:${name})`).join('|'),
      action: 'keep',
    },
    { action: 'labelmap', regex: '(.+)', replacement: '__copy_$1' },
    { action: 'labeldrop', regex: `__copy_(?:${known.join('|')})` },
    { action: 'labelmap', regex: '__copy_(.+)', replacement: '__unknown' },
    { source_labels: ['__unknown'], regex: '.+', action: 'drop' },
    {
      source_labels: known.filter((name) => name !== statementHash.label),
      regex: `(?:.*[^0-9A-Za-z])?(?:${personalValues.join('|')})(?:[^0-9A-Za-z].*)?`,
      action: 'drop',
    },
    { source_labels: [statementHash.label], regex: statementHash.regex, action: 'keep' },
    { action: 'labeldrop', regex: '__copy_.+|__unknown' },
  ];
}
