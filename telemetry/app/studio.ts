import { type AppService, counter, gauge, histogram, open } from '../contract';

const by: readonly AppService[] = ['ws-server'];

/**
 * Maximum number of sessions per ws-server that have their own value of `session_id`. The server
 * labels the sessions with the most connections. It sums all others up under `other`, and removes
 * the series of ended sessions. So the number of series is bounded, whatever users do.
 */
export const labelledSessions = 200;

/** Value of `session_id` for all sessions beyond `labelledSessions`. */
export const otherSessions = 'other';

/** The WebSocket server and its V Studio sessions. */
export const studioMetrics = {
  ws_connections_active: gauge({
    unit: 'connections',
    help: 'Open WebSocket connections.',
    labels: {
      session_id: open(
        `V Studio session; "${otherSessions}" beyond the budget`,
        labelledSessions + 1,
      ),
      role: ['viewer', 'moderator', 'host'],
    },
    budget: 603,
    by,
  }),
  ws_connections_total: counter({
    unit: 'connections',
    help: 'WebSocket connections that were opened and closed.',
    labels: { status: ['connected', 'disconnected'] },
    budget: 2,
    by,
  }),
  ws_messages_sent_total: counter({ unit: 'messages', help: 'Messages sent to clients.', by }),
  ws_messages_received_total: counter({
    unit: 'messages',
    help: 'Messages received from clients.',
    by,
  }),
  ws_connection_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Lifetime of closed connections.',
    buckets: [1, 10, 60, 300, 900, 3_600, 14_400],
    by,
  }),
  ws_errors_total: counter({
    unit: 'errors',
    help: 'WebSocket errors by cause; "error": a message that the server failed to process.',
    labels: { type: ['auth_failed', 'rate_limited', 'timeout', 'error'] },
    budget: 4,
    by,
  }),
  ws_disconnections_total: counter({
    unit: 'connections',
    help: 'Closed connections by reason; "client_error": an invalid or too large frame.',
    labels: {
      reason: [
        'client_closed',
        'auth_failed',
        'rate_limited',
        'timeout',
        'server_shutdown',
        'client_error',
        'error',
      ],
    },
    budget: 7,
    by,
  }),
  ws_sessions_active: gauge({
    unit: 'sessions',
    help: 'V Studio sessions with a connection to this server. A session on two servers counts on both.',
    by,
  }),
  studio_session_duration_seconds: histogram({
    unit: 'seconds',
    help: 'Duration of sessions that have ended, on this server: from the first connection to the end of the last one.',
    buckets: [60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800],
    by,
  }),
  studio_chat_messages_total: counter({
    unit: 'messages',
    help: 'Chat messages of V Studio sessions by the platform on which they were written.',
    labels: { platform: ['audifi', 'twitch', 'youtube', 'facebook', 'kick'] },
    budget: 5,
    exemplars: true,
    by,
  }),
  studio_poll_votes_total: counter({
    unit: 'votes',
    help: 'Votes cast in polls of V Studio sessions.',
    exemplars: true,
    by,
  }),
};
