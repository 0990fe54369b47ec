import type { ContainerLogs } from '../workload';
import { foreignName, type NameArgs, serviceInName, serviceInPod, strangers } from './names-config';
import { pieceBytes } from './pieces-config';
import { cri, match, output, quoted, regex, type Stage, template } from './promtail-stages-config';
import { literally, podLogFile } from './sources';

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
 * only a few lines pass through one.
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
