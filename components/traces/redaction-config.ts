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
 * They are redacted together with the first record of each scope. Parts of their own, in the context
 * `scope`, would make the collector start half as fast again. Resources without a record are not
 * redacted, because they are neither stored nor forwarded.
 */
const shared = { resource: 'resource.attributes', scope: 'scope.attributes' };

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
    shared,
  },
  {
    context: 'spanevent',
    attributes: { attributes: 'spanevent.attributes' },
    texts: { name: 'spanevent.name' },
  },
];

/** Log lines that services send by OTLP. */
export const logRecords: readonly RedactedRecord[] = [
  {
    context: 'log',
    attributes: { attributes: 'log.attributes' },
    texts: { text: 'log.body' },
    shared,
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
/** The text before the rules. */
const original = attribute('original');
/** The part of it with the shared attributes. */
const sharedText = attribute('shared');

/** Set on a scope whose first record has its attributes and those of its resource. */
const taken = 'scope.attributes["audifi.taken"]';

const [line, sharedLine, first] = [cached('line'), cached('shared'), cached('first')];
/** What the rules have left. */
const [after, own, others] = [cached('after'), cached('own'), cached('others')];
const sharedChanged = cached('sharedChanged');

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
  const { context, attributes, texts = {}, plain, shared } = record;
  const parts = { ...attributes, ...texts };
  return [
    {
      context,
      statements: [
        ...withoutBaggage(attributes),
        `set(${line}, ${json(parts)})`,
        ...emptied(record, `${line} == nil`),
        ...(shared === undefined ? [] : taking(shared)),
        `set(${cached('original')}, ${line})`,
        ...opening(line, plain),
        `set(${original}, ${cached('original')}) where ${isOpen}`,
        `set(${body}, ${line}) where ${isOpen}`,
        ...(shared === undefined
          ? []
          : [`set(${sharedText}, ${sharedLine}) where ${isOpen} and ${sharedLine} != nil`]),
      ],
    },
    ...maskingParts(context, body),
    {
      context,
      conditions: [isOpen],
      statements: [
        `set(${cached('changed')}, true) where ${body} != ${original}`,
        `set(${after}, ParseJSON(${body})) where ${cached('changed')} == true`,
        `set(${own}, ${after}) where ${after} != nil and ${sharedText} == nil`,
        ...(shared === undefined ? [] : untaking()),
        ...closing(['audifi.text', 'audifi.original', 'audifi.shared']),
        ...emptied(record, `${cached('changed')} == true and ${own} == nil`),
        ...readBack(parts, own),
        ...(shared === undefined
          ? []
          : [
              ...emptied({ attributes: shared }, `${sharedChanged} == true and ${others} == nil`),
              ...readBack(shared, others),
            ]),
      ],
    },
  ];
}

/** Statements that add shared attributes to the line of the first record of a scope. */
const taking = (shared: Readonly<Record<string, string>>): readonly string[] => [
  `set(${first}, true) where ${taken} == nil`,
  ...withoutBaggage(shared, ` where ${first} == true`),
  `set(${sharedLine}, ${json(shared)}) where ${first} == true`,
  ...emptied({ attributes: shared }, `${first} == true and ${sharedLine} == nil`),
  `set(${taken}, true) where ${first} == true`,
  `set(${line}, "{}") where ${line} == nil`,
  `set(${line}, Concat(["{\\"own\\":", ${line}, ",\\"shared\\":", ${sharedLine}, "}"], "")) where ${sharedLine} != nil`,
];

/** Statements that take them from the changed line, if they have changed. */
const untaking = (): readonly string[] => [
  `set(${own}, ${after}["own"]) where ${sharedText} != nil`,
  `set(${sharedChanged}, true) where ${sharedText} != nil and Index(${body}, ${sharedText}) < 0`,
  `set(${others}, ${after}["shared"]) where ${sharedChanged} == true`,
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
