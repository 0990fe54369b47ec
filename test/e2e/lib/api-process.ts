import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApi } from '../../../reference-app/src/api/routes';
import { gracefulServer } from '../../../reference-app/src/lib/graceful-server';
import { createLog } from '../../../reference-app/src/lib/log';
import { createMetrics } from '../../../reference-app/src/lib/metrics';
import { startTracing } from '../../../reference-app/src/lib/tracing';

/**
 * A process: the HTTP API of the reference application with its tracing and metrics, and one route.
 * The real exporter cannot be loaded by Jest. Arguments: URL of the collector, and seconds between
 * two exemplars of a series and bucket. Writes the URLs of the API and its metrics as JSON.
 */
async function main(): Promise<void> {
  const [endpoint, seconds] = process.argv.slice(2);
  const log = createLog('api-server', 'error', process.stderr);
  const metrics = createMetrics('api-server', { exemplarSeconds: Number(seconds) });
  startTracing({ service: 'api-server', version: '1', environment: 'e2e', log, endpoint });
  const app = createApi({
    routes: [
      {
        ...{ method: 'GET', path: '/v1/tracks', name: 'listTracks', answers: ['200'] },
        handle: async () => ({ status: 200, body: {} }),
      },
    ],
    ...{ metrics, log, sessionSecret: 'key' },
    ...{ incident: () => 'none', seen: () => undefined },
    health: async (response) => void response.end(),
  });
  const port = await gracefulServer(app).listen(0);
  const exposed = createServer((_, response) => {
    void metrics.text().then((text) => response.end(text));
  }).listen(0, '127.0.0.1', () => {
    const url = (at: number): string => `http://127.0.0.1:${at}`;
    const urls = { api: url(port), metrics: url((exposed.address() as AddressInfo).port) };
    process.stdout.write(`${JSON.stringify(urls)}\n`);
  });
}

void main();
