import {
  type Label,
  labelledSessions,
  type Metric,
  otherSessions,
  seriesOfHistogram,
} from '../../../telemetry';

export type Labels = Readonly<Record<string, string>>;

const list = <T>(count: number, of: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => of(i));

/** Values of open labels, as many as in a large production. */
const openValues: Readonly<Record<string, readonly string[]>> = {
  path: list(60, (i) => `/v1/things-${i}/:id`),
  table: list(20, (i) => `table_${i}`),
  session_id: [...list(labelledSessions, (i) => `session-${i}`), otherSessions],
  relname: list(200, (i) => `table_${i}`),
  queryid: list(200, (i) => `${-4_000_000_000_000_000_000 + i * 1e15}`),
  container: list(40, (i) => `container-${i}`),
  pod: list(40, (i) => `pod-${i}`),
  namespace: list(40, (i) => (i < 30 ? 'audifi' : 'monitoring')),
  cpu: list(16, (i) => `${i}`),
  cmd: list(60, (i) => `command${i}`),
  collector: list(40, (i) => `collector${i}`),
  device: list(8, (i) => `device${i}`),
  datname: list(4, (i) => `database${i}`),
  endpoint: list(12, (i) => `endpoint_${i}`),
  handler: ['subroute', 'headers', 'static_response', ...list(47, (i) => `/api/route-${i}`)],
  code: ['200', '201', '204', '301', '304', '400', '401', '403', '404', '429', '500', '502'],
  status_code: ['200', '400'],
  method: ['GET', 'POST', 'PUT', 'DELETE'],
  route: [
    ...['loki_api_v1_push', 'otlp_v1_logs', 'loki_api_v1_query', 'loki_api_v1_query_range'],
    ...list(26, (i) => `route_${i}`),
  ],
  version: ['1.4.2'],
  server: ['postgres:5432'],
};

/** Labels that vary independently. The other open labels of a metric describe the same object. */
const independent = new Set(['code', 'method', 'handler', 'status_code', 'cpu', 'table', 'path']);

/** Values of closed labels that occur daily. */
const usual: Readonly<Record<string, readonly string[]>> = {
  status: ['200', '201', '204', '304', '400', '401', '404', '500'],
  method: ['GET', 'POST'],
};

/**
 * Label combinations of a metric in one target, within its budget: the product of the independent
 * labels, while labels that describe one object (a container by id, name and image) vary together.
 * Pure.
 */
export function labelSets(name: string, metric: Metric): Labels[] {
  const choices = Object.entries(metric.labels)
    // The scrape job sets the label of the check.
    .filter(([label]) => label !== 'check')
    .map(([label, values]) => ({
      label,
      values: isClosed(values) ? everyDay(label, values) : valuesFor(name, label),
      alone: isClosed(values) || (independent.has(label) && !isTotal(name, label)),
    }));
  const things = choices.filter(({ alone }) => !alone);
  const many = Math.max(1, ...things.map(({ values }) => values.length));
  const described = list(many, (i) =>
    Object.fromEntries(things.map(({ label, values }) => [label, values[i % values.length] ?? ''])),
  );
  const sets = choices
    .filter(({ alone }) => alone)
    .reduce<Labels[]>(
      (all, { label, values }) => values.flatMap((v) => all.map((set) => ({ ...set, [label]: v }))),
      described,
    );
  const each = metric.type === 'histogram' ? seriesOfHistogram(metric.buckets ?? []) : 1;
  return sets.slice(0, Math.max(1, Math.floor(metric.budget / each)));
}

const isClosed = (values: Label): values is readonly string[] => Array.isArray(values);

/** cAdvisor reports CPU usage per container, not per core. */
const isTotal = (name: string, label: string): boolean =>
  label === 'cpu' && name.startsWith('container_');

function valuesFor(name: string, label: string): readonly string[] {
  if (isTotal(name, label)) return ['total'];
  if (label === 'handler' && name.startsWith('caddy_'))
    return openValues['handler']?.slice(0, 3) ?? [];
  return openValues[label] ?? list(3, (i) => `${label}-${i}`);
}

function everyDay(label: string, values: readonly string[]): readonly string[] {
  const some = usual[label]?.filter((value) => values.includes(value)) ?? [];
  return some.length === 0 ? values : some;
}
