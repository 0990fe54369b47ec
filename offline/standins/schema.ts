import { canonical, hasUnknown, isRecord, UNKNOWN, type Value, type Values } from './values';

/** What one input may be, and what a change of it means. */
export interface Property {
  readonly type: 'string' | 'number' | 'boolean' | 'list' | 'map' | 'object';
  /** Elements of a list, as a property without a change rule of its own. A map's values are strings. */
  readonly items?: Property;
  /** Members of an object. */
  readonly members?: Schema;
  readonly required?: boolean;
  /** The order of a list's elements means nothing. */
  readonly unordered?: boolean;
  /**
   * A change replaces the resource; otherwise it is updated in place. `count`: only a change of the number of elements
   * does, as the released provider forgets to say so of the elements' members.
   */
  readonly replaces?: boolean | 'count';
  /** What leaving it out means: the same as writing this. */
  readonly default?: Value;
  /** Values that it may have. */
  readonly pattern?: RegExp;
  readonly minimum?: number;
  /** Left out, it stays what it is, so taking it out of the program changes nothing. */
  readonly computed?: boolean;
  /** Compared with what the daemon made of it, not with what was written: writing it in another form is a change. */
  readonly observed?: boolean;
}

export type Schema = Readonly<Record<string, Property>>;

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** Keys that the engine and the released providers keep beside the inputs. */
const isInternal = (key: string): boolean => key.startsWith('__');

/** Every fault of `values` against `schema`, each with the path of the property that has it. */
export function check(schema: Schema, values: Values, path = ''): Failure[] {
  const failures: Failure[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (isInternal(key)) continue;
    const property = schema[key];
    if (property === undefined) {
      failures.push({
        property: path + key,
        reason: `unknown property; the stand-in knows ${Object.keys(schema).sort().join(', ')}`,
      });
    } else {
      failures.push(...checkValue(property, value, path + key));
    }
  }
  for (const [key, property] of Object.entries(schema)) {
    if (property.required && (values[key] === undefined || values[key] === null)) {
      failures.push({ property: path + key, reason: 'missing required property' });
    }
  }
  return failures;
}

function checkValue(property: Property, value: Value, path: string): Failure[] {
  if (value === UNKNOWN || value === null) return [];
  const wrong = (expected: string): Failure[] => [
    { property: path, reason: `must be ${expected}, is ${describe(value)}` },
  ];
  switch (property.type) {
    case 'list':
      if (!Array.isArray(value)) return wrong('a list');
      return value.flatMap((item, i) =>
        property.items ? checkValue(property.items, item as Value, `${path}[${i}]`) : [],
      );
    case 'object':
      if (!isRecord(value)) return wrong('an object');
      return check(property.members ?? {}, value, `${path}.`);
    case 'map':
      if (!isRecord(value)) return wrong('a map of strings');
      return Object.entries(value).flatMap(([key, item]) =>
        checkValue({ type: 'string' }, item, `${path}.${key}`),
      );
    default:
      if (typeof value !== property.type) return wrong(`a ${property.type}`);
      if (property.type === 'number' && !Number.isInteger(value)) return wrong('a whole number');
      if (property.minimum !== undefined && Number(value) < property.minimum) {
        return wrong(`${property.minimum} or more`);
      }
      if (property.pattern && !property.pattern.test(value as string)) {
        return wrong(`like ${property.pattern.source}`);
      }
      return [];
  }
}

/** Names the kind of a value, not the value: it may be a secret. */
const describe = (value: Value): string =>
  Array.isArray(value) ? 'a list' : isRecord(value) ? 'an object' : `a ${typeof value}`;

/** Properties whose value changes from `olds` to `news`. An unknown value counts as a change. */
export function changes(schema: Schema, olds: Values, news: Values): string[] {
  return Object.entries(schema)
    .filter(([key, property]) => {
      const next = filled(property, olds[key], news[key]);
      return hasUnknown(next) || comparable(property, olds[key]) !== comparable(property, next);
    })
    .map(([key]) => key);
}

/** The new value, with what it leaves to the daemon taken from the old one. */
function filled(property: Property, old: Value | undefined, next: Value | undefined): Value {
  if (next === undefined || next === null) return (property.computed ? old : next) ?? null;
  if (Array.isArray(next) && Array.isArray(old) && !property.unordered && property.items) {
    const { items } = property;
    return next.map((item: Value, i) => filled(items, old[i] as Value, item));
  }
  if (isRecord(next) && isRecord(old) && property.members) {
    const members = Object.entries(property.members);
    return Object.fromEntries(members.map(([key, m]) => [key, filled(m, old[key], next[key])]));
  }
  return next;
}

/** Whether going from `old` to `next`, which differ, needs a new resource. */
export function forcesReplacement(
  property: Property,
  old: Value | undefined,
  next: Value | undefined,
): boolean {
  if (property.replaces !== 'count') return property.replaces === true;
  const count = (value: Value | undefined): number =>
    Array.isArray(value) ? value.length : value === undefined || value === null ? 0 : 1;
  return count(old) !== count(next);
}

/** A text that is equal for two values that mean the same to this property. */
export function comparable(property: Property, value: Value | undefined): string {
  const given = value ?? property.default ?? null;
  if (property.type === 'list' && (given === null || Array.isArray(given))) {
    const items = (given ?? []).map((item: Value) =>
      property.items ? comparable(property.items, item) : canonical(item),
    );
    return `[${(property.unordered ? items.sort() : items).join(',')}]`;
  }
  if (property.type === 'object' && (given === null || isRecord(given)) && property.members) {
    if (given === null) return 'null';
    const members = Object.entries(property.members);
    return `{${members.map(([key, member]) => `${key}:${comparable(member, given[key])}`).join(',')}}`;
  }
  if (property.type === 'map' && given === null) return '{}';
  return canonical(given);
}
