import { jsonLine } from './heads-config';
import {
  levelFields,
  levelGroup,
  levelPattern,
  levels,
  severityPattern,
  textLevel,
  textLevelGroups,
} from './levels-config';
import {
  gotime,
  list,
  type Operator,
  present,
  quiet,
  regex,
  set,
  table,
  text,
  time,
} from './otel-operator-config';
import { postgresCsv, postgresLine, postgresTime } from './postgres-config';
import {
  type LogFormat,
  type LogSource,
  parseErrorField,
  podField,
  redisLine,
  redisMarks,
  redisStart,
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

/** Sets level and time of each line, in the same order for every source. */
export function parsingOperators(sources: readonly LogSource[]): readonly Operator[] {
  const of = (...formats: readonly LogFormat[]): string =>
    `resource["job"] in ${list(sources.filter(({ format }) => formats.includes(format)).map(({ job }) => job))}`;
  const json = 'attributes.parsed != nil';
  const words = 'attributes.json == false';
  return [
    set('attributes.json', `body matches ${text(jsonLine)}`),
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
      `${words} and not (${of('redis')} and body matches ${text(redisStart)}) and not (${of('postgres')} and body contains ":  ")`,
    ),
    set('attributes.level', wordOfText, `${words} and attributes.crash != nil`),
    ...timing,
    set('attributes.word', 'string(attributes.level)', 'attributes.level != nil'),
    regex(levelPattern, 'attributes.word', 'attributes.word != nil'),
    regex(severityPattern, 'attributes.word', `attributes.word != nil and ${of('postgres')}`),
    set('resource["level"]', level(of('caddy'))),
    ...problem(of, json),
    // Removes all other parsed fields. They are still in the line, and the parsed copies would not
    // be redacted.
    { type: 'retain', fields: [parseErrorField, podField].map((field) => `attributes.${field}`) },
  ];
}

/** An expression for the first existing field. */
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

/** Uses the time in the line if it is plausible, and otherwise the engine's timestamp. */
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

/** Requests of Caddy are `error` if the server caused the failure (5xx), and `info` otherwise. */
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

/** Explains why a line does not match the format of its source. */
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
      `${of('postgres')} and not (${json} and not (${missing})) and not (${levels.map((name) => present(levelGroup(name))).join(' or ')})`,
    ),
    set(field, '"redis"', `${of('redis')} and ${missing} and attributes.mark == nil`),
  ];
}
