import type { Database } from '../lib/database';
import type { Route } from './routes';

/** V Studio sessions that can be joined. Connections are handled by ws-server. */
export const studioRoutes = (db: Database): Route[] => [
  {
    ...{ method: 'GET', path: '/v1/studio/sessions', name: 'listSessions', auth: 'optional' },
    answers: ['200', '500'],
    handle: async () => {
      const sessions = await db.run(
        { operation: 'select', table: 'studio_sessions' },
        'SELECT id, title, started_at FROM studio_sessions ORDER BY started_at DESC, id LIMIT 50',
      );
      return { status: 200, body: { sessions } };
    },
  },
];
