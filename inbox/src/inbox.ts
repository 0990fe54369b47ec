import { createServer } from 'node:http';
import type { Log } from './http';
import { inboxListener } from './server';
import { Store } from './store';

/** Seconds from the signal to the end. */
const graceSeconds = 5;

/** One JSON object a line, in the format of AudiFi's services. */
const log: Log = (level, message) => {
  const timestamp = new Date().toISOString();
  process.stdout.write(`${JSON.stringify({ level, timestamp, service: 'inbox', message })}\n`);
};

/**
 * Takes the notifications that would have gone to PagerDuty and Slack, and shows them; on PORT (8025). It keeps them in
 * INBOX_FILE as well where that is set.
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
