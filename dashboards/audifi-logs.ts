import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { logLevels } from '../telemetry';
import { assembled, type Dashboard } from './lib/dashboard';
import { dashboard } from './lib/links';
import { logPanel } from './lib/log-panels';
import { lines, number, top } from './lib/panels';
import { logInstant, logLines, logRange } from './lib/queries';
import { search, valuesOfLogs } from './lib/variables';
import type { DashboardOptions } from './options';

/** Log lines of the selected services. */
const chosenLines = (level?: keyof typeof logLevels): string =>
  `{env="$env",job=~"$service"${level === undefined ? '' : `,level="${level}"`}}`;

/** `:raw`, because Grafana would otherwise put a backslash before an apostrophe. */
const containing = '|= `${search:raw}`';

const empty =
  'No such lines in this time range. If there are no lines at all, check the log agent in Stack.';
const levels = ['error', 'warn', 'info', 'debug', 'unknown'] as const;

/** Log lines of the services. Needs Loki. */
export const logs = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-logs',
      title: 'Logs',
      description: 'Log volume by service and level, and the log lines themselves.',
      // The jobs in Loki, because Prometheus does not scrape every container that writes logs.
      variables: [valuesOfLogs('service', 'Service', '{env="$env"}', 'job'), search()],
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
  const counted = `sum(count_over_time(${chosenLines(level)}[$__range]))`;
  // Loki returns nothing for a count of 0. It is 0 only if other lines arrive.
  const arriving = `sum(count_over_time(${chosenLines()}[5m]))`;
  return number({
    title,
    shows: `Lines of level ${level} in the time range.`,
    good: level === 'error' ? '0.' : 'As many as usual.',
    otherwise:
      'Top Messages shows the most frequent ones. The lines below show which users are affected.',
    unit: 'count',
    queries: [logInstant(`${counted} or 0 * ${arriving}`, level)],
    empty: 'No lines of these services in the last 5 minutes. Check the log agent in Stack.',
    links: [dashboard('audifi-overview', 'Overview')],
  });
}

/** One step, so that each line counts once. Grafana before 10.1 does not support `$__auto`. */
const w = '$__interval';
/** A single line in a step of seconds would be many lines per minute. */
const period = { every: '1m' } as const;

function volume(): Panel {
  return lines({
    title: 'Log Volume',
    shows: 'Bytes of log lines per second, by service.',
    good: 'Follows the traffic.',
    otherwise:
      'A service that suddenly logs ten times as much fills the disk. Check whether it logs at level debug in production.',
    unit: 'bytesPerSecond',
    queries: [logRange(`sum by (job) (bytes_rate(${chosenLines()}[${w}]))`, '{{job}}')],
    period,
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
    otherwise: 'Errors rise at a deployment (blue mark): roll it back.',
    unit: 'perSecond',
    queries: [logRange(`sum by (level) (rate(${chosenLines()}[${w}]))`, '{{level}}')],
    period,
    names: levels,
    empty,
    stacked: true,
    bars: true,
  });
}

function byService(): Panel {
  return lines({
    title: 'Errors by Service',
    shows: 'Lines of level error per minute, by service.',
    good: 'Nearly nothing.',
    otherwise: 'The service whose errors began first is most often the cause.',
    unit: 'perMinute',
    queries: [logRange(`60 * sum by (job) (rate(${chosenLines('error')}[${w}]))`, '{{job}}')],
    period,
    empty,
    stacked: true,
    bars: true,
  });
}

function messages(): Panel {
  // The message of a failed request is always the same; the exception says why it failed.
  const fields = 'message="message", msg="msg", reason="error.message"';
  const text = '(or .reason .message .msg __line__)';
  // Times and ids become "#", so that equal messages count together. Loki rejects a query with more
  // than 1,000 different ones.
  const alike = `(regexReplaceAllLiteral "[0-9A-Za-z-]*[0-9][0-9A-Za-z-]*" ${text} "#")`;
  const told = `{{ printf "%.200s" ${alike} }}`;
  const counted = [
    `${chosenLines('error')} | json ${fields}`,
    `label_format message=\`${told}\``,
    // The parse error of a line that is not JSON would make the query fail.
    'drop __error__, __error_details__ [$__range]',
  ].join(' | ');
  return top({
    title: 'Top Messages',
    shows:
      'The ten most frequent messages of exceptions, or of other lines of level error (without a message: the whole line). "#" stands for numbers, times and ids.',
    good: 'Only known messages, and few of each.',
    otherwise:
      'A new message at the top: search for a part of it below, then open the trace of its request.',
    unit: 'count',
    queries: [
      logInstant(
        `sort_desc(topk(10, sum by (message) (count_over_time(${counted}))))`,
        '{{message}}',
      ),
    ],
    empty,
  });
}

function errors(): Panel {
  return logPanel({
    title: 'Latest Errors',
    shows: 'The last 100 lines of level error.',
    good: 'Empty.',
    otherwise: 'Click a line to see its request, user and trace.',
    unit: 'state',
    queries: [logLines(`${chosenLines('error')} ${containing}`, 100)],
    empty,
  });
}

function tail(): Panel {
  return logPanel({
    title: 'Live Tail',
    shows: 'The last 500 lines of the selected services that contain the search text.',
    good: 'The lines that you expect.',
    otherwise: 'Narrow the search by service and text. In Explore you can follow the lines live.',
    unit: 'state',
    queries: [logLines(`${chosenLines()} ${containing}`, 500)],
    empty,
  });
}
