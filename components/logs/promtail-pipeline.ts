import type { ContainerLogs } from '../workload';
import {
  levelNames,
  levelNumbers,
  literally,
  type LogFormat,
  logfmtLevel,
  type LogSource,
  metadataFields,
  parseErrorField,
  podLogFile,
  postgresFirstLine,
  postgresLine,
  postgresSeverities,
  redisLine,
  redisMarks,
  serviceInName,
  unknownLevel,
} from './sources';

/** A stage of a Promtail pipeline. https://grafana.com/docs/loki/latest/send-data/promtail/stages/ */
export type Stage = Readonly<Record<string, unknown>>;

const match = (selector: string, ...stages: readonly Stage[]): Stage => ({
  match: { selector, stages },
});

/** Lines of the engine's files become the lines that programs wrote, with their container's name. */
export function unwrapping(format: ContainerLogs['format']): readonly Stage[] {
  if (format === 'cri') {
    return [
      // Joins the pieces of a long line.
      { cri: { max_partial_line_size: 262_144, max_partial_line_size_truncate: true } },
      { labeldrop: ['stream'] },
      { template: { source: 'line', template: '{{ .Entry }}' } },
      { regex: { source: 'filename', expression: `${podLogFile}$` } },
      { template: { source: 'tag', template: '{{ or .container "" }}' } },
      { labels: { container: '', namespace: '' } },
    ];
  }
  return [
    { json: { expressions: { line: 'log', time: 'time', tag: 'attrs.tag' } } },
    // The engine keeps the end of the line; a piece of 16 KiB of a longer one has none.
    // Not by `replace`, which parses a template anew for each line.
    { template: { source: 'line', template: '{{ TrimSuffix .Value "\\n" }}' } },
    { output: { source: 'line' } },
    { timestamp: { source: 'time', format: 'RFC3339Nano', action_on_failure: 'skip' } },
    { labels: { container: 'tag' } },
    match(
      '{container=""}',
      { regex: { source: 'filename', expression: '/(?P<id>[0-9a-f]{12})[0-9a-f]*/[^/]+$' } },
      { labels: { container: 'id' } },
    ),
  ];
}

/** Label `job` from the container's name. */
export function naming(sources: readonly LogSource[], stack: string): readonly Stage[] {
  const renamed = sources.flatMap(({ job, containers }) => {
    const others = containers.filter((name) => name !== job);
    return others.length === 0
      ? []
      : [`{{ if eq .service ${others.map(quoted).join(' ')} }}${job}{{ else }}`];
  });
  const service = `${renamed.join('')}{{ .service }}${'{{ end }}'.repeat(renamed.length)}`;
  return [
    { regex: { source: 'tag', expression: serviceInName(sources, stack) } },
    {
      template: {
        source: 'job',
        template: `{{ if .service }}${service}{{ else if .other }}{{ .other }}{{ else }}unnamed{{ end }}`,
      },
    },
    { labels: { job: '' } },
  ];
}

/** Level, time and metadata of each source's lines. */
export function parsing(sources: readonly LogSource[]): readonly Stage[] {
  const known: readonly LogFormat[] = ['json', 'caddy', 'postgres', 'redis', 'text'];
  const jobs = (format: LogFormat): string =>
    sources
      .filter((source) => source.format === format)
      .map(({ job }) => literally(job))
      .join('|');
  const all = sources.map(({ job }) => literally(job)).join('|');
  return [
    ...known.flatMap((format) =>
      jobs(format) === '' ? [] : [match(`{job=~${quoted(jobs(format))}}`, ...parsers[format])],
    ),
    match(`{job!~${quoted(all)}}`, ...parsers.other),
  ];
}

const parsers: Readonly<Record<LogFormat | 'other', readonly Stage[]>> = {
  json: [
    {
      json: {
        expressions: {
          ok: '`true`',
          level: 'level',
          ts: 'timestamp || time',
          ...Object.fromEntries(Object.keys(metadataFields).map((field) => [field, field])),
        },
      },
    },
    time('ts', 'RFC3339Nano', 'UnixMs'),
    error('{{ if not .ok }}json{{ else if not .level }}level{{ end }}'),
    level(named('.level')),
  ],
  caddy: [
    {
      json: {
        expressions: {
          ok: '`true`',
          level: 'level',
          status: 'status',
          ts: 'ts',
          traceId: 'traceID',
        },
      },
    },
    time('ts', 'Unix', 'RFC3339Nano'),
    error('{{ if not .ok }}json{{ end }}'),
    level(
      '{{ if and .status (ge .status "400") }}{{ if ge .status "500" }}error{{ else }}warn{{ end }}' +
        `{{ else if and .status (ge .status "100") }}info{{ else }}${named('.level')}{{ end }}`,
    ),
  ],
  postgres: [
    { multiline: { firstline: postgresFirstLine, max_wait_time: '1s', max_lines: 512 } },
    { regex: { expression: postgresLine } },
    time('time', '2006-01-02 15:04:05 MST'),
    error('{{ if not .level }}postgres{{ end }}'),
    level(mapped('.level', postgresSeverities)),
  ],
  redis: [
    { regex: { expression: redisLine } },
    time('time', '02 Jan 2006 15:04:05.000'),
    error('{{ if not .level }}redis{{ end }}'),
    level(mapped('.level', redisMarks)),
  ],
  text: [{ regex: { expression: logfmtLevel } }, level(named('.level'))],
  other: [
    { regex: { expression: logfmtLevel } },
    { json: { expressions: { level: 'level || severity || lvl', traceId: 'traceID || traceId' } } },
    level(named('.level')),
  ],
};

function time(source: string, format: string, ...others: readonly string[]): Stage {
  return {
    timestamp: {
      source,
      format,
      ...(others.length === 0 ? {} : { fallback_formats: others }),
      // Else the engine's time stays, which is the same when the line is read again.
      action_on_failure: 'skip',
    },
  };
}

function error(template: string): Stage {
  return { template: { source: parseErrorField, template } };
}

function level(template: string): Stage {
  return { template: { source: 'level', template } };
}

/** The level that a name or a number stands for. */
function named(value: string): string {
  const names = Object.entries(levelNames).map(([name, spellings]): [string, readonly string[]] => [
    name,
    [...spellings, ...Object.keys(levelNumbers).filter((number) => levelNumbers[number] === name)],
  ]);
  const [info, ...rest] = names.sort(([a], [b]) => Number(b === 'info') - Number(a === 'info'));
  return `{{ if ${value} }}{{ $l := ToLower ${value} }}${choice('$l', [...(info ? [info] : []), ...rest])}{{ else }}${unknownLevel}{{ end }}`;
}

function mapped(value: string, table: Readonly<Record<string, string>>): string {
  const names = Object.entries(table).map(([key, name]): [string, readonly string[]] => [
    name,
    [key],
  ]);
  return `{{ if ${value} }}${choice(value, names)}{{ else }}${unknownLevel}{{ end }}`;
}

/** `{{ if eq $l "info" }}info{{ else if … }}…{{ end }}` */
function choice(value: string, names: readonly (readonly [string, readonly string[]])[]): string {
  const cases = names.map(([name, keys], i) => {
    const test = `if eq ${value} ${keys.map(quoted).join(' ')}`;
    return `{{ ${i === 0 ? '' : 'else '}${test} }}${name}`;
  });
  return `${cases.join('')}{{ else }}${unknownLevel}{{ end }}`;
}

/** A text as Go and LogQL write it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
