import { maskingStatements } from '../logs/redaction/otel';

/**
 * Parts of a record that may contain free text, as paths for the processor `transform`. The keys
 * must not look like names of secret fields, because the rules would redact their values.
 */
export interface RedactedRecord {
  readonly context: 'scope' | 'span' | 'spanevent' | 'log';
  readonly attributes: Readonly<Record<string, string>>;
  /** Additional text values. @default none */
  readonly texts?: Readonly<Record<string, string>>;
}

/**
 * A resource is processed again with each of its scopes. Separate statements for the resource would
 * make the configuration a third longer.
 */
const scope: RedactedRecord = {
  context: 'scope',
  attributes: { resource: 'resource.attributes', scope: 'scope.attributes' },
};

/**
 * All parts of a trace except attributes of span links, to which OTTL has no path. Jaeger does not
 * store them, and targets of `forwarding` get no links (forwarding/traces-config.ts).
 */
export const traceRecords: readonly RedactedRecord[] = [
  scope,
  {
    context: 'span',
    attributes: { attributes: 'span.attributes' },
    texts: { name: 'span.name', status: 'span.status.message' },
  },
  {
    context: 'spanevent',
    attributes: { attributes: 'spanevent.attributes' },
    texts: { name: 'spanevent.name' },
  },
];

/** Log lines that services send by OTLP. */
export const logRecords: readonly RedactedRecord[] = [
  scope,
  { context: 'log', attributes: { attributes: 'log.attributes' }, texts: { text: 'log.body' } },
];

/**
 * Set on a record that could not be redacted and whose text and attributes were therefore removed.
 */
export const redactionFailed = 'audifi.redaction_failed';

/**
 * A temporary value of one record. The path has no context prefix, which the collector adds. So the
 * statements are the same in every context, and the configuration contains each only once.
 */
const cache = (name: string): string => `cache["${name}"]`;

/**
 * Statements of the processor `transform` that redact a record with the same rules as log lines.
 *
 * The record is converted to one line of JSON, so that the rules for field names also apply to keys
 * of attributes, lists and objects. The rules change this line, and the changed values are read
 * back. A record that cannot be converted is emptied. In a changed record, whole numbers become
 * floating-point numbers. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/transformprocessor
 */
export function redactingStatements(record: RedactedRecord): readonly string[] {
  const { attributes, texts = {} } = record;
  const [before, line, after] = [cache('before'), cache('line'), cache('after')];
  const parts = Object.entries({ ...attributes, ...texts });
  const changed = `${line} != ${before}`;
  const emptied = [
    ...Object.keys(attributes).map((name) => `"${name}": {"${redactionFailed}": true}`),
    ...Object.keys(texts).map((name) => `"${name}": ""`),
  ];
  return [
    ...Object.values(attributes).map((path) => `delete_matching_keys(${path}, "^baggage\\\\.")`),
    `set(${before}, String({${parts.map(([name, path]) => `"${name}": ${path}`).join(', ')}}))`,
    `set(${line}, ${before})`,
    ...maskingStatements({ body: line, line: cache('folded'), cache }),
    `set(${after}, ParseJSON(${line})) where ${changed}`,
    `set(${after}, {${emptied.join(', ')}}) where ${before} == nil or (${changed} and ${after} == nil)`,
    ...parts.map(([name, path]) => `set(${path}, ${after}["${name}"]) where ${after} != nil`),
  ];
}

/** The processor `transform` that redacts the records of a signal. */
export const redaction = (
  signal: 'trace_statements' | 'log_statements',
  records: readonly RedactedRecord[],
): object => ({
  error_mode: 'silent',
  [signal]: records.map((record) => ({
    context: record.context,
    statements: redactingStatements(record),
  })),
});
