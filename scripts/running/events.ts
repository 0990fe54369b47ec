import type { Labels } from './prometheus';

export interface EventAlert {
  readonly name: string;
  readonly labels: Labels;
  readonly resolved: boolean;
}

interface Recorded {
  /** Unix time in seconds. */
  readonly time: number;
  /** Host name of the Alertmanager. */
  readonly instance: string;
  /** Its position among the instances of its cluster; 0 if it is alone. */
  readonly position: number;
}

export interface Notification extends Recorded {
  readonly kind: 'notification';
  readonly receiver: string;
  /** `pagerduty`, `slack`, … */
  readonly integration: string;
  readonly alerts: readonly EventAlert[];
}

export interface Arrival extends Recorded {
  readonly kind: 'arrival';
  readonly alert: EventAlert;
}

export interface SilenceEvent extends Recorded {
  readonly kind: 'silence';
  readonly id: string;
  readonly createdBy: string;
  readonly comment: string;
  /** In Alertmanager's syntax, e.g. `alertname="APIDown"`. */
  readonly matchers: readonly string[];
  readonly start: number;
  readonly end: number;
}

export interface Muted extends Recorded {
  readonly kind: 'muted';
  readonly by: 'silence' | 'inhibition';
  readonly labels: Labels;
}

export interface Started extends Recorded {
  readonly kind: 'started';
}

/** An event of Alertmanager's event recorder, as far as it is used here. */
export type AlertEvent = Notification | Arrival | SilenceEvent | Muted | Started;

/**
 * The events in lines of JSON. Other lines are left out.
 *
 * Upstream: https://prometheus.io/docs/alerting/latest/configuration/#event-recorder
 */
export function eventsIn(lines: readonly string[]): AlertEvent[] {
  return lines.flatMap((line) => eventIn(line) ?? []).sort((a, b) => a.time - b.time);
}

interface RawPair {
  readonly key?: string;
  readonly value?: string;
}

interface RawLabels {
  readonly labels?: readonly RawPair[];
}

interface RawAlert {
  readonly name?: string;
  readonly labels?: RawLabels;
  readonly resolved?: boolean;
}

interface RawSilence {
  readonly id?: string;
  readonly createdBy?: string;
  readonly comment?: string;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly matchers?: readonly { readonly rendered?: string }[];
}

/** Fields of Protocol Buffers' JSON; those with a default value are left out. */
interface Raw {
  readonly '@timestamp'?: string;
  readonly instance?: string;
  readonly clusterPosition?: number;
  readonly data?: {
    readonly alertmanagerStartupEvent?: object;
    readonly alertCreated?: { readonly alert?: RawAlert };
    readonly notification?: {
      readonly alerts?: readonly { readonly details?: RawAlert }[];
      readonly groupInfo?: { readonly receiverName?: string };
      readonly integration?: { readonly name?: string };
    };
    readonly silenceCreated?: { readonly silence?: RawSilence };
    readonly silenceUpdated?: { readonly silence?: RawSilence };
    readonly silenceMutedAlert?: { readonly mutedAlert?: { readonly labels?: RawLabels } };
    readonly inhibitionMutedAlert?: { readonly mutedAlert?: { readonly labels?: RawLabels } };
  };
}

function eventIn(line: string): AlertEvent | undefined {
  if (!line.startsWith('{"@timestamp"')) return undefined;
  let raw: Raw;
  try {
    raw = JSON.parse(line) as Raw;
  } catch {
    // The beginning of a line whose end the engine has not written yet.
    return undefined;
  }
  const { data = {}, instance = '', clusterPosition: position = 0 } = raw;
  const recorded = { time: unix(raw['@timestamp']), instance, position };
  if (data.alertmanagerStartupEvent !== undefined) return { ...recorded, kind: 'started' };
  if (data.alertCreated?.alert !== undefined) {
    return { ...recorded, kind: 'arrival', alert: alertOf(data.alertCreated.alert) };
  }
  if (data.notification !== undefined) {
    const { alerts = [], groupInfo = {}, integration = {} } = data.notification;
    return {
      ...recorded,
      kind: 'notification',
      receiver: groupInfo.receiverName ?? '',
      integration: integration.name ?? '',
      alerts: alerts.flatMap(({ details }) => (details === undefined ? [] : [alertOf(details)])),
    };
  }
  const silence = data.silenceCreated?.silence ?? data.silenceUpdated?.silence;
  if (silence !== undefined) return { ...recorded, kind: 'silence', ...silenceOf(silence) };
  for (const by of ['silence', 'inhibition'] as const) {
    const muted = data[`${by}MutedAlert`]?.mutedAlert;
    if (muted !== undefined) {
      return { ...recorded, kind: 'muted', by, labels: labelsOf(muted.labels) };
    }
  }
  return undefined;
}

const alertOf = ({ name = '', labels, resolved = false }: RawAlert): EventAlert => ({
  ...{ name, labels: labelsOf(labels), resolved },
});

const silenceOf = ({ id = '', createdBy = '', comment = '', ...raw }: RawSilence) => ({
  ...{ id, createdBy, comment },
  matchers: (raw.matchers ?? []).map(({ rendered = '' }) => rendered),
  start: unix(raw.startsAt),
  end: unix(raw.endsAt),
});

const labelsOf = ({ labels = [] }: RawLabels = {}): Labels =>
  Object.fromEntries(labels.map(({ key = '', value = '' }) => [key, value]));

/** With the fraction that Date drops beyond milliseconds. */
const unix = (text = ''): number => new Date(text).getTime() / 1000;
