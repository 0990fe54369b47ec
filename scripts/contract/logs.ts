import { type LogField, logFields, logLevels } from '../../telemetry';
import { labels as streamLabels, metadataFields, podField } from '../../components/logs/sources';
import { type Difference, some } from './difference';

/** A line as Loki returns it: stream labels and structured metadata in one group. */
export interface StoredLine {
  readonly labels: Readonly<Record<string, string>>;
  readonly line: string;
}

const fields: Readonly<Record<string, LogField>> = logFields;
const allowedLabels: readonly string[] = [
  ...streamLabels,
  ...Object.values(metadataFields),
  podField,
];

/** Differences between lines of one of AudiFi's services and the contract. */
export function logDifferences(job: string, lines: readonly StoredLine[]): Difference[] {
  if (lines.length === 0) return [unseen(`no line of ${job} was stored`)];
  const problems = new Map<string, number>();
  const strangeLevels = new Set<string>();
  const count = (text: string): void => {
    problems.set(text, (problems.get(text) ?? 0) + 1);
  };
  for (const { labels, line } of lines) {
    for (const label of Object.keys(labels)) {
      if (!allowedLabels.includes(label)) count(`label ${label} (${job}) is not in the contract`);
    }
    const record = parsed(line);
    if (record === undefined) {
      count(`lines of ${job} are not JSON objects`);
      continue;
    }
    for (const text of ofLine(record, labels)) count(`${text} (${job})`);
    const { level } = record;
    if (typeof level === 'string' && !Object.hasOwn(logLevels, level)) strangeLevels.add(level);
  }
  if (strangeLevels.size > 0) {
    count(`field level has values that are not allowed: ${some([...strangeLevels])} (${job})`);
  }
  return [...problems].map(([text, times]) => broken(`${text}, ${times} of ${lines.length} lines`));
}

const broken = (text: string): Difference => ({ signal: 'logs', kind: 'broken', text });
const unseen = (text: string): Difference => ({ signal: 'logs', kind: 'unseen', text });

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function ofLine(
  record: Readonly<Record<string, unknown>>,
  labels: Readonly<Record<string, string>>,
): string[] {
  const texts: string[] = [];
  for (const [name, { required, type, metadata }] of Object.entries(fields)) {
    const value = record[name];
    if (value === undefined) {
      if (required === true) texts.push(`field ${name} is missing`);
      continue;
    }
    if (!isOf(type, value)) texts.push(`field ${name} is not ${nouns[type]}`);
    if (metadata !== undefined && labels[metadata] === undefined) {
      texts.push(`structured metadata ${metadata} is missing, although field ${name} is set`);
    }
  }
  const extra = Object.keys(record).filter((name) => !Object.hasOwn(fields, name));
  return [...texts, ...extra.map((name) => `field ${name} is not in the contract`)];
}

const nouns: Readonly<Record<LogField['type'], string>> = {
  text: 'a text',
  integer: 'a whole number',
  number: 'a number',
  object: 'an object',
};

function isOf(type: LogField['type'], value: unknown): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
  }
}
