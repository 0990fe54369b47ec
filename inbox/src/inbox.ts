import { createServer } from 'node:http';
import type { Log } from './http';
import { inboxListener } from './server';
import { Store } from './store';

/** Seconds between the stop signal and the forced exit. */
const graceSeconds = 5;

/** Writes one JSON object per line, in the format of AudiFi's services. */
const log: Log = (level, message) => {
  const timestamp = new Date().toISOString();
  process.stdout.write(`${JSON.stringify({ level, timestamp, service: 'inbox', message })}\n`);
};

/**
 * Receives the notifications for PagerDuty and Slack, and shows them, on PORT (8025). If INBOX_FILE
 * is set, it also stores them there.
 */
function start(): void {
  const port = Number(process.env['PORT'] ?? 8025);
  const server = createServer(inboxListener(new Store(process.env['INBOX_FILE']), log));
  const stop = (): void => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(1), graceSeconds * 1_000).unref();
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  server.listen(port, () => log('info', 'Started'));
}

try {
  start();
} catch (error) {
  log('error', `Failed to start: ${error instanceof Error ? error.message : 'no Error'}`);
  process.exitCode = 1;
}
