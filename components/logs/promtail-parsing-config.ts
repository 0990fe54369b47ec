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
import { postgresCsv, postgresLine, postgresTime } from './postgres-config';
import { jobList, match, quoted, regex, type Stage, template } from './promtail-stages-config';
import {
  type LogFormat,
  type LogSource,
  metadataFields,
  parseErrorField,
  redisLine,
  redisMarks,
  redisStart,
  unknownLevel,
} from './sources';
import { promtailTime, timeFields } from './times-config';

/**
 * Temporary label that explains why a line could not be parsed. An existing field counts, even if
 * it is empty.
 */
const problemLabel = '__problem';
/** Labels that are removed from every line. */
export const ownLabels = ['filename', 'stream', problemLabel] as const;

/** Sets level, time and metadata of each line, in the same order for every source. */
export function parsing(sources: readonly LogSource[]): readonly Stage[] {
  const text = (jobs: string, ...stages: readonly Stage[]): Stage =>
    match(`{${jobs}} !~ ${quoted(jsonLine)}`, ...stages);
  const of = (format: LogFormat): readonly LogSource[] =>
    sources.filter((source) => source.format === format);
  const special = [...of('postgres'), ...of('redis')];
  return [
    match(`{job=~".+"} |~ ${quoted(jsonLine)}`, json),
    ...of('postgres').map((source) =>
      text(
        `job=${quoted(source.job)}`,
        regex(postgresCsv),
        regex(postgresLine(source.prefix)),
        regex(postgresTime),
        match('{job=~".+"} !~ ":  "', ...levelOfText),
      ),
    ),
    ...(of('redis').length === 0
      ? []
      : [
          text(
            `job=~${quoted(jobList(of('redis')))}`,
            regex(redisLine),
            match(`{job=~".+"} !~ ${quoted(redisStart)}`, ...levelOfText),
          ),
        ]),
    text(`job!~${quoted(jobList(special))}`, ...levelOfText),
    regex(levelPattern, 'level'),
    ...of('postgres').map((source) =>
      match(`{job=${quoted(source.job)}}`, regex(severityPattern, 'level')),
    ),
    // One template does three things, because each template copies all extracted values first.
    template(
      'read',
      `${promtailTime}|${level(of('caddy'))}|{{ if not (and .ok .level) }}${problem(sources)}{{ end }}`,
    ),
    regex('^(?P<ts>[^|]*)\\|(?P<level>[a-z]+)\\|(?P<problem>[a-z]*)$', 'read'),
    // Otherwise the engine's timestamp stays, which is the same when the line is read again.
    { timestamp: { source: 'ts', format: 'RFC3339Nano', action_on_failure: 'skip' } },
    { labels: { level: '', [problemLabel]: 'problem' } },
    match(`{${problemLabel}!=""}`, template(parseErrorField, '{{ .problem }}')),
  ];
}

/** Quotes a name that is not an identifier in JMESPath. */
const jmesPath = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `"${name}"`);

const json: Stage = {
  json: {
    expressions: {
      ok: '`true`',
      level: levelFields.map((path) => path.map(jmesPath).join('.')).join(' || '),
      ts: timeFields.map(jmesPath).join(' || '),
      logger: 'logger',
      ...Object.fromEntries(Object.keys(metadataFields).map((field) => [field, field])),
      traceId: 'traceID || traceId',
    },
  },
};

const levelOfText: readonly Stage[] = [
  regex(textLevel),
  template(
    'level',
    `{{ if .crash }}error{{ else }}{{ or .level ${textLevelGroups.map((group) => `.${group}`).join(' ')} "" }}{{ end }}`,
  ),
];

/** Explains why a line does not match the format of its source, or returns nothing. */
function problem(sources: readonly LogSource[]): string {
  const jobs = (...of: readonly LogFormat[]): string =>
    sources
      .filter(({ format }) => of.includes(format))
      .map(({ job }) => quoted(job))
      .join(' ');
  const when = (list: string, test: string, text: string): string =>
    list === '' ? '' : `{{ if and (${test}) (eq .job ${list}) }}${text}{{ end }}`;
  return [
    when(jobs('json', 'caddy'), 'not .ok', 'json'),
    when(jobs('json'), 'and .ok (not .level)', 'level'),
    when(
      jobs('postgres'),
      `not (or ${levels.map((name) => `.${levelGroup(name)}`).join(' ')})`,
      'postgres',
    ),
    when(jobs('redis'), 'and (not .mark) (not .level)', 'redis'),
  ].join('');
}

/** Requests of Caddy are `error` if the server caused the failure (5xx), and `info` otherwise. */
function level(caddy: readonly LogSource[]): string {
  const named = levels.map((name) => `if .${levelGroup(name)} }}${name}{{ else `).join('');
  const marked = Object.entries(redisMarks).map(
    ([mark, name]) => `if eq (or .mark "") ${quoted(mark)} }}${name}{{ else `,
  );
  const requests =
    caddy.length === 0
      ? ''
      : `if and (eq .job ${caddy.map(({ job }) => quoted(job)).join(' ')}) (ge (int (or .status 0)) 100) (ne (or .logger "") "http.log.error") }}` +
        '{{ if ge (int .status) 500 }}error{{ else }}info{{ end }}{{ else ';
  const cases = `${requests}${named}${marked.join('')}`;
  return `{{ ${cases.replace(/\{\{ else $/, '')}{{ else }}${unknownLevel}{{ end }}`;
}
