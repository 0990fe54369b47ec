import type { Path } from '../settings/commands';
import { durationSeconds } from '../units';

/** The settings that decide when the first message about an alert is sent. */
export interface Waits {
  readonly prometheus: { readonly evaluationInterval: string };
  readonly alertmanager: { readonly startDelay: string } & {
    readonly [S in 'critical' | 'warning' | 'info']: { readonly groupWait: string };
  };
}

/**
 * The waits that are shorter than one evaluation of the rules. Two alerts with one cause can fire
 * one evaluation apart, so the first could be sent before the one that mutes it.
 */
export function shortWaits({ alertmanager, prometheus }: Waits): readonly Path[] {
  const least = durationSeconds(prometheus.evaluationInterval) ?? 0;
  const isShort = (wait: string): boolean => (durationSeconds(wait) ?? 0) < least;
  const groups = (['critical', 'warning', 'info'] as const).filter((severity) =>
    isShort(alertmanager[severity].groupWait),
  );
  return [
    ...(isShort(alertmanager.startDelay) ? [['alertmanager', 'startDelay']] : []),
    ...groups.map((severity) => ['alertmanager', severity, 'groupWait']),
  ];
}
