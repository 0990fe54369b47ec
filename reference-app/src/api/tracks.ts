import type { Database } from '../lib/database';
import { notFound } from '../lib/http-error';
import { integerField, jsonObject, textField } from '../lib/input';
import type { QueueName } from '../lib/queue';
import { annotate } from '../lib/tracing';
import type { Route } from './routes';

/** Adds a job to a queue. */
export type Enqueue = (
  queue: QueueName,
  payload: Readonly<Record<string, string>>,
) => Promise<string>;

interface Track {
  readonly id: string;
  readonly title: string;
  readonly price_cents: number;
  readonly status: string;
}

const columns = 'id, artist_id, title, price_cents, status, created_at';

/** The music catalogue. */
export function trackRoutes(db: Database, enqueue: Enqueue): Route[] {
  const select = { operation: 'select', table: 'tracks' } as const;
  return [
    {
      ...{ method: 'GET', path: '/v1/tracks', name: 'listTracks', auth: 'optional' },
      answers: ['200', '500'],
      handle: async () => {
        const sql = `SELECT ${columns} FROM tracks ORDER BY created_at DESC, id DESC LIMIT 20`;
        return { status: 200, body: { tracks: await db.run<Track>(select, sql) } };
      },
    },
    {
      ...{ method: 'GET', path: '/v1/tracks/:id', name: 'getTrack', auth: 'optional' },
      answers: ['200', '404', '500'],
      handle: async ({ params: { id = '' } }) => {
        if (!/^\d{1,15}$/.test(id)) throw notFound('the track');
        annotate({ 'track.id': id });
        const sql = `SELECT ${columns} FROM tracks WHERE id = $1`;
        const [track] = await db.run<Track>(select, sql, [id]);
        if (track === undefined) throw notFound('the track');
        return { status: 200, body: track };
      },
    },
    {
      ...{ method: 'POST', path: '/v1/tracks', name: 'createTrack', auth: 'required' },
      answers: ['201', '400', '401', '500'],
      handle: async ({ body, userId }) => {
        const input = jsonObject(body);
        const [track] = await db.run<Track>(
          { operation: 'insert', table: 'tracks' },
          `INSERT INTO tracks (artist_id, title, price_cents) VALUES ($1, $2, $3) RETURNING ${columns}`,
          [
            userId,
            textField(input, 'title', 200),
            integerField(input, 'price_cents', 0, 1_000_000),
          ],
        );
        if (track === undefined) throw new Error('the database returned no row');
        annotate({ 'track.id': track.id });
        await enqueue('transcode', { trackId: track.id });
        return { status: 201, body: track };
      },
    },
  ];
}
