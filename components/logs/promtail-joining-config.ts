import {
  blankEntry,
  entryWaitSeconds,
  type Heads,
  headsOf,
  jsonLine,
  maxEntryLines,
  mayBeOpen,
  openEntry,
} from './heads-config';
import {
  cri,
  jobList,
  match,
  output,
  quoted,
  regex,
  type Stage,
  template,
} from './promtail-stages-config';
import type { LogSource } from './sources';

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
    regex(fileSlot, 'filename'),
    { labels: { filename: 'slot' } },
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

/**
 * Three digits of the ID of a container or pod. For each set of labels, the stage `multiline` keeps
 * a buffer until Promtail stops, so every new pod and container would cost memory forever. A part
 * of the ID limits their number. Two pods with the same digits would only be mixed up if they also
 * had the same other labels, so on the same node.
 */
const fileSlot = '[/_](?P<slot>[0-9a-f]{3})[0-9a-f-]{9,}(?:/[^/]+)?/[^/]+$';

const mark = `[${begins}${continues}]`;

/** An open exception waits for its continuation. */
const opened: readonly Stage[] = [
  match(
    `{job=~".+"} |~ ${quoted(`${mark}${mayBeOpen.start}|${mayBeOpen.rest}`)}`,
    regex(`^ [^${begins}${continues}]*${mark}(?P<open>(?s:.*))$`),
    template('open', `{{ regexReplaceAll "\\n [^\\n${begins}${continues}]*${mark}" .open "\\n" }}`),
    regex(`(?P<opened>${openEntry})`, 'open'),
    template('flags', '{{ if .opened }}P{{ else }}F{{ end }}'),
  ),
  // Without this, output of an earlier `cri` stage would replace the entry.
  template('content', '{{ "" }}'),
  cri,
];
