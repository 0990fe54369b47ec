import type { PolicyResource } from './resource';
import { encrypted, notKnown } from './values';

/** A resource in the engine's event log. */
export interface ResourceState {
  readonly type: string;
  readonly urn: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The key of secrets and other special values in Pulumi's protocol and in a state. */
export const signature = '4dabf18193072939515e22adb298388d';

/** How an engine writes values that it does not know yet, by their types. */
const unknownValues = new Set([
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
]);

/**
 * A resource from the event log of a preview. Unlike a policy pack, the event log contains Pulumi's
 * resource options and shows which values are secret.
 */
export function fromEvent({
  type,
  urn,
  protect = false,
  retainOnDelete = false,
  inputs,
}: ResourceState): PolicyResource {
  return {
    ...{ type, urn, protect, retainOnDelete, marksSecrets: true },
    name: urn.slice(urn.lastIndexOf('::') + 2),
    props: unmarked(inputs) as PolicyResource['props'],
  };
}

/** Replaces the protocol's marks with the values that rules use. */
export function unmarked(value: unknown): unknown {
  if (typeof value === 'string') return unknownValues.has(value) ? notKnown : value;
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== 'object' || value === null) return value;
  if (signature in value) return encrypted;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unmarked(inner)]));
}
