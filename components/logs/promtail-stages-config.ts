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

/** A stage of a Promtail pipeline. https://grafana.com/docs/loki/latest/send-data/promtail/stages/ */
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

/** Joins lines whose flag is `P` with the next whose flag is not, for each file and each of its two streams. */
const cri: Stage = {
  cri: {
    max_partial_lines: 1_000,
    max_partial_line_size: maxLineBytes,
    max_partial_line_size_truncate: true,
  },
};

/**
 * Lines of the engine's files become the lines that programs wrote: whole, with the engine's time and their container's
 * name. Docker's are written as the CRI does, whose stage joins pieces.
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

/** Log option `tag`, else the labels that Swarm and Compose give a container (log option `labels`). */
const compose = 'com.docker.compose';
const dockerTag =
  'attrs.tag || attrs."com.docker.swarm.service.name" || ' +
  `(attrs."${compose}.service" && join('_', [attrs."${compose}.project" || 'unknown', attrs."${compose}.service"]))`;

/** Label `job` from the container's name. A template costs as much as ten other stages, so only few lines pass one. */
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

/** The service of a stranger's project is named with its project. */
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

/** What keeps a line from being read, as a label for a moment: a field that is there counts, also with nothing in it. */
const problemLabel = '__problem';
/** Labels that no line keeps. */
export const ownLabels = ['filename', 'stream', problemLabel] as const;

/** Between the engine's time and a line: it begins an entry, or continues one. */
const begins = '\u001e';
const continues = '\u001f';

/**
 * Lines of text that are one entry are joined. Each carries the engine's time through the stages that join, so that the entry
 * has that of its first line; the blank in front keeps the stage `cri` from reading it.
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
  // A text to look in costs less than a hundred comparisons.
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

/** What announces the rest of an exception waits for it. */
const opened: readonly Stage[] = [
  match(
    `{job=~".+"} |~ ${quoted(`${mark}(?:${mayBeOpen.slice(1)})`)}`,
    regex(`^ [^${begins}${continues}]*${mark}(?P<open>(?s:.*))$`),
    template('open', `{{ regexReplaceAll "\\n [^\\n${begins}${continues}]*${mark}" .open "\\n" }}`),
    regex(`(?P<opened>${openEntry})`, 'open'),
    template('flags', '{{ if .opened }}P{{ else }}F{{ end }}'),
  ),
  // What an earlier stage `cri` left would be put in place of the entry.
  template('content', '{{ "" }}'),
  cri,
];

/** Level, time and metadata of each line, in the same order for every source. */
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
    // One template for three things: it copies everything that was found before it begins.
    template(
      'read',
      `${promtailTime}|${level(of('caddy'))}|{{ if not (and .ok .level) }}${problem(sources)}{{ end }}`,
    ),
    regex('^(?P<ts>[^|]*)\\|(?P<level>[a-z]+)\\|(?P<problem>[a-z]*)$', 'read'),
    // Else the engine's time stays, which is the same when the line is read again.
    { timestamp: { source: 'ts', format: 'RFC3339Nano', action_on_failure: 'skip' } },
    { labels: { level: '', [problemLabel]: 'problem' } },
    match(`{${problemLabel}!=""}`, template(parseErrorField, '{{ .problem }}')),
  ];
}

/** Quoted where it is no identifier of JMESPath. */
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

/** What keeps a line from being read as its source writes, or nothing. */
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

/** Caddy's requests are `info`, whoever was at fault, and `error` where the server was. */
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

/** A text as Go and LogQL write it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
