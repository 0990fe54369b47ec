import { Struct } from 'google-protobuf/google/protobuf/struct_pb';

/**
 * A value that the engine does not know yet, because it depends on a resource that must be created
 * first.
 */
export const UNKNOWN: unique symbol = Symbol('unknown');

export type Value =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | readonly Value[]
  | { readonly [key: string]: Value };

export type Values = Readonly<Record<string, Value>>;

// How the engine encodes an unknown string, and marks special objects. Fixed parts of the protocol.
const unknownToken = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const specialKey = '4dabf18193072939515e22adb298388d';
const secretSignature = '1b47061264138c4ac30d75fd1eb44270';

/**
 * Properties of a request: plain values, and the names of the properties that contain a secret at
 * any depth.
 */
export interface Decoded {
  readonly values: Values;
  readonly secrets: ReadonlySet<string>;
}

/**
 * Decodes the properties of a message. Secrets are unwrapped, and the names of their properties are
 * returned separately.
 */
export function decode(struct: Struct | undefined): Decoded {
  const secrets = new Set<string>();
  const values: Record<string, Value> = {};
  for (const [key, value] of Object.entries(struct?.toJavaScript() ?? {})) {
    values[key] = unwrap(value as Value, () => secrets.add(key));
  }
  return { values, secrets };
}

function unwrap(value: Value, onSecret: () => void): Value {
  if (value === unknownToken) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item: Value) => unwrap(item, onSecret));
  if (!isRecord(value)) return value;
  if (value[specialKey] === secretSignature) {
    onSecret();
    return unwrap(value.value ?? null, onSecret);
  }
  if (value[specialKey] !== undefined)
    throw new Error('assets and resource references are not supported');
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, unwrap(v, onSecret)]));
}

/**
 * Encodes properties for a response. Those named in `secrets` stay secret in the state and in the
 * output.
 */
export function encode(values: Values, secrets: ReadonlySet<string> = new Set()): Struct {
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const written = wrap(value);
    plain[key] = secrets.has(key) ? { [specialKey]: secretSignature, value: written } : written;
  }
  return Struct.fromJavaScript(plain as Parameters<typeof Struct.fromJavaScript>[0]);
}

function wrap(value: Value | undefined): unknown {
  if (value === undefined) return null;
  if (value === UNKNOWN) return unknownToken;
  if (Array.isArray(value)) return value.map(wrap);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, wrap(v)]));
}

export function isRecord(value: Value | undefined): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isRecord(value) && Object.values(value).some(hasUnknown);
}

/** A string that is the same for equal values, regardless of the order of their keys. */
export function canonical(value: Value | undefined): string {
  if (value === UNKNOWN) return '<unknown>';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, v]) => v !== null && v !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`;
}
