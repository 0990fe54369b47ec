import { dockerContainer } from '../../policy/containers';
import { canonical, type Change, compare, type Inputs, listOf } from './change';

/** A resource that the program declared in a run without an engine. */
export interface DeclaredResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Inputs;
}

/**
 * The difference between two versions of the program. No provider is asked: a changed container
 * counts as a replacement, as with the Docker provider, and any other change as an update.
 */
export function changesBetween(
  before: readonly DeclaredResource[],
  after: readonly DeclaredResource[],
): Change[] {
  const byName = (resources: readonly DeclaredResource[]): ReadonlyMap<string, DeclaredResource> =>
    new Map(resources.map((resource) => [`${resource.type} ${resource.name}`, resource]));
  const { added, removed, kept } = compare(byName(before), byName(after));
  return [
    ...added.map(([, { type, name, inputs }]): Change => ({
      type,
      name,
      op: 'create',
      new: inputs,
    })),
    ...removed.map(([, { type, name, inputs }]): Change => ({
      type,
      name,
      op: 'delete',
      old: inputs,
    })),
    ...kept
      .filter(([, was, now]) => canonical(was.inputs) !== canonical(now.inputs))
      .map(([, was, { type, name, inputs }]): Change => {
        const replaced =
          type === dockerContainer ||
          (type === 'kubernetes:apps/v1:StatefulSet' && isReplaced(was.inputs, inputs));
        const op = replaced ? 'replace' : 'update';
        return { type, name, op, old: was.inputs, new: inputs };
      }),
  ];
}

/** A StatefulSet cannot change its Service or which volumes it has. Sizes belong to the claims. */
function isReplaced(was: Inputs, now: Inputs): boolean {
  const fixed = ({ spec }: Inputs): string => {
    const { serviceName, volumeClaimTemplates } = (spec ?? {}) as Inputs;
    const volumes = listOf(volumeClaimTemplates).map(
      ({ metadata }) => (metadata as Inputs | undefined)?.['name'],
    );
    return canonical([serviceName, volumes]);
  };
  return fixed(was) !== fixed(now);
}
