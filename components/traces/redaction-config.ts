import { plainSpan } from '../logs/redaction/plain-spans';
import {
  cached,
  closing,
  isOpen,
  maskingParts,
  opening,
  type TransformPart,
} from '../logs/redaction/otel';

/**
 * Parts of a record that may contain free text, as paths for the processor `transform`. The keys
 * must not look like names of secret fields, because the rules would redact their values.
 */
export interface RedactedRecord {
  readonly context: 'span' | 'spanevent' | 'log';
  readonly attributes: Readonly<Record<string, string>>;
  /** Additional text values. @default none */
  readonly texts?: Readonly<Record<string, string>>;
  /** Pattern of records, converted to a line, that need no check. @default none */
  readonly plain?: string;
  /** Attributes that all records of a scope share. @default none */
  readonly shared?: Readonly<Record<string, string>>;
}

/**
 * Attributes that several records share. They are redacted with the first record of each scope:
 * separate parts in the context `scope` would make the collector's start take a third longer.
 * Resources without a record are not redacted, because they are neither stored nor forwarded.
 */
const ofMany = { resource: 'resource.attributes', scope: 'scope.attributes' };

/**
 * All parts of a trace except attributes of span links, to which OTTL has no path. Jaeger does not
 * store them, and targets of `forwarding` get no links (forwarding/traces-config.ts).
 */
export const traceRecords: readonly RedactedRecord[] = [
  {
    context: 'span',
    attributes: { attributes: 'span.attributes' },
    texts: { name: 'span.name', status: 'span.status.message' },
    plain: plainSpan,
    shared: ofMany,
  },
  {
    context: 'spanevent',
    attributes: { attributes: 'spanevent.attributes' },
    texts: { name: 'spanevent.name' },
  },
];

/** Log lines that services send over OTLP. */
export const logRecords: readonly RedactedRecord[] = [
  {
    context: 'log',
    attributes: { attributes: 'log.attributes' },
    texts: { text: 'log.body' },
    shared: ofMany,
  },
];

/**
 * Set on a record that could not be redacted and whose text and attributes were therefore removed.
 */
export const redactionFailed = 'audifi.redaction_failed';

/** Attributes of a record while it is redacted. */
const attribute = (name: string): string => `attributes["audifi.${name}"]`;
/** The text that the rules change. */
const body = attribute('text');
/** What it was before, from the record and from the shared attributes. */
const [ownText, sharedText] = [attribute('own'), attribute('shared')];
/** Set on a scope once its first record carries the attributes of the scope and its resource. */
const taken = 'scope.attributes["audifi.taken"]';

const [line, ownLine, sharedLine] = [cached('line'), cached('own'), cached('shared')];
const first = cached('first');
const [after, own, shared] = [cached('after'), cached('own'), cached('shared')];
const [ownChanged, sharedChanged] = [cached('ownChanged'), cached('sharedChanged')];

const json = (parts: Readonly<Record<string, string>>): string =>
  `String({${Object.entries(parts)
    .map(([name, path]) => `"${name}": ${path}`)
    .join(', ')}})`;

/** Statements that drop the values of a record. */
const emptied = (
  { attributes, texts = {} }: Pick<RedactedRecord, 'attributes' | 'texts'>,
  where: string,
): readonly string[] => [
  ...Object.values(attributes).map(
    (path) => `set(${path}, {"${redactionFailed}": true}) where ${where}`,
  ),
  ...Object.values(texts).map((path) => `set(${path}, "") where ${where}`),
];

const readBack = (parts: Readonly<Record<string, string>>, from: string): readonly string[] =>
  Object.entries(parts).map(
    ([name, path]) => `set(${path}, ${from}["${name}"]) where ${from} != nil`,
  );

const withoutBaggage = (paths: Readonly<Record<string, string>>, where = ''): readonly string[] =>
  Object.values(paths).map((path) => `delete_matching_keys(${path}, "^baggage\\\\.")${where}`);

/**
 * Parts of the processor `transform` that redact a record with the same rules as log lines.
 *
 * The record is converted to one line of JSON, so that the rules for field names also apply to keys
 * of attributes, lists and objects. The rules change this line, and the changed values are read
 * back. A record that cannot be converted is emptied. In a changed record, whole numbers become
 * floating-point numbers. See
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/transformprocessor
 */
export function recordParts(record: RedactedRecord): readonly TransformPart[] {
  const { context, attributes, texts = {}, plain, shared: others } = record;
  const parts = { ...attributes, ...texts };
  return [
    {
      context,
      statements: [
        ...withoutBaggage(attributes),
        `set(${line}, ${json(parts)})`,
        ...emptied(record, `${line} == nil`),
        `set(${line}, "{}") where ${line} == nil`,
        `set(${ownLine}, ${line})`,
        ...(others === undefined ? [] : taking(others)),
        ...opening(line, plain),
        ...[
          [body, line],
          [ownText, ownLine],
          ...(others === undefined ? [] : [[sharedText, sharedLine]]),
        ].map(([path, value]) => `set(${path}, ${value}) where ${isOpen}`),
      ],
    },
    ...maskingParts(context, body),
    {
      context,
      conditions: [isOpen],
      statements: [
        `set(${ownChanged}, true) where Index(${body}, ${ownText}) < 0`,
        `set(${sharedChanged}, true) where ${sharedText} != nil and Index(${body}, ${sharedText}) < 0`,
        `set(${after}, ParseJSON(${body})) where ${ownChanged} == true or ${sharedChanged} == true`,
        `set(${own}, ${after}) where ${ownChanged} == true and ${sharedText} == nil`,
        `set(${own}, ${after}["own"]) where ${ownChanged} == true and ${sharedText} != nil`,
        `set(${shared}, ${after}["shared"]) where ${sharedChanged} == true`,
        ...closing(['audifi.text', 'audifi.own', 'audifi.shared']),
        ...emptied(record, `${ownChanged} == true and ${own} == nil`),
        ...readBack(parts, own),
        ...(others === undefined
          ? []
          : [
              ...emptied({ attributes: others }, `${sharedChanged} == true and ${shared} == nil`),
              ...readBack(others, shared),
            ]),
      ],
    },
  ];
}

/** Statements that add shared attributes to the line of the first record of a scope. */
const taking = (others: Readonly<Record<string, string>>): readonly string[] => [
  `set(${first}, true) where ${taken} == nil`,
  ...withoutBaggage(others, ` where ${first} == true`),
  `set(${sharedLine}, ${json(others)}) where ${first} == true`,
  ...emptied({ attributes: others }, `${first} == true and ${sharedLine} == nil`),
  `set(${taken}, true) where ${first} == true`,
  `set(${line}, Concat(["{\\"own\\":", ${line}, ",\\"shared\\":", ${sharedLine}, "}"], "")) where ${sharedLine} != nil`,
];

/** The processor `transform` that redacts the records of a signal. */
export const redaction = (
  signal: 'trace_statements' | 'log_statements',
  records: readonly RedactedRecord[],
): object => ({
  error_mode: 'silent',
  [signal]: [
    ...records.flatMap(recordParts),
    { context: 'scope', statements: [`delete_key(scope.attributes, "audifi.taken")`] },
  ],
});
