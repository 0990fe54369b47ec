import { maskingStatements } from '../logs/redaction-otel';

/** What of a record may hold text that people wrote: paths of the processor `transform` by names of no secret field. */
export interface RedactedRecord {
  readonly context: 'scope' | 'span' | 'spanevent' | 'log';
  readonly attributes: Readonly<Record<string, string>>;
  /** Texts beside them. @default none */
  readonly texts?: Readonly<Record<string, string>>;
}

/** A resource is looked at with each scope of it: statements for it alone would make the configuration a third longer. */
const scope: RedactedRecord = {
  context: 'scope',
  attributes: { resource: 'resource.attributes', scope: 'scope.attributes' },
};

/** Everything in a trace but attributes of links: OTTL has no path to them, and Jaeger does not store them. */
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

/** Lines that services send by OTLP. */
export const logRecords: readonly RedactedRecord[] = [
  scope,
  { context: 'log', attributes: { attributes: 'log.attributes' }, texts: { text: 'log.body' } },
];

/** Set where a record could not be redacted, and therefore lost everything that may hold a secret. */
export const redactionFailed = 'audifi.redaction_failed';

/**
 * A value that lives as long as the record is processed. Without the name of the context in front, which the collector
 * adds, the statements of every context are the same texts: the configuration has each of them once.
 */
const cache = (name: string): string => `cache["${name}"]`;

/**
 * Statements of the processor `transform` that mask in a record what the log agents mask in a line, by the same table.
 *
 * The record is written as one line of JSON, so that the rules for names of fields see the keys of the attributes, lists
 * and objects in them as well; all rules change that line; and what has changed is read back. A record that
 * cannot be written or read back is emptied. In a changed record whole numbers become floating-point ones.
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

/** The processor `transform` that redacts records of a signal. */
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
