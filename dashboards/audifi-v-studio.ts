import { increase, over, selector, sum, topk } from '../telemetry';
import { assembled, type Dashboard } from './lib/dashboard';
import { above } from './lib/limits';
import { dashboard, logsOf, runbook, tracesOf } from './lib/links';
import { lines, number, top } from './lib/panels';
import { instant, meanOf, range } from './lib/queries';
import { chosenOrAll, valuesOfJob } from './lib/variables';
import type { DashboardOptions } from './options';

const job = 'ws-server';
const empty = 'No metrics. Check in Overview that Prometheus scrapes ws-server.';
const connections = 'session_role:ws_connections_active:sum';

/** Viewers by session: of the selected sessions, or of the ten largest at each point in time. */
const viewers = sum(
  ['session_id'],
  chosenOrAll({
    ...{ variable: 'session', label: 'session_id' },
    ...{ each: connections, matchers: { role: 'viewer' } },
    all: 'session:ws_connections_active:topk10_sum',
  }),
);

/** Live sessions, their viewers, chat and votes. */
export const vStudio = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-v-studio',
      title: 'V Studio',
      description: 'Live sessions: viewers, chat and votes.',
      from: 'now-3h',
      variables: [valuesOfJob('session', 'Session', connections, 'session_id', job)],
      rows: [
        {
          title: 'State',
          height: 7,
          panels: [
            [6, activeSessions()],
            [6, peakConcurrency(options)],
            [6, votesCast()],
            [6, hosts()],
          ],
        },
        {
          title: 'Traffic',
          height: 9,
          panels: [
            [24, perSession(options)],
            [12, chat()],
            [12, platforms()],
            [8, polls()],
            [8, largest(options)],
            [8, length(options)],
          ],
        },
      ],
    },
    options,
  );

function activeSessions() {
  return number({
    title: 'Active Sessions',
    shows:
      'Number of live sessions. A session on several servers counts once. Above 200 ' +
      'sessions per server, it may count several times.',
    good: 'As many as are scheduled.',
    otherwise: 'None during a scheduled show: check WebSocket, then the log of ws-server.',
    unit: 'count',
    queries: [instant(sum([], selector('job:ws_sessions_active:distinct', { job })), 'sessions')],
    empty,
    links: [dashboard('audifi-websocket', 'WebSocket', 'session')],
  });
}

function peakConcurrency(options: DashboardOptions) {
  const all = selector('role:ws_connections_active:sum', { role: 'viewer' });
  return number({
    title: 'Peak Concurrency',
    shows: 'Maximum number of concurrent viewers in the time range, over all sessions.',
    good: 'Below the load-tested maximum.',
    otherwise: 'Add instances of ws-server before the next show, not during it.',
    unit: 'count',
    queries: [instant(over('max_over_time', all, '$__range'), 'viewers')],
    empty,
    links: [runbook(options, 'VStudioSessionActive')],
  });
}

function votesCast() {
  const votes = sum([], increase(selector('studio_poll_votes_total', { job }), '$__range'));
  return number({
    title: 'Votes in This Time',
    shows: 'Votes cast in the time range.',
    good: 'Above 0 if a poll was open.',
    otherwise: 'None although a poll is open: messages do not arrive (WebSocket).',
    unit: 'wholeCount',
    decimals: 0,
    queries: [instant(votes, 'votes')],
    empty,
  });
}

function hosts() {
  const open = sum([], selector('role:ws_connections_active:sum', { role: 'host' }));
  const quiet = `0 * ${sum([], selector('job:ws_sessions_active:distinct', { job }))}`;
  return number({
    title: 'Hosts Connected',
    shows: 'Open connections of hosts.',
    good: 'At least one per session.',
    otherwise: 'Fewer than sessions: a session is live without a host. Call the host.',
    unit: 'count',
    queries: [instant(`${open} or ${quiet}`, 'hosts')],
    empty,
  });
}

function perSession(options: DashboardOptions) {
  return lines({
    title: 'Viewers per Session',
    shows: 'Viewers of the selected sessions: the ten largest at each point in time.',
    good: 'A rise, a plateau, a fall.',
    otherwise:
      'A sudden drop during a show: check the disconnection reasons (WebSocket). Above the ' +
      'line, VStudioSessionActive notifies the team.',
    unit: 'count',
    // Sessions without viewers would fill the legend.
    queries: [range(`${topk(10, viewers)} > 0`, '{{session_id}}')],
    empty: 'No session has viewers in this time range.',
    sparse: true,
    limit: above(options.thresholds.sessionViewers, 'info'),
    links: [
      runbook(options, 'VStudioSessionActive'),
      dashboard('audifi-websocket', 'WebSocket', 'session'),
      ...logsOf(options, job),
    ],
  });
}

const chatPerSecond = selector('platform:studio_chat_messages:rate5m');

function chat() {
  return lines({
    title: 'Message Volume',
    shows: 'Chat messages per minute, over all sessions.',
    good: 'Follows the viewers.',
    otherwise: 'Viewers but no messages: the chat is broken, or its filter is too strict.',
    unit: 'perMinute',
    queries: [range(`60 * ${sum([], chatPerSecond)}`, 'messages')],
    empty,
  });
}

function platforms() {
  return lines({
    title: 'Chat Platforms',
    shows: 'Chat messages per minute by source platform.',
    good: 'All platforms of the show.',
    otherwise: 'One is missing: renew its connection (token, API limit).',
    unit: 'perMinute',
    queries: [range(`60 * ${chatPerSecond}`, '{{platform}}')],
    empty,
    stacked: true,
    links: [dashboard('audifi-external-services', 'External Services')],
  });
}

function polls() {
  const votes = sum([], selector('job:studio_poll_votes:rate5m'));
  return lines({
    title: 'Poll Activity',
    shows: 'Votes cast per minute.',
    good: 'A peak when a poll opens.',
    otherwise: 'More votes than viewers: some clients vote twice.',
    unit: 'perMinute',
    queries: [range(`60 * ${votes}`, 'votes')],
    empty,
  });
}

function largest(options: DashboardOptions) {
  return top({
    title: 'Largest Sessions',
    shows: 'The ten sessions with the most viewers now.',
    good: 'The announced sessions.',
    otherwise: 'An unknown session at the top: check it.',
    unit: 'count',
    queries: [instant(`${topk(10, viewers)} > 0`, '{{session_id}}')],
    empty: 'No session has viewers now.',
    limit: above(options.thresholds.sessionViewers, 'info'),
    links: [runbook(options, 'VStudioSessionActive')],
  });
}

function length(options: DashboardOptions) {
  const total = selector('job:studio_session_duration_seconds_sum:rate5m', { job });
  const count = selector('job:studio_session_duration_seconds_count:rate5m', { job });
  return lines({
    title: 'Session Length',
    shows: 'Average duration of the sessions that ended, from the first to the last connection.',
    good: 'As long as the shows.',
    otherwise:
      'Much shorter: sessions are interrupted. Find their traces by the span name studio.session; they ' +
      'contain the session ID.',
    unit: 'seconds',
    queries: [range(meanOf(total, count), 'mean')],
    empty: 'No session ended in this time range.',
    links: [dashboard('audifi-websocket', 'WebSocket', 'session'), ...tracesOf(options, job)],
  });
}
