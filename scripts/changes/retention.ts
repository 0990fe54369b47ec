import { durationSeconds, sizeMiB } from '../../components/units';
import { dockerContainer } from '../../policy/containers';
import { at } from '../../policy/values';
import { type Change, claimType, compare, type Inputs, listOf, type Side } from './change';
import { configurationFiles } from './parsed';

/** How much of something is kept. */
interface Limit {
  /** As in the configuration, e.g. `15d`. */
  readonly text: string;
  /** What a smaller value means for the data that exist. @default nothing */
  readonly smaller?: string;
  /** What its removal means for the data that exist. @default nothing */
  readonly removed?: string;
}

const deletes = 'older data is deleted';

/**
 * Changes of how long metrics, logs and traces are kept, of the share of traces that is kept, of
 * stores, and of volumes.
 */
export function retentionLines(changes: readonly Change[]): string[] {
  const { added, removed, kept } = compare(limits(changes, 'old'), limits(changes, 'new'));
  return [
    ...added.map(([what, { text }]) => `+ ${what} ${text}`),
    ...removed.map(([what, { text, removed: then }]) =>
      then === undefined ? `- ${what} ${text}` : `- ${what} ${text}: ${then}`,
    ),
    ...kept
      .filter(([, was, now]) => was.text !== now.text)
      .map(([what, was, now]) => {
        const { smaller } = now;
        const loss = smaller !== undefined && isSmaller(was.text, now.text) ? `: ${smaller}` : '';
        return `~ ${what} ${was.text} → ${now.text}${loss}`;
      }),
    ...storeLines(changes),
    ...volumeLines(changes),
  ];
}

/** In Thanos, zero means without a limit. */
function isSmaller(was: string, now: string): boolean {
  const amount = (text: string): number =>
    /^0\D*$/.test(text) ? Infinity : (durationSeconds(text) ?? sizeMiB(text) ?? NaN);
  return amount(now) < amount(was);
}

function limits(changes: readonly Change[], side: Side): ReadonlyMap<string, Limit> {
  const found = new Map<string, Limit>();
  for (const change of changes) {
    for (const [container, args] of argumentsOf(change, side)) {
      for (const arg of args) {
        const [, flag = '', text = ''] =
          /^--((?:storage\.tsdb\.retention|retention\.resolution)[\w.-]*)=(.*)$/.exec(arg) ?? [];
        const name = `${container} ${flag.replace('storage.tsdb.', '')}`;
        if (flag !== '') found.set(name, { text, smaller: deletes });
      }
    }
    if (change.type === claimType) {
      const text = at(change[side], 'spec', 'resources', 'requests', 'storage');
      if (typeof text === 'string') {
        found.set(`volume ${instancesOf(change)}`, { text, removed: 'its data is kept' });
      }
    }
  }
  for (const { content } of configurationFiles(changes, side)) {
    const period = at(content, 'limits_config', 'retention_period');
    if (typeof period === 'string') found.set('logs', { text: period, smaller: deletes });
    for (const stream of listOf(at(content, 'limits_config', 'retention_stream'))) {
      found.set(`logs ${String(stream['selector'])}`, {
        ...{ text: String(stream['period']), smaller: deletes },
      });
    }
    for (const [, backend] of backendsOf(content)) {
      const limit = traceLimit(backend);
      if (limit !== undefined) found.set('traces', limit);
    }
    for (const [policy, share] of shares(content)) {
      found.set(`traces sampled (${policy})`, { text: `${share}%` });
    }
  }
  return found;
}

/** All instances have the same size. */
const instancesOf = ({ name }: Change): string => name.replace(/-\d+$/, '');

/** Storage backends of Jaeger: kind and settings. */
function backendsOf(content: Inputs): [kind: string, settings: unknown][] {
  const backends = at(content, 'extensions', 'jaeger_storage', 'backends');
  return Object.values((backends ?? {}) as Inputs).flatMap((backend) =>
    Object.entries((backend ?? {}) as Inputs),
  );
}

/**
 * Badger and Cassandra give each span its time when they store it, so stored spans keep theirs. The
 * others delete nothing, but Jaeger searches no further back.
 */
function traceLimit(settings: unknown): Limit | undefined {
  const stored = at(settings, 'ttl', 'spans') ?? at(settings, 'schema', 'trace_ttl');
  if (typeof stored === 'string') return { text: duration(stored) };
  const searched = at(settings, 'max_span_age');
  return typeof searched === 'string'
    ? { text: duration(searched), smaller: 'older traces are no longer found' }
    : undefined;
}

/** Percentages of the policies of the collector's tail sampling. */
function shares(content: Inputs): [policy: string, percentage: string][] {
  return listOf(at(content, 'processors', 'tail_sampling', 'policies')).flatMap((policy) =>
    [policy, ...listOf(at(policy, 'and', 'and_sub_policy'))].flatMap((part) => {
      const share = at(part, 'probabilistic', 'sampling_percentage');
      return typeof share === 'number'
        ? [[String(policy['name']), String(share)] as [string, string]]
        : [];
    }),
  );
}

/** Stores that are replaced. Nothing is copied to the new one. */
function storeLines(changes: readonly Change[]): string[] {
  return compare(stores(changes, 'old'), stores(changes, 'new'))
    .kept.filter(([, was, now]) => was !== now)
    .map(([what, was, now]) => `~ ${what} store ${was} → ${now}: starts empty`);
}

function stores(changes: readonly Change[], side: Side): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { content } of configurationFiles(changes, side)) {
    for (const { object_store: kind } of listOf(at(content, 'schema_config', 'configs'))) {
      const bucket = at(content, 'common', 'storage', String(kind), 'bucketnames');
      found.set('logs', typeof bucket === 'string' ? `${String(kind)} ${bucket}` : String(kind));
    }
    for (const [kind, settings] of backendsOf(content)) {
      const place =
        at(settings, 'indices', 'index_prefix') ?? at(settings, 'schema', 'keyspace') ?? '';
      found.set('traces', typeof place === 'string' ? `${kind} ${place}`.trim() : kind);
    }
  }
  return found;
}

/** Volumes that are removed or replaced. Both keep their data (policy `protected-volumes`). */
function volumeLines(changes: readonly Change[]): string[] {
  const named = changes.filter(({ type }) => type === dockerVolume || type === claimType);
  const lines = named.flatMap((change) => {
    const name = instancesOf(change);
    if (change.op === 'delete' && change.type === dockerVolume) {
      return [`- volume ${name}: its data is kept`];
    }
    const [was, now] = [placeOf(change.old), placeOf(change.new)];
    return was !== '' && now !== '' && was !== now
      ? [`~ volume ${name} ${was} → ${now}: starts empty; the old data is kept`]
      : [];
  });
  return [...new Set(lines)];
}

const dockerVolume = 'docker:index/volume:Volume';

/** What identifies a volume: a new one with the same name is the old one, with its data. */
function placeOf(inputs: Inputs | undefined): string {
  const parts = [at(inputs, 'metadata', 'namespace'), at(inputs, 'metadata', 'name')];
  return [...parts, inputs?.['name']].filter((part) => typeof part === 'string').join('/');
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
