import type { Alert } from './model';

/** An `inhibit_rules` item of Alertmanager: while the source fires, the targets are not sent. */
export interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  /** Labels that both have to have alike. A label that both lack counts as alike. */
  readonly equal: readonly string[];
  /** For the reader; no field of Alertmanager's. */
  readonly why: string;
}

/** Labels that Prometheus puts on all its alerts: one stack never mutes another's. */
const stackLabels = ['env', 'stack'];

/** What each of these alerts mutes among them. */
export function inhibitionsOf(alerts: readonly Alert[]): readonly Inhibition[] {
  const known = new Set(alerts.map(({ name }) => name));
  const all = alerts.flatMap(({ name, mutes = [] }) =>
    mutes.flatMap((mute): Inhibition[] => {
      const targets = mute.alerts.filter((target) => known.has(target));
      if (targets.length === 0) return [];
      return [
        {
          source_matchers: [
            matcher('alertname', [name]),
            ...Object.entries(mute.when ?? {}).map(([label, value]) => matcher(label, [value])),
          ],
          target_matchers: [matcher('alertname', targets)],
          equal: [...stackLabels, ...(mute.equal ?? [])],
          why: mute.why,
        },
      ];
    }),
  );
  // Several rules may share a name, and say the same.
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** In Alertmanager's matcher syntax; names of ours need no escaping. */
const matcher = (label: string, values: readonly string[]): string =>
  values.length === 1 ? `${label}="${values[0] ?? ''}"` : `${label}=~"${values.join('|')}"`;
