import { at, type Change, claimType, compare, dockerContainer, listOf, type Side } from './change';
import { configurationFiles } from './parsed';

/**
 * Changes of retention times and sizes of metrics, logs and traces, and of volumes on Kubernetes.
 */
export function retentionLines(changes: readonly Change[]): string[] {
  const { added, removed, kept } = compare(limits(changes, 'old'), limits(changes, 'new'));
  return [
    ...added.map(([what, value]) => `+ ${what} ${value}`),
    ...removed.map(([what, value]) => `- ${what} ${value}`),
    ...kept
      .filter(([, was, now]) => was !== now)
      .map(([what, was, now]) => `~ ${what} ${was} → ${now}`),
  ];
}

function limits(changes: readonly Change[], side: Side): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const change of changes) {
    for (const [container, args] of argumentsOf(change, side)) {
      for (const arg of args) {
        const [, flag = '', value = ''] =
          /^--((?:storage\.tsdb\.retention|retention\.resolution)[\w.-]*)=(.*)$/.exec(arg) ?? [];
        if (flag !== '') found.set(`${container} ${flag.replace('storage.tsdb.', '')}`, value);
      }
    }
    if (change.type === claimType) {
      const size = at(change[side], 'spec', 'resources', 'requests', 'storage');
      // All instances have the same size.
      const name = change.name.replace(/-\d+$/, '');
      if (typeof size === 'string') found.set(`volume ${name}`, size);
    }
  }
  for (const { content } of configurationFiles(changes, side)) {
    const period = at(content, 'limits_config', 'retention_period');
    if (typeof period === 'string') found.set('logs', period);
    for (const stream of listOf(at(content, 'limits_config', 'retention_stream'))) {
      found.set(`logs ${String(stream['selector'])}`, String(stream['period']));
    }
    const backends = at(content, 'extensions', 'jaeger_storage', 'backends');
    for (const backend of Object.values(backends ?? {})) {
      const ttl = at(backend, 'badger', 'ttl', 'spans');
      if (typeof ttl === 'string') found.set('traces', duration(ttl));
    }
  }
  return found;
}

/** `604800s` is `7d`. */
function duration(text: string): string {
  const seconds = Number(/^(\d+)s$/.exec(text)?.[1] ?? NaN);
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  return seconds % 3_600 === 0 ? `${seconds / 3_600}h` : text;
}

/** Arguments of each container, by name. */
function argumentsOf({ type, name, ...change }: Change, side: Side): [string, string[]][] {
  const inputs = change[side];
  const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((arg) => typeof arg === 'string') : [];
  if (inputs === undefined) return [];
  if (type === dockerContainer) return [[name, texts(inputs['command'])]];
  return listOf(at(inputs, 'spec', 'template', 'spec', 'containers')).map((container) => [
    String(container['name']),
    texts(container['args']),
  ]);
}
