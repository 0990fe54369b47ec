import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppService } from '../../../telemetry';
import { commonConfig, number } from './config';
import { gracefulServer, type GracefulServer } from './graceful-server';
import { type Check, type HealthAnswer, healthCheck } from './health';
import { createLog, type Log } from './log';
import { createMetrics, type Metrics } from './metrics';
import { measureProcess } from './process-metrics';
import { drainMs, stopOnSignal } from './shutdown';
import { startTracing } from './tracing';

export interface Service {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly stopping: () => boolean;
  readonly graceSeconds: number;
  /** How long the collector waits for the spans of a trace. */
  readonly decisionSeconds: number;
  /**
   * Registers the health checks, serves /health and /metrics, and on a stop signal runs the steps.
   */
  readonly run: (parts: Parts) => Promise<void>;
  /** Response of /health. */
  readonly health: () => Promise<HealthAnswer>;
}

interface Parts {
  readonly checks: Readonly<Record<string, Check>>;
  /**
   * Runs before the metrics server stops: accept no new work, finish the rest, close connections.
   */
  readonly stop: (drain: number) => Promise<void>;
}

/** The common part of all three services, in the required order of start and stop. */
export function createService(name: AppService, metricsPort: number): Service {
  const config = commonConfig();
  const log = createLog(name, config.logLevel);
  const metrics = createMetrics(name, config);
  measureProcess(metrics, config.version);
  const tracing = startTracing({ service: name, log, ...config });
  let stopping = false;
  let health = healthCheck({ version: config.version, checks: {}, stopping: () => stopping });

  const run = async ({ checks, stop }: Parts): Promise<void> => {
    health = healthCheck({ version: config.version, checks, stopping: () => stopping });
    const server = metricsServer(metrics, () => health(), log);
    await server.listen(number('METRICS_PORT', metricsPort, 0, 65_535));
    stopOnSignal({
      log,
      graceSeconds: config.graceSeconds,
      steps: async () => {
        stopping = true;
        await stop(drainMs(config.graceSeconds));
        // Last, so that the final metrics can be scraped and the final spans sent.
        await server.stop(0);
        await tracing.stop();
      },
    });
    log.info('Started', { version: config.version });
  };
  return {
    ...{ log, metrics, run, health: () => health() },
    ...{ stopping: () => stopping, graceSeconds: config.graceSeconds },
    decisionSeconds: config.decisionSeconds,
  };
}

/** /metrics and /health, on a port that users cannot reach. */
export function metricsServer(
  metrics: Metrics,
  health: () => Promise<HealthAnswer>,
  log: Log,
): GracefulServer {
  const answer = async ({ url }: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (url === '/metrics') {
      response.setHeader('content-type', metrics.contentType).end(await metrics.text());
    } else if (url === '/health') sendHealth(response, await health());
    else response.writeHead(404).end();
  };
  return gracefulServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error('Failed to answer a scrape', { error });
      response.writeHead(500).end();
    });
  });
}

/** Writes the response of /health. */
export function sendHealth(response: ServerResponse, { statusCode, body }: HealthAnswer): void {
  response
    .writeHead(statusCode, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}

/** Starts a service. If the start fails, logs the reason and exits. */
export function main(name: string, start: () => Promise<void>): void {
  start().catch((error: unknown) => {
    createLog(name, 'info').error('Failed to start', { error });
    process.exit(1);
  });
}
