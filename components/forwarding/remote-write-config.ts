import { metrics, recorded, targetLabels } from '../../telemetry';
import type { RemoteWriteTarget } from './targets-config';

export interface RemoteWriteArgs {
  readonly targets: readonly RemoteWriteTarget[];
  /** File with the key of a target, as the configuration names it. */
  readonly keyFile: (target: RemoteWriteTarget) => string;
  /** Labels that may leave besides those of the stack's own metrics. */
  readonly labels: readonly string[];
}

/**
 * `remote_write` of Prometheus for each target. Prometheus reads what it sends from its own write-ahead log: a target that is
 * away holds up nothing, and misses what is older than that log (about two hours).
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write
 */
export const remoteWrite = ({ targets, keyFile, labels }: RemoteWriteArgs): readonly object[] =>
  targets.map((target) => ({
    name: target.name,
    url: target.url,
    ...(target.user === undefined
      ? { authorization: { credentials_file: keyFile(target) } }
      : { basic_auth: { username: target.user, password_file: keyFile(target) } }),
    remote_timeout: '30s',
    // Their labels pass no rule below.
    send_exemplars: false,
    queue_config: {
      max_shards: 10,
      capacity: 10_000,
      max_samples_per_send: 2_000,
      max_backoff: '30s',
      retry_on_http_429: true,
    },
    write_relabel_configs: rules(target.metrics, labels),
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

/** Every label that a series of the stack's own metrics may have. */
const knownLabels = (): readonly string[] => [
  ...new Set([
    ...added,
    ...targetLabels,
    ...Object.values(metrics).flatMap((metric) => Object.keys(metric.labels)),
    ...Object.values(recorded).flatMap((series): readonly string[] => series.labels),
  ]),
];

/**
 * What in a value of a label is most likely a person's: an e-mail address, a wallet, a token of three parts, a number as long as
 * that of a card or a telephone with its country.
 */
export const personalValues: readonly string[] = [
  '[^@;]+@[^@;]+[.][A-Za-z]{2,}',
  '0x[0-9a-fA-F]{40}',
  'eyJ[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]*',
  '(?:[0-9][ -]?){13,}',
  '[+][0-9][0-9 ()-]{7,}',
];

/**
 * The chosen metrics, without series that could name a person: those with a label that nobody has vouched for, and those
 * with a value that looks like one. Dropping a label instead would make several series one, which targets refuse.
 *
 * Relabelling cannot ask for labels by a pattern, but copy by one: every label that is not known ends in `__unknown`.
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
      source_labels: known,
      regex: `(?:.*[^0-9A-Za-z])?(?:${personalValues.join('|')})(?:[^0-9A-Za-z].*)?`,
      action: 'drop',
    },
    { action: 'labeldrop', regex: '__copy_.+|__unknown' },
  ];
}
