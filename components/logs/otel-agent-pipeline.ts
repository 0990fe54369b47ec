import type { ContainerLogs } from '../workload';
import {
  levelNames,
  levelNumbers,
  type LogFormat,
  logfmtLevel,
  type LogSource,
  metadataFields,
  parseErrorField,
  podField,
  podLogFile,
  postgresFirstLine,
  postgresLine,
  postgresSeverities,
  redisLine,
  redisMarks,
  serviceInName,
  unknownLevel,
} from './sources';

/** An operator of the receiver `filelog`. https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/pkg/stanza/docs/operators */
export type Operator = Readonly<Record<string, unknown>>;

const path = 'attributes["log.file.path"]';
const quiet = { on_error: 'send_quiet' } as const;
const rfc3339 = { layout_type: 'gotime', layout: '2006-01-02T15:04:05.999999999Z07:00' } as const;

const set = (field: string, expression: string, condition?: string): Operator => ({
  type: 'add',
  field,
  value: `EXPR(${expression})`,
  ...(condition === undefined ? {} : { if: condition }),
});

/** Lines of the engine's files become the lines that programs wrote, with their container's name. */
export function unwrappingOperators(format: ContainerLogs['format']): readonly Operator[] {
  if (format === 'cri') {
    return [
      { type: 'container', format: 'containerd', add_metadata_from_filepath: false },
      {
        type: 'regex_parser',
        parse_from: path,
        regex: podLogFile,
        ...quiet,
      },
      set('resource["container"]', 'attributes.container ?? ""'),
      set('resource["namespace"]', 'attributes.namespace ?? ""'),
    ];
  }
  return [
    { type: 'json_parser', parse_to: 'attributes', ...quiet },
    {
      type: 'time_parser',
      parse_from: 'attributes.time',
      if: 'attributes.time != nil',
      ...rfc3339,
      ...quiet,
    },
    // The engine parts long lines at 16 KiB; the last piece ends with a line feed.
    {
      type: 'recombine',
      if: 'attributes.log != nil',
      combine_field: 'attributes.log',
      combine_with: '',
      is_last_entry: 'attributes.log endsWith "\\n"',
      source_identifier: path,
      overwrite_with: 'oldest',
      max_log_size: 1_048_576,
      force_flush_period: '2s',
    },
    set('body', 'trimSuffix(attributes.log, "\\n")', 'attributes.log != nil'),
    {
      type: 'regex_parser',
      parse_from: path,
      regex: '/(?P<id>[0-9a-f]{12})[0-9a-f]*/[^/]+$',
      ...quiet,
    },
    set('resource["container"]', '(attributes.attrs ?? {}).tag ?? attributes.id ?? ""'),
  ];
}

/** Label `job` from the container's name. */
export function namingOperators(sources: readonly LogSource[], stack: string): readonly Operator[] {
  const jobs = Object.fromEntries(
    sources.flatMap(({ job, containers }) => containers.map((name) => [name, job])),
  );
  return [
    {
      type: 'regex_parser',
      parse_from: 'resource["container"]',
      regex: serviceInName(sources, stack),
      if: 'resource["container"] != (attributes.id ?? "-")',
      ...quiet,
    },
    set(
      'resource["job"]',
      `(attributes.service ?? "") != "" ? (${table(jobs)}[attributes.service] ?? attributes.service) : ((attributes.other ?? "") != "" ? attributes.other : "unnamed")`,
    ),
  ];
}

/** Level and time of each source's lines. */
export function parsingOperators(sources: readonly LogSource[]): readonly Operator[] {
  const of = (...formats: readonly LogFormat[]): string =>
    `resource["job"] in ${list(sources.filter(({ format }) => formats.includes(format)).map(({ job }) => job))}`;
  const other = `not (resource["job"] in ${list(sources.map(({ job }) => job))})`;
  const json = `attributes.parsed != nil`;
  const pattern = (condition: string, regex: string): Operator => ({
    type: 'regex_parser',
    regex,
    if: condition,
    ...quiet,
  });
  const time = (from: string, condition: string, layout: object): Operator => ({
    type: 'time_parser',
    parse_from: from,
    if: `${condition} and ${from} != nil`,
    ...layout,
    ...quiet,
  });
  return [
    {
      type: 'json_parser',
      parse_to: 'attributes.parsed',
      if: `(${of('json', 'caddy')} or ${other}) and body startsWith "{"`,
      ...quiet,
    },
    {
      type: 'recombine',
      if: of('postgres'),
      combine_field: 'body',
      is_first_entry: `body matches ${text(postgresFirstLine)}`,
      source_identifier: path,
      overwrite_with: 'oldest',
      max_batch_size: 512,
      force_flush_period: '1s',
    },
    pattern(of('postgres'), postgresLine),
    pattern(of('redis'), redisLine),
    pattern(`${of('text')} or ${other}`, logfmtLevel),
    time('attributes.parsed.timestamp', `${of('json')} and ${json}`, rfc3339),
    time(
      'attributes.parsed.time',
      `${of('json')} and ${json} and type(attributes.parsed.time) == "float"`,
      {
        layout_type: 'epoch',
        layout: 'ms',
      },
    ),
    time(
      'attributes.parsed.ts',
      `${of('caddy')} and ${json} and type(attributes.parsed.ts) == "float"`,
      {
        layout_type: 'epoch',
        layout: 's.us',
      },
    ),
    time('attributes.time', `${of('postgres')} and attributes.time endsWith "C"`, {
      layout_type: 'gotime',
      layout: '2006-01-02 15:04:05.999 MST',
    }),
    time('attributes.time', `${of('redis')} and attributes.level != nil`, {
      layout_type: 'gotime',
      layout: '02 Jan 2006 15:04:05.000',
    }),
    set(
      'resource["level"]',
      `${table(names)}[lower(string(attributes.level ?? ""))] ?? "${unknownLevel}"`,
      `${of('text')} or ${other}`,
    ),
    set(
      'resource["level"]',
      `${table(postgresSeverities)}[attributes.level ?? ""] ?? "${unknownLevel}"`,
      of('postgres'),
    ),
    set(
      'resource["level"]',
      `${table(redisMarks)}[attributes.level ?? ""] ?? "${unknownLevel}"`,
      of('redis'),
    ),
    set('resource["level"]', `"${unknownLevel}"`, of('json', 'caddy')),
    set(
      'resource["level"]',
      `${table(names)}[lower(string(attributes.parsed.level ?? attributes.parsed.severity ?? ""))] ?? resource["level"]`,
      json,
    ),
    set(
      'resource["level"]',
      'attributes.parsed.status >= 500 ? "error" : (attributes.parsed.status >= 400 ? "warn" : "info")',
      `${of('caddy')} and ${json} and type(attributes.parsed.status) == "float" and attributes.parsed.status >= 100`,
    ),
    set(
      `attributes.${parseErrorField}`,
      '"json"',
      `${of('json', 'caddy')} and attributes.parsed == nil`,
    ),
    set(
      `attributes.${parseErrorField}`,
      '"level"',
      `${of('json')} and ${json} and attributes.parsed.level == nil`,
    ),
    set(
      `attributes.${parseErrorField}`,
      'resource["job"]',
      `${of('postgres', 'redis')} and attributes.level == nil`,
    ),
    // Everything else of what was read above is in the line, and not masked here.
    { type: 'retain', fields: [parseErrorField, podField].map((field) => `attributes.${field}`) },
  ];
}

const names = {
  ...Object.fromEntries(
    Object.entries(levelNames).flatMap(([level, spellings]) =>
      spellings.map((name) => [name, level]),
    ),
  ),
  ...levelNumbers,
};

/** Statements of the processor `transform` that copy metadata from what is left of the line. */
export function metadataStatements(): readonly string[] {
  return [
    'set(log.cache["m"], ParseJSON(log.body)) where IsMatch(log.body, "^\\\\{")',
    ...Object.entries(metadataFields).map(
      ([field, name]) =>
        `set(log.attributes["${name}"], log.cache["m"]["${field}"]) where log.cache["m"] != nil and log.cache["m"]["${field}"] != nil`,
    ),
    'set(log.attributes["trace_id"], log.cache["m"]["traceID"]) where log.cache["m"] != nil and log.cache["m"]["traceID"] != nil',
  ];
}

/** A text as both expression languages write it. */
function text(value: string): string {
  return JSON.stringify(value);
}

const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;

function table(values: Readonly<Record<string, string>>): string {
  return `{${Object.entries(values)
    .map(([key, value]) => `${text(key)}: ${text(value)}`)
    .join(', ')}}`;
}
