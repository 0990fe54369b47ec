import express from 'express';
import type { AddressInfo } from 'node:net';
import { getTrack } from '../../../reference-app/examples/get-track';
import { startTracing } from '../../../reference-app/examples/tracing';

/**
 * The examples of docs/tracing.md as a separate service, for tracing-docs.test.ts. Prints the
 * response statuses. With the argument `killed` it does not stop tracing, but ends after a few
 * seconds.
 */
async function main(): Promise<void> {
  const provider = startTracing('api-server', '1');
  const app = express();
  const tracks = {
    findUnique: async ({ where: { id } }: { where: { id: string } }) => {
      if (id === '500') throw new Error('ada@example.com is not there');
      return id === '404' ? null : { id };
    },
  };
  app.get('/v1/tracks/:id', getTrack(tracks));
  app.use((_error: unknown, _request: unknown, response: express.Response, _next: unknown) => {
    response.status(500).end();
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/tracks`;
  const statuses: number[] = [];
  for (const id of ['200', '404', '500']) statuses.push((await fetch(`${url}/${id}`)).status);
  server.close();
  if (process.argv.includes('killed')) await new Promise((resolve) => setTimeout(resolve, 3_500));
  else await provider.shutdown();
  process.stdout.write(JSON.stringify(statuses), () => process.exit(0));
}

if (require.main === module) void main();
