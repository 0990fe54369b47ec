import type { RequestListener } from 'node:http';
import { HttpError } from '../lib/http-error';
import { type Incident, incidents, isIncident } from '../lib/incident';
import { jsonObject } from '../lib/input';
import type { Log } from '../lib/log';
import { type SmallAnswer, smallServer } from '../lib/small-server';
import { sleep } from '../lib/time-limit';

export interface ControlOptions {
  readonly log: Log;
  /** What was sent so far. */
  readonly sent: () => object;
  readonly setPaused: (paused: boolean) => void;
  readonly isPaused: () => boolean;
  /** Whether nothing is in flight. */
  readonly isQuiet: () => boolean;
  readonly incident: () => Incident;
  readonly setIncident: (kind: Incident) => Promise<void>;
  /** Maximum milliseconds that a pause waits for requests in flight. @default 30000 */
  readonly pauseMs?: number;
}

/** The generator's control API: counts, pause and resume, incidents. */
export function controlListener(options: ControlOptions): RequestListener {
  return smallServer(4_096, options.log, ({ method, url, body }) => {
    switch (`${method} ${url.pathname}`) {
      case 'GET /sent':
        return ok(options.sent());
      case 'GET /health':
        return ok({ status: 'healthy', paused: options.isPaused() });
      case 'PUT /pause':
        return pause(options);
      case 'PUT /resume':
        options.setPaused(false);
        return ok({ paused: false });
      case 'GET /incident':
        return ok({ kind: options.incident() });
      case 'PUT /incident':
        return play(options, jsonObject(body)['kind']);
      default:
        throw new HttpError(404, 'not_found', 'no such route');
    }
  });
}

const ok = (body: object): SmallAnswer => ({ status: 200, body });

/**
 * Resolves when nothing is in flight, so that sent requests can be compared with the application's
 * counters.
 */
async function pause({
  setPaused,
  isQuiet,
  pauseMs = 30_000,
}: ControlOptions): Promise<SmallAnswer> {
  setPaused(true);
  for (let waited = 0; waited < pauseMs; waited += 50) {
    if (isQuiet()) return ok({ paused: true, quiet: true });
    await sleep(50);
  }
  return { status: 503, body: { paused: true, quiet: false } };
}

async function play({ setIncident }: ControlOptions, kind: unknown): Promise<SmallAnswer> {
  if (!isIncident(kind)) {
    throw new HttpError(400, 'invalid_request', `"kind" has to be one of ${incidents.join(', ')}`);
  }
  await setIncident(kind);
  return ok({ kind });
}
