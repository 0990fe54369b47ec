import { at } from '../../policy/values';
import { canonical, type Change, compare, type Inputs } from './change';

const objectType = /^pulumi-nodejs:dynamic\/betterStack:(Monitor|Heartbeat)$/;

/** Uptime monitors and heartbeats at Better Stack, which notify people if the stack cannot. */
export function monitorLines(changes: readonly Change[]): string[] {
  return changes.flatMap((change) => {
    const kind = objectType.exec(change.type)?.[1]?.toLowerCase();
    if (kind === undefined) return [];
    const [was, now] = [attributesOf(change.old), attributesOf(change.new)];
    const url = at(change.new ?? change.old, 'attributes', 'url');
    const title = `${kind} ${change.name}${typeof url === 'string' ? ` (${url})` : ''}`;
    if (change.new === undefined) return [`- ${title}`];
    if (change.old === undefined) return [`+ ${title}`];
    const { added, removed, kept } = compare(was, now);
    const differences = [
      ...kept.filter(([, before, after]) => before !== after),
      ...added.map(([key, after]) => [key, 'none', after]),
      ...removed.map(([key, before]) => [key, before, 'none']),
    ].map(([key, before, after]) => `${key} ${before} → ${after}`);
    return differences.length === 0 ? [] : [`~ ${kind} ${change.name}: ${differences.join('; ')}`];
  });
}

/** Attributes as texts. The rest is a token, or code that does not change the monitor. */
function attributesOf(inputs: Inputs | undefined): ReadonlyMap<string, string> {
  const attributes = (at(inputs, 'attributes') ?? {}) as Inputs;
  return new Map(
    Object.entries(attributes).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : canonical(value).slice(1, -1),
    ]),
  );
}
