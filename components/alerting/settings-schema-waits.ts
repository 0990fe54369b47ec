import type { Path } from '../settings/commands';
import { durationSeconds } from '../units';

/** The settings that decide when the first message about an alert is sent. */
export interface Waits {
  readonly prometheus: { readonly evaluationInterval: string };
  readonly alertmanager: { readonly startDelay: string } & {
    readonly [S in 'critical' | 'warning' | 'info']: { readonly groupWait: string };
  };
}

export interface ShortWait {
  readonly at: Path;
  /** The shortest duration that is not too short. */
  readonly least: string;
}

/**
 * Prometheus sends an alert again at the first evaluation that is more than a minute after the last
 * time, so at most one minute and one evaluation later. The rest is for evaluation and delivery.
 */
const resendSeconds = 60 + 15;

/**
 * The waits that are too short: an alert could be sent before the one that mutes it. Two alerts
 * with one cause can fire one evaluation apart. After a start of Alertmanager, each of them arrives
 * when Prometheus sends it again.
 */
export function shortWaits({ alertmanager, prometheus }: Waits): readonly ShortWait[] {
  const { evaluationInterval } = prometheus;
  const interval = durationSeconds(evaluationInterval) ?? 0;
  const isShort = (wait: string, least: number): boolean => (durationSeconds(wait) ?? 0) < least;
  const groups = (['critical', 'warning', 'info'] as const).filter((severity) =>
    isShort(alertmanager[severity].groupWait, interval),
  );
  const again = Math.ceil(resendSeconds + interval);
  return [
    ...(isShort(alertmanager.startDelay, again)
      ? [{ at: ['alertmanager', 'startDelay'], least: `${again}s` }]
      : []),
    ...groups.map((severity) => ({
      at: ['alertmanager', severity, 'groupWait'],
      least: evaluationInterval,
    })),
  ];
}
