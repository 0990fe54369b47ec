import { canonical, hasUnknown, isRecord, UNKNOWN, type Value, type Values } from './values';

/** What an input may be, and the effect of a change. */
export interface Property {
  readonly type: 'string' | 'number' | 'boolean' | 'list' | 'map' | 'object';
  /**
   * Elements of a list, as a property without a change rule of its own. The values of a map are
   * strings.
   */
  readonly items?: Property;
  /** Members of an object. */
  readonly members?: Schema;
  readonly required?: boolean;
  /** Whether the order of a list's elements is irrelevant. */
  readonly unordered?: boolean;
  /**
   * Whether a change replaces the resource. Otherwise it is updated in place. `count`: only a
   * change of the number of elements does, because the released provider does not mark the members
   * of the elements.
   */
  readonly replaces?: boolean | 'count';
  /** Value of an omitted input: the same as writing this. */
  readonly default?: Value;
  /** Pattern for allowed values. */
  readonly pattern?: RegExp;
  readonly minimum?: number;
  /**
   * If omitted, the value stays as it is. So removing the input from the program changes nothing.
   */
  readonly computed?: boolean;
  /**
   * Whether it is compared with the daemon's value instead of the last input. So a different
   * notation is a change.
   */
  readonly observed?: boolean;
}

export type Schema = Readonly<Record<string, Property>>;

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** Keys that the engine and the released providers store with the inputs. */
const isInternal = (key: string): boolean => key.startsWith('__');

/** All errors of `values` against `schema`, each with the path of its property. */
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

/** Describes the type of a value but never the value, which may be a secret. */
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

/** The new value. Parts that it leaves to the daemon come from the old value. */
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

/** Whether a change from `old` to `next` requires a new resource. */
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

/** A string that is equal for two values with the same meaning for this property. */
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
