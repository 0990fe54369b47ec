import { plainSpan } from '../logs/redaction/plain-spans';
import { closing, isOpen, maskingParts, opening, type TransformPart } from '../logs/redaction/otel';

/**
 * Parts of a record that may contain free text, as paths for the processor `transform`. The keys
 * must not look like names of secret fields, because the rules would redact their values.
 */
export interface RedactedRecord {
  readonly context: 'scope' | 'span' | 'spanevent' | 'log';
  readonly attributes: Readonly<Record<string, string>>;
  /** Additional text values. @default none */
  readonly texts?: Readonly<Record<string, string>>;
  /** Pattern of records, converted to a line, that need no check. @default none */
  readonly plain?: string;
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
    plain: plainSpan,
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
 * Paths without the prefix of a context, which the collector adds. So the statements are the same
 * in every context, and the configuration contains each only once.
 */
const place = {
  body: 'attributes["audifi.text"]',
  attributes: 'attributes',
  cache: (name: string): string => `cache["${name}"]`,
};
/** The text before the rules. */
const original = 'attributes["audifi.original"]';

/**
 * Parts of the processor `transform` that redact a record with the same rules as log lines.
 *
 * The record is converted to one line of JSON, so that the rules for field names also apply to keys
 * of attributes, lists and objects. The rules change this line, and the changed values are read
 * back. A record that cannot be converted is emptied. In a changed record, whole numbers become
 * floating-point numbers. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/transformprocessor
 */
export function redactingParts(record: RedactedRecord): readonly TransformPart[] {
  const { attributes, texts = {}, plain } = record;
  const [line, after] = [place.cache('line'), place.cache('after')];
  const parts = Object.entries({ ...attributes, ...texts });
  const emptied = [
    ...Object.keys(attributes).map((name) => `"${name}": {"${redactionFailed}": true}`),
    ...Object.keys(texts).map((name) => `"${name}": ""`),
  ];
  const empty = `set(${after}, {${emptied.join(', ')}})`;
  const readBack = parts.map(
    ([name, path]) => `set(${path}, ${after}["${name}"]) where ${after} != nil`,
  );
  const changed = `${place.body} != ${original}`;
  return [
    {
      conditions: [],
      statements: [
        ...Object.values(attributes).map(
          (path) => `delete_matching_keys(${path}, "^baggage\\\\.")`,
        ),
        `set(${line}, String({${parts.map(([name, path]) => `"${name}": ${path}`).join(', ')}}))`,
        `${empty} where ${line} == nil`,
        ...readBack,
        ...opening(place, line, plain),
        ...[place.body, original].map((path) => `set(${path}, ${line}) where ${isOpen(place)}`),
      ],
    },
    ...maskingParts(place),
    {
      conditions: [isOpen(place)],
      statements: [
        `set(${after}, ParseJSON(${place.body})) where ${changed}`,
        `${empty} where ${changed} and ${after} == nil`,
        ...closing(place, ['audifi.text', 'audifi.original']),
        ...readBack,
      ],
    },
  ];
}

/** The processor `transform` that redacts the records of a signal. */
export const redaction = (
  signal: 'trace_statements' | 'log_statements',
  records: readonly RedactedRecord[],
): object => ({
  error_mode: 'silent',
  [signal]: records.flatMap((record) =>
    redactingParts(record).map(({ conditions, statements }) => ({
      context: record.context,
      ...(conditions.length === 0 ? {} : { conditions }),
      statements,
    })),
  ),
});
