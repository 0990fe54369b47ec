import { dockerContainer } from '../../policy/containers';
import { at } from '../../policy/values';
import { type Change, compare, type Inputs, listOf } from './change';
import { changedSecrets } from './secrets';

/** What decides how a container runs, by name. */
type Facts = ReadonlyMap<string, string>;

/**
 * Why a service restarts, as far as people compare it: images, limits and secrets. Files and
 * arguments have lines of their own, or none.
 */
export function causesOf(change: Change, changes: readonly Change[]): string[] {
  const { added, removed, kept } = compare(
    factsOf(change, change.old, 'old', changes),
    factsOf(change, change.new, 'new', changes),
  );
  return [
    ...kept.filter(([, was, now]) => was !== now).map((fact) => changed(...fact)),
    ...added.map(([what, now]) => changed(what, 'none', now)),
    ...removed.map(([what, was]) => changed(what, was, 'none')),
    ...(changedSecrets(changes).includes(change.name) ? ['another secret'] : []),
  ];
}

function changed(what: string, was: string, now: string): string {
  const [before, after] = what.endsWith('image') ? withoutRepository(was, now) : [was, now];
  return `${what} ${before} → ${after}`;
}

/** `v1 → v2`, if the repository is the same. */
function withoutRepository(was: string, now: string): readonly [string, string] {
  const parts = (image: string): readonly string[] => /^(.+):([^:/]+)$/.exec(image) ?? [];
  const [[, from, old], [, to, current]] = [parts(undigested(was)), parts(undigested(now))];
  return from !== undefined && from === to && old !== current && old && current
    ? [old, current]
    : [was, now];
}

const undigested = (image: string): string => image.replace(/@sha256:.*$/, '');

function factsOf(
  { type, name }: Change,
  inputs: Inputs | undefined,
  side: 'old' | 'new',
  changes: readonly Change[],
): Facts {
  if (inputs === undefined) return new Map();
  if (type === dockerContainer) {
    // A container refers to its image by the ID; the name is in another resource.
    const image = changes.find(
      (other) => other.type === imageType && other.name === `${name}-image`,
    );
    const { memory, cpus } = inputs;
    return known([
      ['image', image?.[side]?.['name']],
      ['memory', typeof memory === 'number' ? `${memory} MiB` : undefined],
      ['cpu', cpus],
    ]);
  }
  const containers = listOf(at(inputs, 'spec', 'template', 'spec', 'containers'));
  return known(
    containers.flatMap((container): [string, unknown][] => {
      const prefix = container['name'] === name ? '' : `${String(container['name'])} `;
      return [
        [`${prefix}image`, container['image']],
        [`${prefix}memory`, at(container, 'resources', 'limits', 'memory')],
        [`${prefix}cpu`, at(container, 'resources', 'limits', 'cpu')],
      ];
    }),
  );
}

const imageType = 'docker:index/remoteImage:RemoteImage';

const known = (facts: readonly (readonly [string, unknown])[]): Facts =>
  new Map(
    facts.flatMap(([what, value]) =>
      typeof value === 'string' ? [[what, value] as [string, string]] : [],
    ),
  );
