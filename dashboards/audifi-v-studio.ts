import { increase, over, selector, sum, topk } from '../telemetry';
import { assembled, type Dashboard } from './lib/dashboard';
import { above } from './lib/limits';
import { dashboard, logsOf, runbook, tracesOf } from './lib/links';
import { lines, number, top } from './lib/panels';
import { instant, meanOf, range } from './lib/queries';
import { chosenOrAll, valuesOfJob } from './lib/variables';
import type { DashboardOptions } from './options';

const job = 'ws-server';
const empty = 'ws-server does not tell: is it scraped (Overview)?';
const connections = 'session_role:ws_connections_active:sum';

/** Viewers by session: those of the chosen sessions, or of the ten largest at each time. */
const viewers = sum(
  ['session_id'],
  chosenOrAll({
    ...{ variable: 'session', label: 'session_id' },
    ...{ each: connections, matchers: { role: 'viewer' } },
    all: 'session:ws_connections_active:topk10_sum',
  }),
);

/** What is live, for how many, and do they take part? */
export const vStudio = (options: DashboardOptions): Dashboard =>
  assembled(
    {
      uid: 'audifi-v-studio',
      title: 'V Studio',
      description: 'Live sessions: who watches, who chats, who votes.',
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
      'Sessions that are live; one with viewers on several servers is one. Beyond 200 sessions of a server it may count there again.',
    good: 'As many as the calendar has.',
    otherwise: 'None while a show should run: WebSocket, then the log of ws-server.',
    unit: 'count',
    queries: [range(sum([], selector('job:ws_sessions_active:distinct', { job })), 'sessions')],
    empty,
    graph: true,
    links: [dashboard('audifi-websocket', 'WebSocket')],
  });
}

function peakConcurrency(options: DashboardOptions) {
  const all = selector('role:ws_connections_active:sum', { role: 'viewer' });
  return number({
    title: 'Peak Concurrency',
    shows: 'Most viewers at one time within what is shown, over all sessions.',
    good: 'Below what was load-tested.',
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
    shows: 'Votes cast within what is shown.',
    good: 'Some, once a poll was opened.',
    otherwise: 'None although a poll runs: messages do not arrive (WebSocket).',
    unit: 'count',
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
    good: 'At least one for each session.',
    otherwise: 'Fewer than sessions: somebody is live without a host. Call them.',
    unit: 'count',
    queries: [range(`${open} or ${quiet}`, 'hosts')],
    empty,
    graph: true,
  });
}

function perSession(options: DashboardOptions) {
  return lines({
    title: 'Viewers per Session',
    shows: 'Viewers of the chosen sessions, the ten largest at each time.',
    good: 'A rise, a plateau, a fall.',
    otherwise:
      'A cliff in the middle of a show: disconnection reasons (WebSocket). From the line on VStudioSessionActive tells the team.',
    unit: 'count',
    queries: [range(topk(10, viewers), '{{session_id}}')],
    empty: 'No session has a viewer in this time.',
    limit: above(options.thresholds.sessionViewers, 'warning'),
    links: [
      runbook(options, 'VStudioSessionActive'),
      dashboard('audifi-websocket', 'WebSocket'),
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
    otherwise: 'Viewers but no message: chat is broken, or its filter too strict.',
    unit: 'perMinute',
    queries: [range(`60 * ${sum([], chatPerSecond)}`, 'messages')],
    empty,
  });
}

function platforms() {
  return lines({
    title: 'Chat Platforms',
    shows: 'Chat messages per minute by where they were written.',
    good: 'Each platform that the show is on.',
    otherwise: 'One is missing: its connection has to be renewed (token, API limit).',
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
    otherwise: 'More votes than viewers: somebody votes twice.',
    unit: 'perMinute',
    queries: [range(`60 * ${votes}`, 'votes')],
    empty,
  });
}

function largest(options: DashboardOptions) {
  return top({
    title: 'Largest Sessions',
    shows: 'The ten sessions with most viewers now.',
    good: 'Those that were announced.',
    otherwise: 'An unknown one at the top: look at it before others do.',
    unit: 'count',
    queries: [instant(`${topk(10, viewers)} > 0`, '{{session_id}}')],
    empty: 'No session has a viewer now.',
    limit: above(options.thresholds.sessionViewers, 'warning'),
    links: [runbook(options, 'VStudioSessionActive')],
  });
}

function length(options: DashboardOptions) {
  const total = selector('job:studio_session_duration_seconds_sum:rate5m', { job });
  const count = selector('job:studio_session_duration_seconds_count:rate5m', { job });
  return lines({
    title: 'Session Length',
    shows:
      'How long the sessions lasted that ended, on average, from the first connection to the last.',
    good: 'As long as the shows.',
    otherwise: 'Far shorter: sessions break off. The trace studio.session of each has its id.',
    unit: 'seconds',
    queries: [range(meanOf(total, count), 'mean')],
    empty: 'No session ended in this time.',
    links: [dashboard('audifi-websocket', 'WebSocket'), ...tracesOf(options, job)],
  });
}
