import { dockerContainer } from '../../policy/containers';
import { encrypted } from '../../policy/values';

export type Inputs = Readonly<Record<string, unknown>>;

/** The change of one resource. */
export interface Change {
  /** Type token, e.g. `docker:index/container:Container`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly op: 'create' | 'update' | 'replace' | 'delete';
  /** Inputs of the deployed resource; undefined if it is created. */
  readonly old?: Inputs;
  /** Inputs in the program; undefined if it is deleted. */
  readonly new?: Inputs;
}

export const claimType = 'kubernetes:core/v1:PersistentVolumeClaim';
const configMap = 'kubernetes:core/v1:ConfigMap';

export type Side = 'old' | 'new';

/**
 * The files in a resource that are not secret, by path (on Kubernetes, by the key that is made from
 * the path).
 */
export function filesOf({ type, ...change }: Change, side: Side): ReadonlyMap<string, string> {
  const inputs = change[side];
  const files = new Map<string, string>();
  if (inputs === undefined) return files;
  const add = (name: unknown, content: unknown): void => {
    if (typeof name === 'string' && typeof content === 'string') files.set(name, content);
  };
  if (type === configMap) {
    for (const [key, content] of Object.entries(inputs['data'] ?? {})) add(key, content);
  } else if (type === dockerContainer) {
    for (const upload of listOf(inputs['uploads'])) add(upload['file'], upload['content']);
  }
  return files;
}

/** Whether the files of a resource are hidden, because one of them is a secret. */
export function hidesFiles({ type, ...change }: Change): boolean {
  return (
    type === dockerContainer &&
    (['old', 'new'] as const).some((side) => change[side]?.['uploads'] === encrypted)
  );
}

/** The maps in a list; an empty list for any other value. */
export function listOf(value: unknown): readonly Inputs[] {
  return Array.isArray(value)
    ? value.filter((item): item is Inputs => typeof item === 'object' && item !== null)
    : [];
}

/** A value as text, with sorted keys. */
export function canonical(value: unknown): string {
  // In a list, because `undefined` alone has no text.
  return JSON.stringify([value], (_, inner: unknown) => {
    if (typeof inner === 'symbol') return inner.description;
    return typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
      : inner;
  });
}

/** Splits keys into those on one side only and those on both. */
export function compare<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): { added: [string, T][]; removed: [string, T][]; kept: [string, T, T][] } {
  return {
    added: [...after].filter(([key]) => !before.has(key)),
    removed: [...before].filter(([key]) => !after.has(key)),
    kept: [...after].flatMap(([key, now]) => {
      const was = before.get(key);
      return was === undefined ? [] : [[key, was, now] as [string, T, T]];
    }),
  };
}
