import { duration, type Expr, increase, type Matchers, selector, sum } from '../telemetry';
import type { Context } from './context';

/**
 * The increase of a counter of losses in a window, by labels; no result where nothing is lost. The
 * series of such a counter may begin with the first loss, which `increase` does not see. So a
 * series also counts if it did not exist one window ago, although a scrape of its target succeeded
 * then.
 *
 * @param job value or matcher of the counter's label `job`
 * @param seconds length of the window
 */
export function losses<L extends string>(
  c: Context,
  labels: readonly L[],
  counter: Expr<L>,
  job: Matchers<'up'>['job'],
  seconds: number,
): string {
  const window = c.window(seconds);
  const before = `offset ${duration(window)}`;
  const first = `${counter} unless ${counter} ${before}\n  and on (job, instance) ${selector('up', { job })} ${before} == 1`;
  return (
    `${sum(labels, increase(counter, window))} > 0\nor\n` +
    `${sum(labels, `\n  ${first}\n` as Expr<L>)} > 0`
  );
}
