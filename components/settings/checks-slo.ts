import {
  budgetTick,
  fastestFactor,
  lowestObjective,
  partsOf,
  rounded,
} from '../../rules/slo-windows';
import type { SloKey, SloSettings } from '../../rules/slo-schema';
import { setFix } from './commands';
import type { Finding } from './finding';
import { durationSeconds } from '../units';

/** The other settings that the checks need. */
export interface CheckedSlos {
  readonly slo: SloSettings;
  readonly prometheus: { readonly retention: string; readonly evaluationInterval: string };
  readonly alerts: { readonly speedUp: number };
}

/**
 * Rejects objectives whose alerts could never fire, or need data that is older than the retention.
 */
export function sloFindings(parsed: CheckedSlos): Finding[] {
  return [...unreachable(parsed), ...forgotten(parsed), ...tooSeldom(parsed)];
}

const enabled = ({ slo }: CheckedSlos): SloKey[] =>
  Object.entries(slo).flatMap(([key, value]) =>
    typeof value === 'object' && value.enabled ? [key as SloKey] : [],
  );

/** A budget burns fastest when all events are bad. */
function unreachable(parsed: CheckedSlos): Finding[] {
  const { windowDays } = parsed.slo;
  const lowest = lowestObjective(windowDays);
  const factor = fastestFactor(windowDays);
  return enabled(parsed)
    .filter((key) => parsed.slo[key].objective <= lowest)
    .map((key): Finding => {
      const { objective } = parsed.slo[key];
      const at = ['slo', key, 'objective'];
      const what =
        `${objective} is too low: the alert on a fast burn fires above ${factor} times the error budget ` +
        `(${rounded(1 - objective)}), which is 1 or more, so it could never fire. ` +
        `With slo.windowDays ${windowDays} the objective must be more than ${lowest.toFixed(4)}`;
      return { at, from: [at, ['slo', 'windowDays']], what, fix: setFix(at, '0.99') };
    });
}

/**
 * Burn rates over three days need three days of data. The budget's window may be longer than the
 * retention, because it is the sum of recorded parts.
 */
function forgotten(parsed: CheckedSlos): Finding[] {
  const { slo, prometheus, alerts } = parsed;
  const kept = (durationSeconds(prometheus.retention) ?? 0) * alerts.speedUp;
  if (enabled(parsed).length === 0 || partsOf(slo.windowDays, kept) !== undefined) return [];
  const at = ['prometheus', 'retention'];
  const what =
    `${prometheus.retention} is too short for the alerts on error budgets: their longest window is 3d, and Prometheus deletes ` +
    'samples in whole blocks. Use a longer retention, or set slo.<objective>.enabled to false for every objective';
  return [{ at, from: [at, ['slo'], ['alerts', 'speedUp']], what, fix: setFix(at, '4d') }];
}

/**
 * The increase of a counter needs two samples, and the counters of objectives are recorded at each
 * evaluation. The shortest window is that of the budget, four minutes.
 */
const longestEvaluation = budgetTick / 2;

function tooSeldom(parsed: CheckedSlos): Finding[] {
  const { evaluationInterval } = parsed.prometheus;
  const seconds = durationSeconds(evaluationInterval) ?? 0;
  if (enabled(parsed).length === 0 || seconds <= longestEvaluation) return [];
  const at = ['prometheus', 'evaluationInterval'];
  const longest = `${longestEvaluation / 60}m`;
  const what =
    `${evaluationInterval} is too long for the error budgets: their counters are recorded at each evaluation, and the shortest ` +
    `window of ${budgetTick / 60}m needs two samples. Use at most ${longest}, or set slo.<objective>.enabled to false for every objective`;
  return [{ at, from: [at, ['slo']], what, fix: setFix(at, longest) }];
}
