import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  appMetrics,
  appServices,
  attributes,
  baggageKeys,
  commonAttributes,
  connectingSpans,
  keyTraces,
  type Label,
  labelledSessions,
  logFields,
  logLevels,
  type Metric,
  otherSessions,
  type SpanSpec,
} from '../telemetry';
import { runMain } from './operator-error';
import { projectRoot } from './stack-files';

/**
 * `npm run docs`: writes docs/telemetry.md from telemetry/, the contract between AudiFi's services
 * and this stack.
 */

type Row = readonly string[];

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');
// A `|` would end the table cell.
const cell = (text: string): string => text.replaceAll('|', '\\|');

function labelText(name: string, label: Label): string {
  if ('max' in label) return `${code(name)}: ${label.what} (at most ${label.max})`;
  return label.length > 12
    ? `${code(name)}: ${codes(label.slice(0, 4))} … (${label.length} values)`
    : `${code(name)}: ${codes(label)}`;
}

function metricRow([name, metric]: [string, Metric]): Row {
  const labels = Object.entries(metric.labels).map(([label, values]) => labelText(label, values));
  const buckets = metric.buckets === undefined ? [] : [`buckets: ${metric.buckets.join(', ')}`];
  return [
    code(name),
    metric.type,
    metric.unit,
    cell(metric.help),
    cell([...labels, ...buckets].join('<br>')),
    String(metric.budget),
  ];
}

function metricSection(title: string, metrics: readonly [string, Metric][]): string {
  const head = ['metric', 'type', 'unit', 'description', 'labels', 'max. series'];
  return `### ${title}\n\n${table(head, metrics.map(metricRow))}`;
}

function metricSections(): string {
  const all: [string, Metric][] = Object.entries(appMetrics);
  const emitters = (metric: Metric): readonly string[] => metric.by ?? [];
  const groups = [...new Set(all.map(([, metric]) => emitters(metric).join(', ')))];
  return groups
    .map((group) => {
      const own = all.filter(([, metric]) => emitters(metric).join(', ') === group);
      const everyone = own[0]?.[1].by?.length === appServices.length;
      return metricSection(everyone ? 'Every service' : group, own);
    })
    .join('\n\n');
}

function logSection(): string {
  const levels = Object.entries(logLevels).map(([level, { use, retentionDays }]) => [
    code(level),
    use,
    `${retentionDays} days`,
  ]);
  const fields = Object.entries(logFields).map(([name, field]) => [
    code(name),
    field.type,
    field.required === true ? 'every line' : '',
    field.help,
    field.metadata === undefined ? '' : code(field.metadata),
  ]);
  return [
    table(['level', 'use', 'kept'], levels),
    table(['field', 'type', '', 'content', 'query in Loki'], fields),
  ].join('\n\n');
}

function traceSections(): string {
  const sections: [string, readonly SpanSpec[]][] = [
    ...Object.entries(keyTraces),
    ['Other spans', connectingSpans],
  ];
  return sections
    .map(([title, spans]) => {
      const rows = spans.map((span) => [
        code(span.name),
        span.kind,
        span.help,
        codes(span.attributes),
      ]);
      return `### ${title}\n\n${table(['span', 'kind', 'description', 'attributes'], rows)}`;
    })
    .join('\n\n');
}

/** Text of docs/telemetry.md. */
export function telemetryPage(): string {
  const used = Object.entries(attributes).map(([name, help]) => [code(name), help]);
  return `# Telemetry

<!-- Written by \`npm run docs\` from telemetry/. -->

The telemetry that AudiFi's services emit and that this stack relies on. \`telemetry/\` is the source: rules, dashboards and the reference application
use its types, so a name that is not listed here does not compile. A test compares these tables with what the application really emits.

## Metrics

Each service serves \`GET /metrics\`: \`api-server:9090\`, \`ws-server:9091\`, \`worker:9092\`. Counters with closed labels start at 0, because
Prometheus's \`increase()\` ignores a first sample of 1. A label value outside a closed list is counted under the list's catch-all value and never creates a new series.

\`session_id\` is bounded: each server labels the ${labelledSessions} sessions with the most connections and counts all others as \`${otherSessions}\`. When a session ends, its series are removed.

${metricSections()}

## Logs

One JSON object per line on standard output. E-mail addresses, wallets and phone numbers are masked. Passwords, tokens and card numbers are never logged.

${logSection()}

## Traces

OpenTelemetry, W3C trace context in HTTP headers and in messages; [docs/tracing.md](tracing.md) describes how to instrument a service. The tables list the four key traces,
parents before children, and the spans that continue them in another process. Every span may also have ${codes(commonAttributes)}.

${traceSections()}

### Attributes

${table(['attribute', 'values'], used)}

Baggage: ${codes(baggageKeys)}, between AudiFi's own services. All other entries are dropped.
`;
}

if (require.main === module) {
  runMain(async () => {
    writeFileSync(join(projectRoot, 'docs', 'telemetry.md'), telemetryPage());
  });
}
