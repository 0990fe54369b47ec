/**
 * An operator of the receiver `filelog`. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/pkg/stanza/docs/operators
 */
export type Operator = Readonly<Record<string, unknown>>;

export const path = 'attributes["log.file.path"]';
export const quiet = { on_error: 'send_quiet' } as const;
export const gotime = (layout: string): object => ({ layout_type: 'gotime', layout });

export const set = (field: string, expression: string, condition?: string): Operator => ({
  type: 'add',
  field,
  value: `EXPR(${expression})`,
  ...(condition === undefined ? {} : { if: condition }),
  ...quiet,
});

export const regex = (pattern: string, from: string, condition?: string): Operator => ({
  type: 'regex_parser',
  parse_from: from,
  regex: pattern,
  ...(condition === undefined ? {} : { if: condition }),
  ...quiet,
});

export const time = (from: string, layout: object, condition = `${from} != nil`): Operator => ({
  type: 'time_parser',
  parse_from: from,
  if: condition,
  ...layout,
  ...quiet,
});

/** File and stream of a line. Only lines with the same origin are joined. */
export const origin = 'attributes.origin';
export const present = (name: string): string => `(attributes.${name} ?? "") != ""`;

/** Quotes a string. The syntax is the same in both expression languages. */
export function text(value: string): string {
  return JSON.stringify(value);
}

export const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;

export function table(values: Readonly<Record<string, string>>): string {
  return `{${Object.entries(values)
    .map(([key, value]) => `${text(key)}: ${text(value)}`)
    .join(', ')}}`;
}
