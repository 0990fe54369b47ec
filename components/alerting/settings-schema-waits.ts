import type { Path } from '../settings/commands';
import { durationSeconds } from '../units';

/** The settings that decide when the first message about an alert is sent. */
export interface Waits {
  readonly prometheus: { readonly evaluationInterval: string };
  readonly alertmanager: { readonly startDelay: string } & {
    readonly [S in 'critical' | 'warning' | 'info']: { readonly groupWait: string };
  };
}

/** A setting whose default is at least `prometheus.evaluationInterval`. */
export interface Wait {
  readonly at: Path;
  readonly value: string;
}

/**
 * The waits that are shorter than one evaluation of the rules. Two alerts with one cause can fire
 * one evaluation apart, so the first could be sent before the one that mutes it.
 */
export function shortWaits({ alertmanager, prometheus }: Waits): readonly Wait[] {
  const least = durationSeconds(prometheus.evaluationInterval) ?? 0;
  const groups = (['critical', 'warning', 'info'] as const).map((severity) => ({
    at: ['alertmanager', severity, 'groupWait'],
    value: alertmanager[severity].groupWait,
  }));
  return [{ at: ['alertmanager', 'startDelay'], value: alertmanager.startDelay }, ...groups].filter(
    ({ value }) => (durationSeconds(value) ?? 0) < least,
  );
}
