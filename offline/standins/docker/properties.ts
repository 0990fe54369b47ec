import type { Property, Schema } from '../schema';

// Shorthands for the tables of inputs. All that replaces says so: the released provider marks each such property.
export const string: Property = { type: 'string' };
export const int: Property = { type: 'number' };
/** A size or an amount. */
export const amount: Property = { type: 'number', minimum: 0 };
export const bool: Property = { type: 'boolean', default: false };
export const strings: Property = { type: 'list', items: string };
export const stringMap: Property = { type: 'map' };

export const required = (property: Property): Property => ({ ...property, required: true });
export const replacing = (property: Property): Property => ({ ...property, replaces: true });
/** As the released provider has it: changing an element is an update, and one that does nothing. */
export const replacingByCount = (property: Property): Property => ({
  ...property,
  replaces: 'count',
});
export const computed = (property: Property): Property => ({ ...property, computed: true });
export const setOf = (members: Schema): Property => ({
  type: 'list',
  unordered: true,
  items: { type: 'object', members },
});
export const stringSet: Property = { ...strings, unordered: true };

export const labelSet: Property = setOf({ label: required(string), value: required(string) });
