import type { ContainerLogs } from '../workload';
import {
  blankEntry,
  entryWaitSeconds,
  type Heads,
  headsOf,
  jsonLine,
  maxEntryLines,
  openEntry,
} from './heads-config';
import { foreignName, type NameArgs, serviceInName, serviceInPod } from './names-config';
import {
  gotime,
  list,
  type Operator,
  origin,
  path,
  present,
  quiet,
  regex,
  set,
  table,
  text,
  time,
} from './otel-operator-config';
import { maxLineBytes, maxPieces, pieceBase64 } from './pieces-config';
import { type LogSource, podLogFile } from './sources';
import { rfc3339Nano } from './times-config';

/**
 * Restores the lines that programs wrote from the log files of the container engine: complete, with
 * the engine's timestamp and the container name.
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
      ...noOtherLimit,
      max_sources: 1_000,
      // The rest of a line always follows, unless its program is killed. But this operator also
      // waits while Loki accepts nothing. A short period would then cut lines, and the second part
      // would be redacted without its field names.
      force_flush_period: '10m',
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

/**
 * Without this, `recombine` would end an entry after 100 parts if it has not seen the part that the
 * condition describes, and the rest would begin in the middle of a JSON document.
 */
const noOtherLimit = { max_unmatched_batch_size: 0 } as const;

const criLine = '^(?P<time>\\S+) (?P<stream>stdout|stderr) (?P<flags>\\S+) (?P<log>(?s:.*))$';
const dockerLine: Operator = { type: 'json_parser', parse_to: 'attributes', ...quiet };
/**
 * The last part of a line ends with a line feed. The final output of a program may have none, but
 * is shorter than a full part.
 */
const dockerLast = `attributes.log endsWith "\\n" or len(toBase64(attributes.log)) < ${pieceBase64}`;

/** The log option `tag`, or else the labels of Swarm and Compose (log option `labels`). */
const dockerTag =
  'let a = attributes.attrs ?? {}; let s = a["com.docker.compose.service"]; ' +
  'a.tag ?? a["com.docker.swarm.service.name"] ?? ' +
  '(s == nil ? nil : (a["com.docker.compose.project"] ?? "unknown") + "_" + s)';

/** Sets the label `job` from the container name. */
export function namingOperators(
  format: ContainerLogs['format'],
  args: NameArgs,
): readonly Operator[] {
  const jobs = Object.fromEntries(
    args.sources.flatMap(({ job, containers }) => containers.map((name) => [name, job])),
  );
  const foreign = foreignName(args);
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
          ...(foreign === undefined
            ? []
            : [regex(foreign, 'attributes.container', present('container'))]),
        ];
  return [
    ...found,
    set(
      'resource["job"]',
      `${present('job')} and not (${present('foreign')}) ? (${table(jobs)}[attributes.job] ?? attributes.job) : ` +
        `replace(${present('foreign')} ? attributes.foreign : (${present('other')} ? attributes.other : "unnamed"), "_", "-")`,
    ),
  ];
}

/**
 * Joins lines of text that form one entry. The entry has the engine's timestamp of its first line.
 */
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
  { pattern, continuing, words = [], beginning = [], open = false }: Heads,
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
    ...noOtherLimit,
    max_log_size: maxLineBytes,
    max_sources: 1_000,
    force_flush_period: `${entryWaitSeconds}s`,
  };
  return [
    regex(pattern, 'body', condition),
    { ...recombine, is_first_entry: `not (${goesOn})` },
    ...(open
      ? [
          // Delays the first line here until the previous operator has flushed its lines.
          {
            ...recombine,
            is_last_entry: `not (body matches ${text(openEntry)})`,
            force_flush_period: `${5 * entryWaitSeconds}s`,
          },
        ]
      : []),
    regex('^(?P<trimmed>(?s:.*?))[\\r\\n]+$', 'body', `${condition} and body endsWith "\\n"`),
    set('body', 'attributes.trimmed', present('trimmed')),
  ];
}
