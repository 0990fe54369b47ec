import { SpanKind } from '@opentelemetry/api';
import type { RequestHandler } from 'express';
import { inSpan } from './tracing';

export interface Tracks {
  readonly findUnique: (query: { where: { id: string } }) => Promise<object | null>;
}

/** GET /v1/tracks/:id. Errors are recorded in the span and passed to Express. */
export const getTrack =
  (tracks: Tracks): RequestHandler<{ id: string }> =>
  (request, response) =>
    inSpan('handler getTrack', {}, async (span) => {
      const { id } = request.params;
      span.setAttribute('track.id', id);
      const query = {
        kind: SpanKind.CLIENT,
        attributes: { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT' },
      };
      // A child of the handler's span, which is active.
      const track = await inSpan('SELECT tracks', query, () =>
        tracks.findUnique({ where: { id } }),
      );
      if (track === null) response.status(404).json({ error: 'not_found' });
      else response.json(track);
    });
