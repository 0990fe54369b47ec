import type { Property, Schema } from '../schema';

// Helpers for the tables of inputs. Inputs that cause a replacement are marked, as in the released
// provider.
export const string: Property = { type: 'string' };
export const int: Property = { type: 'number' };
/** A size or an amount. */
export const amount: Property = { type: 'number', minimum: 0 };
export const bool: Property = { type: 'boolean', default: false };
export const strings: Property = { type: 'list', items: string };
export const stringMap: Property = { type: 'map' };

export const required = (property: Property): Property => ({ ...property, required: true });
export const replacing = (property: Property): Property => ({ ...property, replaces: true });
/** As in the released provider: a change of an element is an update without an effect. */
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
