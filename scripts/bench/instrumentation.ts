import { Writable } from 'node:stream';
import { Agent, get } from 'node:http';
import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';
import express from 'express';
import { labelledSessions } from '../../telemetry';
import { createApi } from '../../reference-app/src/api/routes';
import { gracefulServer, type GracefulServer } from '../../reference-app/src/lib/graceful-server';
import { createLog } from '../../reference-app/src/lib/log';
import { createMetrics } from '../../reference-app/src/lib/metrics';
import { startTracing } from '../../reference-app/src/lib/tracing';
import { Hub, type Member } from '../../reference-app/src/ws/hub';
import { median } from './statistics';

export interface InstrumentationCost {
  /** CPU time in µs that metrics, log line and spans add to a request in total. */
  readonly microseconds: number;
  /** CPU time in µs of the same request without them, including the client. */
  readonly plainMicroseconds: number;
  /** Size of the log line in bytes. */
  readonly logBytes: number;
}

const requests = 2_000;
const rounds = 5;

/** CPU time of a route of the reference application with all telemetry, and without. */
export async function instrumentationCost(): Promise<InstrumentationCost> {
  let logBytes = 0;
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logBytes += chunk.length;
      done();
    },
  });
  const log = createLog('api-server', 'info', sink);
  // Records spans but does not send them. Sending is measured separately.
  const discard: SpanExporter = {
    export: (_spans, done) => done({ code: ExportResultCode.SUCCESS }),
    shutdown: async () => undefined,
  };
  const tracing = startTracing({
    ...{ service: 'api-server', version: 'bench', environment: 'bench', log },
    exporters: [discard],
  });
  const body = { tracks: Array.from({ length: 5 }, (_, id) => ({ id, title: `Track ${id}` })) };
  const observed = gracefulServer(
    createApi({
      routes: [
        {
          ...{ method: 'GET', path: '/v1/tracks', name: 'listTracks', answers: ['200'] },
          handle: async () => ({ status: 200, body }),
        },
      ],
      metrics: createMetrics('api-server'),
      ...{ log, sessionSecret: 'bench', incident: () => 'none', seen: () => undefined },
      health: async (response) => void response.end(),
    }),
  );
  const app = express().disable('x-powered-by').disable('etag');
  app.get('/v1/tracks', (_request, response) => void response.json(body));
  const plain = gracefulServer(app);
  const ports = [await plain.listen(0), await observed.listen(0)] as const;
  const costs: [number[], number[]] = [[], []];
  // Alternates, so that other load on the machine affects both. The first round is a warm-up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const which of [0, 1] as const) {
      const cost = await cpuOf(ports[which]);
      if (round > 0) costs[which].push(cost);
    }
  }
  await Promise.all([stop(plain), stop(observed), tracing.stop()]);
  const [without, with_] = [median(costs[0]), median(costs[1])];
  return {
    microseconds: with_ - without,
    plainMicroseconds: without,
    logBytes: logBytes / (requests * (rounds + 1)),
  };
}

const stop = (server: GracefulServer): Promise<void> => server.stop(0);

/** CPU time of this process per request in µs. */
async function cpuOf(port: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const before = process.cpuUsage();
  for (let count = 0; count < requests; count += 1) {
    await new Promise<void>((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/v1/tracks', agent };
      get(options, (response) => response.resume().on('end', resolve)).on('error', reject);
    });
  }
  const { user, system } = process.cpuUsage(before);
  agent.destroy();
  return (user + system) / requests;
}

/**
 * Number of series of a ws-server with the given number of V Studio sessions, and the size of a
 * scrape in bytes.
 */
export async function seriesAtSessions(
  sessions: number,
): Promise<{ series: number; bytes: number; labelledSessions: number }> {
  const hub = new Hub<Member>();
  for (let index = 0; index < sessions; index += 1) {
    hub.join({ session: `session-${index}`, role: 'viewer', send: () => undefined });
  }
  const metrics = createMetrics('ws-server');
  hub.measure(metrics);
  const text = await metrics.text();
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  return { series, bytes: Buffer.byteLength(text), labelledSessions };
}
