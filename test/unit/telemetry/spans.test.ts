import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Attribute,
  attributes,
  connectingSpans,
  keyTraces,
  logFields,
  type SpanName,
  type SpanSpec,
} from '../../../telemetry';

const specs: readonly SpanSpec[] = [...Object.values(keyTraces).flat(), ...connectingSpans];
const conventions = new Set<unknown>();

beforeAll(async () => {
  // A variable path, because the compiler cannot resolve packages with several entry points.
  const name: string = '@opentelemetry/semantic-conventions/incubating';
  const exported = (await import(name)) as Record<string, unknown>;
  for (const [key, value] of Object.entries(exported)) {
    if (key.startsWith('ATTR_')) conventions.add(value);
  }
});

/** Attributes without a name in OpenTelemetry. */
const own: readonly Attribute[] = [
  ...(['requestId', 'track.id', 'exemplar', 'cache.key', 'stripe.event.type'] as const),
  ...(['websocket.message.type', 'websocket.recipients', 'blockchain.network'] as const),
  'studio.peak_connections',
];

describe('the contract of spans', () => {
  it('uses the names of the conventions if they exist', () => {
    const unknown = Object.keys(attributes).filter((name) => !conventions.has(name));
    expect(unknown.sort()).toEqual([...own].sort());
  });

  it('names the request ID as in logs', () => {
    expect(Object.keys(logFields)).toContain('requestId' satisfies Attribute);
  });

  it('uses every attribute, and every span name once per kind', () => {
    const used = new Set(specs.flatMap((spec) => spec.attributes));
    const common: readonly Attribute[] = ['error.type', 'exemplar'];
    expect([...used, ...common].sort()).toEqual(Object.keys(attributes).sort());
    const names = specs.map(({ kind, name }) => `${kind} ${name}`);
    expect(names).toEqual([...new Set(names)]);
  });

  it('compiles only with its own names', () => {
    const good: SpanName[] = [
      'GET /v1/tracks/:id',
      'SELECT tracks',
      'handler getTrack',
      'eth_call',
    ];
    // @ts-expect-error no such span
    good.push('getTrack');
    // @ts-expect-error no such message
    good.push('ws.receive shout');
    // @ts-expect-error no such method of a node
    good.push('eth_sendTransaction');
    expect(good).toHaveLength(7);
  });
});
