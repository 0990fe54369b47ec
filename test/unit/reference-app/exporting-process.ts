import { createApi } from '../../../reference-app/src/api/routes';
import { gracefulServer } from '../../../reference-app/src/lib/graceful-server';
import { sleep } from '../../../reference-app/src/lib/time-limit';
import { startSpan, startTracing, type Tracing } from '../../../reference-app/src/lib/tracing';
import { context, diag, propagation, trace } from '@opentelemetry/api';
import { logInto, metricsOf } from './kit';

/**
 * A process that exports spans, for tracing-export.test.ts. Reads cases and writes results as JSON.
 */
interface Case {
  readonly endpoint: string;
  /** Number of spans that are created at once. */
  readonly spans?: number;
  /** Creates single spans until the log reports that some were lost. */
  readonly untilDropped?: boolean;
  /** Number of API requests, sent sequentially. */
  readonly requests?: number;
}

export interface Outcome {
  /** Number of created spans. */
  readonly made: number;
  readonly slowestMs: number;
  /** Duration of the stop. */
  readonly stopMs: number;
  /** Lines of the log. */
  readonly lines: readonly string[];
}

async function run({ endpoint, spans = 0, untilDropped, requests = 0 }: Case): Promise<Outcome> {
  const lines: string[] = [];
  const log = logInto(lines);
  const common = { service: 'api-server', version: '1', environment: 'test', log };
  const tracing = startTracing({ ...common, endpoint });
  let made = 0;
  const make = () => {
    startSpan('auth').end();
    made += 1;
  };
  // The event loop is blocked meanwhile, so no response can arrive.
  while (made < spans) make();
  while (untilDropped === true && !lines.join('').includes('Dropped')) {
    await sleep(20);
    make();
  }
  const slowestMs = requests === 0 ? 0 : await slowest(requests);
  const stopMs = await stop(tracing);
  return { made, slowestMs, stopMs, lines };
}

async function slowest(requests: number): Promise<number> {
  const app = createApi({
    routes: [
      {
        ...{ method: 'GET', path: '/v1/tracks', name: 'listTracks', answers: ['200'] },
        handle: async () => ({ status: 200, body: {} }),
      },
    ],
    ...{ metrics: metricsOf('api-server'), log: logInto([]), sessionSecret: 'key' },
    ...{ incident: () => 'none', seen: () => undefined },
    health: async (response) => void response.end(),
  });
  const server = gracefulServer(app);
  const url = `http://127.0.0.1:${await server.listen(0)}/v1/tracks`;
  let most = 0;
  for (let request = 0; request < requests; request += 1) {
    const start = performance.now();
    await (await fetch(url)).arrayBuffer();
    most = Math.max(most, performance.now() - start);
  }
  await server.stop(0);
  return most;
}

async function stop(tracing: Tracing): Promise<number> {
  const start = performance.now();
  await tracing.stop();
  // Resets global state, so that the next case starts like another process.
  for (const api of [trace, context, propagation, diag]) api.disable();
  return performance.now() - start;
}

async function main(): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const one of JSON.parse(process.argv[2] ?? '[]') as Case[]) outcomes.push(await run(one));
  process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
}

if (require.main === module) void main();
