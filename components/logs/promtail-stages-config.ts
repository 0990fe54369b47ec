import type { ContainerLogs } from '../workload';
import {
  blankEntry,
  entryWaitSeconds,
  type Heads,
  headsOf,
  jsonEntry,
  jsonLine,
  maxEntryLines,
  mayBeOpen,
  openEntry,
} from './heads-config';
import {
  levelFields,
  levelGroup,
  levelPattern,
  levels,
  severityPattern,
  textLevel,
  textLevelGroups,
} from './levels-config';
import { foreignName, type NameArgs, serviceInName, serviceInPod, strangers } from './names-config';
import { maxLineBytes, pieceBytes } from './pieces-config';
import { postgresCsv, postgresLine, postgresTime } from './postgres-config';
import {
  literally,
  type LogFormat,
  type LogSource,
  metadataFields,
  parseErrorField,
  podLogFile,
  redisLine,
  redisMarks,
  unknownLevel,
} from './sources';
import { promtailTime, timeFields } from './times-config';

/**
 * A stage of a Promtail pipeline. See
 * https://grafana.com/docs/loki/latest/send-data/promtail/stages/
 */
export type Stage = Readonly<Record<string, unknown>>;

export const match = (selector: string, ...stages: readonly Stage[]): Stage => ({
  match: { selector, stages },
});

const template = (source: string, text: string): Stage => ({
  template: { source, template: text },
});
const output = (source: string): Stage => ({ output: { source } });
const regex = (expression: string, source?: string): Stage => ({
  regex: { ...(source === undefined ? {} : { source }), expression },
});

/** Joins lines with the flag `P` with the next line without it, per file and stream. */
const cri: Stage = {
  cri: {
    max_partial_lines: 1_000,
    max_partial_line_size: maxLineBytes,
    max_partial_line_size_truncate: true,
  },
};

/**
 * Restores the lines that programs wrote from the log files of the container engine: complete, with
 * the engine's timestamp and the container name. Docker's lines are converted to the CRI format,
 * because the stage `cri` joins the parts.
 */
export function unwrapping(format: ContainerLogs['format']): readonly Stage[] {
  if (format === 'cri') {
    return [cri, regex(podLogFile, 'filename'), { labels: { container: '', namespace: '' } }];
  }
  const whole = `or (hasSuffix "\\n" .log) (lt (len .log) ${pieceBytes})`;
  return [
    { json: { expressions: { log: 'log', time: 'time', stream: 'stream', tag: dockerTag } } },
    template(
      'line',
      '{{ if .log }}{{ or .time "-" }} {{ or .stream "stdout" }} ' +
        `{{ if ${whole} }}F{{ else }}P{{ end }} {{ TrimRight .log "\\r\\n" }}{{ end }}`,
    ),
    output('line'),
    cri,
    { labels: { container: 'tag' } },
    match('{container=""}', regex('/(?P<id>[0-9a-f]{12})[0-9a-f]*/[^/]+$', 'filename'), {
      labels: { container: 'id' },
    }),
  ];
}

/** The log option `tag`, or else the labels of Swarm and Compose (log option `labels`). */
const compose = 'com.docker.compose';
const dockerTag =
  'attrs.tag || attrs."com.docker.swarm.service.name" || ' +
  `(attrs."${compose}.service" && join('_', [attrs."${compose}.project" || 'unknown', attrs."${compose}.service"]))`;

/**
 * Sets the label `job` from the container name. A template is as expensive as ten other stages, so
 * only few lines pass through one.
 */
export function naming(format: ContainerLogs['format'], args: NameArgs): readonly Stage[] {
  const found =
    format === 'cri'
      ? [template('name', '{{ .namespace }}_{{ .container }}'), regex(serviceInPod(args), 'name')]
      : [regex(serviceInName(args), 'tag')];
  const job = { labels: { job: '' } };
  const renamed = args.sources.flatMap((source) => {
    const others = source.containers.filter((name) => name !== source.job);
    return others.length === 0
      ? []
      : [
          match(
            `{job=~${quoted(others.map(literally).join('|'))}}`,
            template('job', source.job),
            job,
          ),
        ];
  });
  return [
    ...found,
    { labels: { job: '', ...(format === 'cri' ? {} : { container: '' }) } },
    ...renamed,
    ...(format === 'cri' ? [] : foreign(args)),
    match(
      '{job=""}',
      template('job', '{{ Replace (or .foreign .other "unnamed") "_" "-" -1 }}'),
      job,
    ),
  ];
}

/** Names a service of another project with its project. */
function foreign(args: NameArgs): readonly Stage[] {
  const pattern = foreignName(args);
  if (pattern === undefined) return [];
  return [
    match(
      `{container=~${quoted(`(?:${strangers.join('|')})[-_].+`)}}`,
      regex(pattern, 'container'),
      template('job', '{{ Replace (or .foreign "unnamed") "_" "-" -1 }}'),
      { labels: { job: '' } },
    ),
  ];
}

/**
 * Temporary label that explains why a line could not be parsed. An existing field counts, even if
 * it is empty.
 */
const problemLabel = '__problem';
/** Labels that are removed from every line. */
export const ownLabels = ['filename', 'stream', problemLabel] as const;

/**
 * Separates the engine's timestamp from a line, and marks whether the line starts or continues an
 * entry.
 */
const begins = '\u001e';
const continues = '\u001f';

/**
 * Joins lines of text that form one entry. Each line carries the engine's timestamp through the
 * joining stages, so that the entry has the timestamp of its first line. The space in front
 * prevents the stage `cri` from parsing it.
 */
export function joining(sources: readonly LogSource[]): readonly Stage[] {
  const text = (jobs: string): string => `{${jobs}} !~ ${quoted(jsonLine)}`;
  const special = sources.filter(({ format }) => format === 'postgres' || format === 'redis');
  const others = `job!~${quoted(jobList(special))}`;
  const heads = (source: LogSource): readonly Stage[] => {
    const found = headsOf(source);
    return found === undefined ? [] : [match(text(`job=${quoted(source.job)}`), ...joined(found))];
  };
  const plain = headsOf({ format: 'text' });
  return [
    ...special.flatMap(heads),
    ...(plain === undefined ? [] : [match(text(others), ...joined(plain))]),
    {
      match: {
        selector: `{job=~".+"} |~ ${quoted(blankEntry)}`,
        action: 'drop',
        drop_counter_reason: 'blank',
      },
    },
  ];
}

function joined({
  pattern,
  continuing,
  words = [],
  beginning = [],
  open = false,
}: Heads): readonly Stage[] {
  const groups = (names: readonly string[]): string => names.map((name) => `.${name}`).join(' ');
  // Searching in one string is cheaper than a hundred comparisons.
  const follows =
    words.length === 0
      ? ''
      : `(contains (print "|" (or .level "") "|") ${quoted(`|${words.join('|')}|`)})`;
  const otherwise = beginning.length === 0 ? '(eq .Entry "")' : `(not (or ${groups(beginning)}))`;
  const goesOn = `or ${groups(continuing)} ${follows} ${otherwise}`;
  return [
    regex(pattern),
    template(
      'line',
      ` {{ .time }}{{ if ${goesOn} }}${continues}{{ else }}${begins}{{ end }}{{ .Entry }}`,
    ),
    output('line'),
    {
      multiline: {
        firstline: `^ [^${begins}${continues}]*${begins}`,
        max_wait_time: `${entryWaitSeconds}s`,
        max_lines: maxEntryLines,
      },
    },
    ...(open ? opened : []),
    regex(`^ (?P<time>[^${begins}${continues}]*)${mark}(?P<line>(?s:.*))$`),
    { timestamp: { source: 'time', format: 'RFC3339Nano', action_on_failure: 'skip' } },
    output('line'),
    match(
      `{job=~".+"} |~ ${quoted(mark)}`,
      template(
        'line',
        `{{ TrimRight (regexReplaceAll "\\n? [^\\n ${begins}${continues}]*${mark}" .Entry "\\n") "\\r\\n" }}`,
      ),
      output('line'),
    ),
  ];
}

const mark = `[${begins}${continues}]`;

/** An open exception waits for its continuation. */
const opened: readonly Stage[] = [
  match(
    `{job=~".+"} |~ ${quoted(`${mark}(?:${mayBeOpen.slice(1)})`)}`,
    regex(`^ [^${begins}${continues}]*${mark}(?P<open>(?s:.*))$`),
    template('open', `{{ regexReplaceAll "\\n [^\\n${begins}${continues}]*${mark}" .open "\\n" }}`),
    regex(`(?P<opened>${openEntry})`, 'open'),
    template('flags', '{{ if .opened }}P{{ else }}F{{ end }}'),
  ),
  // Without this, output of an earlier `cri` stage would replace the entry.
  template('content', '{{ "" }}'),
  cri,
];

/** Sets level, time and metadata of each line, in the same order for every source. */
export function parsing(sources: readonly LogSource[]): readonly Stage[] {
  const text = (jobs: string, ...stages: readonly Stage[]): Stage =>
    match(`{${jobs}} !~ ${quoted(jsonEntry)}`, ...stages);
  const of = (format: LogFormat): readonly LogSource[] =>
    sources.filter((source) => source.format === format);
  const special = [...of('postgres'), ...of('redis')];
  return [
    match(`{job=~".+"} |~ ${quoted(jsonEntry)}`, json),
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
      : [text(`job=~${quoted(jobList(of('redis')))}`, regex(redisLine))]),
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

const jobList = (sources: readonly LogSource[]): string =>
  sources.map(({ job }) => literally(job)).join('|');

/** Quotes a string for Go and LogQL. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
