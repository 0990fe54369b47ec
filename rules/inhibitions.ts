import type { Alert } from './model';

/** An item of Alertmanager's `inhibit_rules`: while the source fires, the targets are not sent. */
export interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  /** Labels that must be equal in both. A label missing in both counts as equal. */
  readonly equal: readonly string[];
  /** Reason, for readers only. Not a field of Alertmanager. */
  readonly why: string;
}

/**
 * Labels that Prometheus adds to all alerts. With them, one stack never inhibits alerts of another.
 */
const stackLabels = ['env', 'stack'];

/** The inhibition rules between these alerts. */
export function inhibitionsOf(alerts: readonly Alert[]): readonly Inhibition[] {
  const known = new Set(alerts.map(({ name }) => name));
  const all = alerts.flatMap(({ name, mutes = [] }) =>
    mutes.flatMap((mute): Inhibition[] => {
      const targets = mute.alerts.filter((target) => known.has(target));
      if (targets.length === 0) return [];
      return [
        {
          source_matchers: [matcher('alertname', [name]), ...matchers(mute.when)],
          target_matchers: [matcher('alertname', targets), ...matchers(mute.only)],
          equal: [...stackLabels, ...(mute.equal ?? [])],
          why: mute.why,
        },
      ];
    }),
  );
  // Rules of the same alert name may produce equal items.
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

const matchers = (labels: Readonly<Record<string, string>> = {}): string[] =>
  Object.entries(labels).map(([label, value]) => matcher(label, [value]));

/** In the matcher syntax of Alertmanager. The values are our own names and need no escaping. */
const matcher = (label: string, values: readonly string[]): string =>
  values.length === 1 ? `${label}="${values[0] ?? ''}"` : `${label}=~"${values.join('|')}"`;
