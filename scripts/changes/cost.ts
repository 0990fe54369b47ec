import { bytesOf } from '../../components/units';
import { at } from '../../policy/values';
import { listPrices, type Prices } from '../estimate/prices';
import { type Change, claimType, listOf, type Side } from './change';

/** What a provider bills by. */
interface Need {
  readonly cores: number;
  readonly memoryGiB: number;
  readonly diskGB: number;
}

const nothing: Need = { cores: 0, memoryGiB: 0, diskGB: 0 };
const plus = (a: Need, b: Need, times = 1): Need => ({
  cores: a.cores + times * b.cores,
  memoryGiB: a.memoryGiB + times * b.memoryGiB,
  diskGB: a.diskGB + times * b.diskGB,
});

/**
 * How much more or less a stack on Kubernetes costs per month at list prices: the requests of its
 * pods, and its volumes. One line for the stack, and one for each node if a pod on every node
 * changes. Empty if nothing changes, and on Docker, where the machine costs the same.
 *
 * Buckets and network traffic are left out: they depend on the load (`make estimate`).
 */
export function costLines(changes: readonly Change[], prices: Prices = listPrices): string[] {
  const difference = (perNode: boolean): Need =>
    changes
      .filter(({ type }) => (type === daemonSet) === perNode)
      .map((change) => plus(needOf(change, 'new'), needOf(change, 'old'), -1))
      // A preview does not know every value.
      .filter((need) => Object.values(need).every(Number.isFinite))
      .reduce((sum, need) => plus(sum, need), nothing);
  return [line(difference(false), prices), line(difference(true), prices, ' and node')].flat();
}

function line(need: Need, prices: Prices, each = ''): string[] {
  const money =
    need.cores * prices.core + need.memoryGiB * prices.memory + need.diskGB * prices.disk;
  const parts: readonly [name: string, value: number, unit: string][] = [
    ['cores', need.cores, ''],
    ['memory', need.memoryGiB, ' GiB'],
    ['volumes', need.diskGB, ' GB'],
  ];
  const changed = parts
    .filter(([, value]) => Math.abs(value) >= 0.005)
    .map(([name, value, unit]) => `${name} ${signed(value)}${unit}`);
  if (changed.length === 0) return [];
  const sum = `${signed(money, 2)} ${prices.currency}`;
  return [`~ ${sum} a month${each} at list prices: ${changed.join(', ')}`];
}

function signed(value: number, digits?: number): string {
  const size = Math.abs(value);
  const text = digits === undefined ? String(Math.round(size * 100) / 100) : size.toFixed(digits);
  return `${value < 0 ? '-' : '+'}${text}`;
}

const daemonSet = 'kubernetes:apps/v1:DaemonSet';
const controllers = ['kubernetes:apps/v1:StatefulSet', 'kubernetes:apps/v1:Deployment', daemonSet];

/** What one side of a change needs; NaN for what the preview does not know. */
function needOf({ type, op, ...change }: Change, side: Side): Need {
  const spec = at(change[side], 'spec');
  if (type === claimType) {
    // Claims outlive their stack, so a deleted one costs as much as before.
    if (op === 'delete') return nothing;
    return { ...nothing, diskGB: quantity(at(spec, 'resources', 'requests', 'storage')) / 1e9 };
  }
  if (!controllers.includes(type) || spec === undefined) return nothing;
  const replicas = at(spec, 'replicas');
  const pod = listOf(at(spec, 'template', 'spec', 'containers'))
    .map((container) => at(container, 'resources'))
    .reduce<Need>(
      (sum, resources) =>
        plus(sum, {
          cores: cores(requested(resources, 'cpu')),
          memoryGiB: quantity(requested(resources, 'memory')) / 2 ** 30,
          diskGB: 0,
        }),
      nothing,
    );
  return plus(nothing, pod, typeof replicas === 'number' ? replicas : 1);
}

/** A container without a request requests its limit. */
const requested = (resources: unknown, name: string): unknown =>
  at(resources, 'requests', name) ?? at(resources, 'limits', name);

const quantity = (value: unknown): number =>
  value === undefined ? 0 : typeof value === 'string' ? bytesOf(value) : NaN;

/** `250m` is a quarter of a core. */
function cores(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value !== 'string') return NaN;
  const [, number, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(value) ?? [];
  return Number(number) / (milli === 'm' ? 1_000 : 1);
}
