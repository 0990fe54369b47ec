import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Colour } from './looks';

/** Text and colour of each value. */
export const states = (
  words: Readonly<Record<number, { readonly text: string; readonly color: Colour }>>,
): ValueMapping[] => [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      Object.entries(words).map(([value, word], index) => [value, { ...word, index }]),
    ),
  },
];
