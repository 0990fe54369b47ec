import type { ContainerLogs } from '../workload';
import {
  blankEntry,
  entryWaitSeconds,
  type Heads,
  headsOf,
  jsonEntry,
  jsonLine,
  maxEntryLines,
  openEntry,
} from './heads-config';
import {
  levelFields,
  levelGroup,
  levelPattern,
  levels,
  textLevel,
  textLevelGroups,
} from './levels-config';
import { type NameArgs, serviceInName, serviceInPod } from './names-config';
import { maxLineBytes, maxPieces, pieceBase64 } from './pieces-config';
import { postgresCsv, postgresLine, postgresTime } from './postgres-config';
import {
  type LogFormat,
  type LogSource,
  parseErrorField,
  podField,
  podLogFile,
  redisLine,
  redisMarks,
  unknownLevel,
} from './sources';
import {
  believedNewerSeconds,
  believedOlderSeconds,
  numericTime,
  redisLayout,
  rfc3339Nano,
  timeFields,
  writtenTime,
} from './times-config';

/** An operator of the receiver `filelog`. https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/pkg/stanza/docs/operators */
export type Operator = Readonly<Record<string, unknown>>;

const path = 'attributes["log.file.path"]';
const quiet = { on_error: 'send_quiet' } as const;
const gotime = (layout: string): object => ({ layout_type: 'gotime', layout });

const set = (field: string, expression: string, condition?: string): Operator => ({
  type: 'add',
  field,
  value: `EXPR(${expression})`,
  ...(condition === undefined ? {} : { if: condition }),
  ...quiet,
});

const regex = (pattern: string, from: string, condition?: string): Operator => ({
  type: 'regex_parser',
  parse_from: from,
  regex: pattern,
  ...(condition === undefined ? {} : { if: condition }),
  ...quiet,
});

const time = (from: string, layout: object, condition = `${from} != nil`): Operator => ({
  type: 'time_parser',
  parse_from: from,
  if: condition,
  ...layout,
  ...quiet,
});

/** File and stream of it: what is joined comes from the same. */
const origin = 'attributes.origin';
const present = (name: string): string => `(attributes.${name} ?? "") != ""`;

/**
 * Lines of the engine's files become the lines that programs wrote: whole, with the engine's time and their container's
 * name.
 */
export function unwrappingOperators(format: ContainerLogs['format']): readonly Operator[] {
  return [
    ...(format === 'cri' ? [regex(criLine, 'body')] : [dockerLine]),
    time('attributes.time', gotime(rfc3339Nano)),
    set(origin, `${path} + " " + (attributes.stream ?? "")`),
    {
      type: 'recombine',
      if: 'attributes.log != nil',
      combine_field: 'attributes.log',
      combine_with: '',
      is_last_entry: format === 'cri' ? 'attributes.flags != "P"' : dockerLast,
      source_identifier: origin,
      overwrite_with: 'oldest',
      max_batch_size: maxPieces,
      max_sources: 1_000,
      force_flush_period: '5s',
    },
    set('body', 'trimSuffix(trimSuffix(attributes.log, "\\n"), "\\r")', 'attributes.log != nil'),
    set('body', `body[0:${maxLineBytes}]`, `len(body) > ${maxLineBytes}`),
    ...(format === 'cri'
      ? [
          regex(podLogFile, path),
          set('resource["container"]', 'attributes.container ?? ""'),
          set('resource["namespace"]', 'attributes.namespace ?? ""'),
        ]
      : [
          regex('/(?P<file>[0-9a-f]{12})[0-9a-f]*/[^/]+$', path),
          set('attributes.tag', dockerTag),
          set('resource["container"]', 'attributes.tag ?? attributes.file ?? ""'),
        ]),
  ];
}

const criLine = '^(?P<time>\\S+) (?P<stream>stdout|stderr) (?P<flags>\\S+) (?P<log>(?s:.*))$';
const dockerLine: Operator = { type: 'json_parser', parse_to: 'attributes', ...quiet };
/** The last piece ends with a line feed; what a program wrote last may have none, but is shorter than a piece. */
const dockerLast = `attributes.log endsWith "\\n" or len(toBase64(attributes.log)) < ${pieceBase64}`;

/** Log option `tag`, else the labels that Swarm and Compose give a container (log option `labels`). */
const dockerTag =
  'let a = attributes.attrs ?? {}; let s = a["com.docker.compose.service"]; ' +
  'a.tag ?? a["com.docker.swarm.service.name"] ?? ' +
  '(s == nil ? nil : (a["com.docker.compose.project"] ?? "unknown") + "_" + s)';

/** Label `job` from the container's name. */
export function namingOperators(
  format: ContainerLogs['format'],
  args: NameArgs,
): readonly Operator[] {
  const jobs = Object.fromEntries(
    args.sources.flatMap(({ job, containers }) => containers.map((name) => [name, job])),
  );
  const found =
    format === 'cri'
      ? [
          set(
            'attributes.name',
            '(attributes.namespace ?? "") + "_" + (attributes.container ?? "")',
          ),
          regex(serviceInPod(args), 'attributes.name'),
        ]
      : [
          regex(serviceInName(args), 'attributes.tag', 'attributes.tag != nil'),
          set('resource["container"]', 'attributes.container', present('container')),
        ];
  return [
    ...found,
    set(
      'resource["job"]',
      `${present('service')} ? (${table(jobs)}[attributes.service] ?? attributes.service) : ` +
        `replace(${present('foreign')} ? attributes.foreign : (${present('other')} ? attributes.other : "unnamed"), "_", "-")`,
    ),
  ];
}

/** Lines of text that are one entry are joined; the entry has the engine's time of its first line. */
export function joiningOperators(sources: readonly LogSource[]): readonly Operator[] {
  const special = sources.filter(({ format }) => format === 'postgres' || format === 'redis');
  const plain = headsOf({ format: 'text' });
  return [
    set('attributes.text', `not (body matches ${text(jsonLine)})`),
    ...special.flatMap((source) => {
      const heads = headsOf(source);
      return heads === undefined ? [] : joined(`resource["job"] == ${text(source.job)}`, heads);
    }),
    ...(plain === undefined
      ? []
      : joined(`not (resource["job"] in ${list(special.map(({ job }) => job))})`, plain)),
    { type: 'filter', expr: `attributes.text and body matches ${text(blankEntry)}` },
  ];
}

function joined(
  jobs: string,
  { pattern, continuing, words = [], beginning = [] }: Heads,
): readonly Operator[] {
  const condition = `attributes.text and ${jobs}`;
  const any = (names: readonly string[]): string => names.map(present).join(' or ');
  const follows = words.length === 0 ? '' : `(attributes.level ?? "") in ${list(words)} or `;
  const otherwise = beginning.length === 0 ? 'body == ""' : `not (${any(beginning)})`;
  const goesOn = `${any(continuing)} or ${follows}${otherwise}`;
  const recombine = {
    type: 'recombine',
    if: condition,
    combine_field: 'body',
    source_identifier: origin,
    overwrite_with: 'oldest',
    max_batch_size: maxEntryLines,
    max_log_size: maxLineBytes,
    max_sources: 1_000,
    force_flush_period: `${entryWaitSeconds}s`,
  };
  return [
    regex(pattern, 'body', condition),
    { ...recombine, is_first_entry: `not (${goesOn})` },
    // What is first in line here waits for what the one before may still hold.
    {
      ...recombine,
      is_last_entry: `not (body matches ${text(openEntry)})`,
      force_flush_period: `${5 * entryWaitSeconds}s`,
    },
    regex('^(?P<trimmed>(?s:.*?))[\\r\\n]+$', 'body', `${condition} and body endsWith "\\n"`),
    set('body', 'attributes.trimmed', present('trimmed')),
  ];
}

/** Level and time of each line, in the same order for every source. */
export function parsingOperators(sources: readonly LogSource[]): readonly Operator[] {
  const of = (...formats: readonly LogFormat[]): string =>
    `resource["job"] in ${list(sources.filter(({ format }) => formats.includes(format)).map(({ job }) => job))}`;
  const json = 'attributes.parsed != nil';
  const words = 'attributes.json == false';
  return [
    set('attributes.json', `body matches ${text(jsonEntry)}`),
    { type: 'json_parser', parse_to: 'attributes.parsed', if: 'attributes.json', ...quiet },
    set('attributes.level', first(levelFields), json),
    set('attributes.ts', first(timeFields.map((field) => [field])), json),
    ...sources
      .filter(({ format }) => format === 'postgres')
      .flatMap(({ job, prefix }) => {
        const condition = `${words} and resource["job"] == ${text(job)}`;
        return [
          regex(postgresCsv, 'body', condition),
          regex(postgresLine(prefix), 'body', condition),
          regex(postgresTime, 'body', condition),
        ];
      }),
    regex(redisLine, 'body', `${words} and ${of('redis')}`),
    regex(
      textLevel,
      'body',
      `${words} and not (${of('redis')}) and not (${of('postgres')} and body contains ":  ")`,
    ),
    set('attributes.level', wordOfText, `${words} and attributes.crash != nil`),
    ...timing,
    set('attributes.word', 'string(attributes.level)', 'attributes.level != nil'),
    regex(levelPattern, 'attributes.word', 'attributes.word != nil'),
    set('resource["level"]', level(of('caddy'))),
    ...problem(of, json),
    // Everything else of what was read above is in the line, and not masked here.
    { type: 'retain', fields: [parseErrorField, podField].map((field) => `attributes.${field}`) },
  ];
}

/** The first of the fields that is there. */
function first(paths: readonly (readonly string[])[]): string {
  const values = paths.map(([field = '', inner]) => {
    const value = `p[${text(field)}]`;
    return inner === undefined
      ? value
      : `(type(${value}) == "map" ? ${value}[${text(inner)}] : nil)`;
  });
  const [one = ''] = values;
  return `let p = attributes.parsed; ${one} != nil and ${one} != "" ? ${one} : find([${values.join(', ')}], # != nil and # != "")`;
}

const wordOfText = `${present('crash')} ? "error" : ${textLevelGroups.reduceRight(
  (rest, group) => `(${present(group)} ? attributes.${group} : ${rest})`,
  '(attributes.level ?? "")',
)}`;

/** The line's time where it is believed, else the engine's. */
const timing: readonly Operator[] = [
  set('attributes.engine', 'timestamp'),
  set(
    'attributes.epoch',
    'let n = float(attributes.ts); n / (n < 1e11 ? 1 : (n < 1e14 ? 1e3 : (n < 1e17 ? 1e6 : 1e9)))',
    `attributes.ts != nil and (type(attributes.ts) in ["float", "int"] or (type(attributes.ts) == "string" and attributes.ts matches ${text(numericTime)}))`,
  ),
  time(
    'attributes.epoch',
    { layout_type: 'epoch', layout: 's.us' },
    'attributes.epoch != nil and attributes.epoch >= 1e9 and attributes.epoch < 1e10',
  ),
  regex(
    writtenTime,
    'attributes.ts',
    'attributes.epoch == nil and type(attributes.ts) == "string"',
  ),
  set(
    'attributes.written',
    'attributes.t_date + "T" + attributes.t_clock + "." + (attributes.t_frac == "" ? "0" : attributes.t_frac) + ' +
      '(attributes.t_hours == "" ? "Z" : attributes.t_hours + ":" + (attributes.t_minutes == "" ? "00" : attributes.t_minutes))',
    'attributes.t_date != nil',
  ),
  time('attributes.written', gotime(rfc3339Nano)),
  time(
    'attributes.ts',
    { ...gotime(`${redisLayout}.000`), location: 'UTC' },
    'attributes.mark != nil',
  ),
  time(
    'attributes.engine',
    { layout_type: 'native' },
    'let s = timestamp.Sub(attributes.engine).Seconds(); ' +
      `s < -${believedOlderSeconds} or s > ${believedNewerSeconds}`,
  ),
];

/** Caddy's requests are `info`, whoever was at fault, and `error` where the server was. */
function level(caddy: string): string {
  const named = levels.reduceRight(
    (rest, name) => `(${present(levelGroup(name))} ? ${text(name)} : ${rest})`,
    `(${table(redisMarks)}[attributes.mark ?? ""] ?? ${text(unknownLevel)})`,
  );
  const status = 'attributes.parsed.status';
  return (
    `attributes.parsed != nil and ${caddy} and type(${status}) == "float" and ${status} >= 100 ` +
    `and attributes.parsed.logger != "http.log.error" ? (${status} >= 500 ? "error" : "info") : ${named}`
  );
}

/** What keeps a line from being read as its source writes. */
function problem(
  of: (...formats: readonly LogFormat[]) => string,
  json: string,
): readonly Operator[] {
  const field = `attributes.${parseErrorField}`;
  const missing = 'not (attributes.level != nil and attributes.level != "")';
  return [
    set(field, '"json"', `${of('json', 'caddy')} and not (${json})`),
    set(field, '"level"', `${of('json')} and ${json} and ${missing}`),
    set(
      field,
      '"postgres"',
      `${of('postgres')} and not (${levels.map((name) => present(levelGroup(name))).join(' or ')})`,
    ),
    set(field, '"redis"', `${of('redis')} and ${missing} and attributes.mark == nil`),
  ];
}

/** A text as both expression languages write it. */
export function text(value: string): string {
  return JSON.stringify(value);
}

const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;

function table(values: Readonly<Record<string, string>>): string {
  return `{${Object.entries(values)
    .map(([key, value]) => `${text(key)}: ${text(value)}`)
    .join(', ')}}`;
}
