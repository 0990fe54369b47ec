import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { logLevels } from '../telemetry';
import { assembled, type Dashboard } from './lib/dashboard';
import { dashboard } from './lib/links';
import { logPanel } from './lib/log-panels';
import { lines, number, top } from './lib/panels';
import { logInstant, logLines, logRange } from './lib/queries';
import { search, valuesOf } from './lib/variables';
import type { DashboardOptions } from './options';

/** Lines of the chosen services. Labels are those of the log pipeline: job, container, level, env. */
const chosenLines = (level?: keyof typeof logLevels): string =>
  `{env="$env",job=~"$service"${level === undefined ? '' : `,level="${level}"`}}`;

const empty = 'No such line in this time. None at all: is the log agent up (Stack)?';
const levels = ['error', 'warn', 'info', 'debug', 'unknown'] as const;

/** What do the services say? Needs Loki. */
export const logs = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-logs',
      title: 'Logs',
      description: 'How much is logged, by whom and at which level; the lines themselves below.',
      variables: [valuesOf('service', 'Service', 'job:up:count', 'job'), search()],
      rows: [
        {
          title: 'State',
          height: 6,
          panels: [
            [6, count('Errors', 'error')],
            [6, count('Warnings', 'warn')],
            [12, volume()],
          ],
        },
        {
          title: 'Traffic',
          height: 9,
          panels: [
            [12, byLevel()],
            [12, byService()],
          ],
        },
        {
          title: 'Errors',
          height: 12,
          panels: [
            [10, messages()],
            [14, errors()],
          ],
        },
        { title: 'Lines', height: 18, panels: [[24, tail()]] },
      ],
    },
    options,
  );

function count(title: string, level: 'error' | 'warn'): Panel {
  return number({
    title,
    shows: `Lines of the level ${level} within what is shown.`,
    good: level === 'error' ? '0.' : 'As many as every day.',
    otherwise: 'Top Messages says which, the lines below say for whom.',
    unit: 'count',
    // Loki answers a count of nothing with nothing; it was asked, so 0 is true.
    queries: [
      logInstant(`sum(count_over_time(${chosenLines(level)}[$__range])) or vector(0)`, level),
    ],
    empty: 'Loki does not answer.',
    links: [dashboard('audifi-overview', 'Overview')],
  });
}

/** The distance of two points: each line counts once. Grafana before 10.1 does not know `$__auto`. */
const w = '$__interval';

function volume(): Panel {
  return lines({
    title: 'Log Volume',
    shows: 'Bytes of log lines per second, by service.',
    good: 'Follows the requests.',
    otherwise:
      'A service that suddenly writes ten times as much fills the disk: level debug in production?',
    unit: 'bytesPerSecond',
    queries: [logRange(`sum by (job) (bytes_rate(${chosenLines()}[${w}]))`, '{{job}}')],
    empty,
    stacked: true,
    bars: true,
    links: [dashboard('audifi-stack', 'Stack')],
  });
}

function byLevel(): Panel {
  return lines({
    title: 'Lines by Level',
    shows: 'Lines per second by level.',
    good: 'Mostly info.',
    otherwise: 'A step of error that a deployment (blue mark) begins: roll it back.',
    unit: 'perSecond',
    queries: [logRange(`sum by (level) (rate(${chosenLines()}[${w}]))`, '{{level}}')],
    names: levels,
    empty,
    stacked: true,
    bars: true,
  });
}

function byService(): Panel {
  return lines({
    title: 'Errors by Service',
    shows: 'Lines of the level error per minute, by service.',
    good: 'Nearly nothing.',
    otherwise: 'The service that began first is most often the cause, the others its victims.',
    unit: 'perMinute',
    queries: [logRange(`60 * sum by (job) (rate(${chosenLines('error')}[${w}]))`, '{{job}}')],
    empty,
    stacked: true,
    bars: true,
  });
}

function messages(): Panel {
  // Of a request that failed the message is always the same; its exception tells why.
  const parsed = `${chosenLines('error')} | json message="message", reason="error.message"`;
  const told = 'message=`{{ if .reason }}{{ .reason }}{{ else }}{{ .message }}{{ end }}`';
  const counted = `count_over_time(${parsed} | label_format ${told} | message != "" [$__range])`;
  return top({
    title: 'Top Messages',
    shows:
      'The ten messages of exceptions, or else of lines of the level error, that came most often.',
    good: 'Known ones, few times.',
    otherwise: 'A new one at the top: search for it below, then for its request in the traces.',
    unit: 'count',
    queries: [logInstant(`sort_desc(topk(10, sum by (message) (${counted})))`, '{{message}}')],
    empty,
  });
}

function errors(): Panel {
  return logPanel({
    title: 'Latest Errors',
    shows: 'The last 100 lines of the level error.',
    good: 'Empty.',
    otherwise: 'A click shows request, user and trace.',
    unit: 'state',
    queries: [logLines(`${chosenLines('error')} |= \`$search\``, 100)],
    empty,
  });
}

function tail(): Panel {
  return logPanel({
    title: 'Live Tail',
    shows: 'The last 500 lines of the chosen services that contain the search text.',
    good: 'What you expect.',
    otherwise: 'Narrow it down by service and search; Explore follows them as they come.',
    unit: 'state',
    queries: [logLines(`${chosenLines()} |= \`$search\``, 500)],
    empty,
  });
}
