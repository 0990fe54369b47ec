import {
  commonAttributes,
  connectingSpans,
  exceptionAttributes,
  keyTraces,
  placeholders,
  type SpanSpec,
} from '../../telemetry';
import { type Difference, some } from './difference';

/** A span as Jaeger stores it. */
export interface StoredSpan {
  readonly service: string;
  readonly name: string;
  /** `server`, `client`, … */
  readonly kind: string;
  readonly attributes: readonly string[];
  /** Attributes of its events. */
  readonly eventAttributes: readonly string[];
}

const specs: readonly SpanSpec[] = [...Object.values(keyTraces).flat(), ...connectingSpans];

/** Attributes that OpenTelemetry and Jaeger themselves add. */
const added =
  /^(otel\.|span\.kind$|error$|internal\.|w3c\.tracestate$|sampler\.|event$|telemetry\.)/;

/** Differences between the spans of AudiFi's services and the contract. */
export function spanDifferences(spans: readonly StoredSpan[]): Difference[] {
  if (spans.length === 0) return [unseen('no span of AudiFi was stored')];
  const counted = new Map<string, string[]>();
  const note = (text: string, { service }: StoredSpan): void => {
    counted.set(text, [...(counted.get(text) ?? []), service]);
  };
  const seen = new Map<SpanSpec, Set<string>>();
  for (const span of spans) {
    const fitting = specs.filter((spec) => spec.kind === span.kind && fits(spec, span.name));
    if (fitting.length === 0) {
      note(`span ${span.name} (${span.kind}) is not in the contract`, span);
      continue;
    }
    const allowed = new Set<string>([
      ...commonAttributes,
      ...fitting.flatMap(({ attributes }) => attributes),
    ]);
    for (const attribute of span.attributes) {
      if (!allowed.has(attribute) && !added.test(attribute)) {
        note(`attribute ${attribute} on span ${titleOf(fitting)} is not in the contract`, span);
      }
    }
    for (const attribute of span.eventAttributes) {
      if (
        !(exceptionAttributes as readonly string[]).includes(attribute) &&
        !added.test(attribute)
      ) {
        note(
          `attribute ${attribute} of an event on span ${titleOf(fitting)} is not in the contract`,
          span,
        );
      }
    }
    for (const spec of fitting) {
      const known = seen.get(spec) ?? new Set();
      for (const attribute of span.attributes) known.add(attribute);
      seen.set(spec, known);
    }
  }
  return [
    ...[...counted].map(([text, services]) =>
      broken(`${text} (${some(services)}; ${services.length} ×)`),
    ),
    ...notSeen(seen).map(unseen),
  ];
}

function notSeen(seen: ReadonlyMap<SpanSpec, ReadonlySet<string>>): string[] {
  return specs.flatMap((spec) => {
    const attributes = seen.get(spec);
    if (attributes === undefined) return [`no span ${spec.name} (${spec.kind})`];
    const missing = spec.attributes.filter((attribute) => !attributes.has(attribute));
    return missing.map((attribute) => `${attribute} is missing on every span ${spec.name}`);
  });
}

const titleOf = (fitting: readonly SpanSpec[]): string => fitting[0]?.name ?? '';

const broken = (text: string): Difference => ({ signal: 'spans', kind: 'broken', text });
const unseen = (text: string): Difference => ({ signal: 'spans', kind: 'unseen', text });

const patterns = new Map<SpanSpec, RegExp>();

/** Whether a name is that of the specification, with its placeholders filled in. */
function fits(spec: SpanSpec, name: string): boolean {
  let pattern = patterns.get(spec);
  if (pattern === undefined) {
    const source = spec.name
      .split(/(\{\w+\})/)
      .map((part) => (/^\{\w+\}$/.test(part) ? valuesOf(part.slice(1, -1)) : escaped(part)))
      .join('');
    pattern = new RegExp(`^${source}$`);
    patterns.set(spec, pattern);
  }
  return pattern.test(name);
}

function valuesOf(placeholder: string): string {
  const values: string | readonly string[] = placeholders[placeholder as keyof typeof placeholders];
  return typeof values === 'string' ? '\\S+' : `(?:${values.map(escaped).join('|')})`;
}

const escaped = (text: string): string => text.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&');
