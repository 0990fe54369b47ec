import { number, optionalText, text } from './lib/config';
import { gracefulServer } from './lib/graceful-server';
import { createLog } from './lib/log';
import { main } from './lib/service';
import { stopOnSignal } from './lib/shutdown';
import { inboxListener } from './inbox/server';
import { Store } from './inbox/store';

/** Takes what would have gone to PagerDuty and Slack, and shows it; on PORT (8025). */
async function start(): Promise<void> {
  const log = createLog('inbox', text('LOG_LEVEL', 'info'));
  const store = new Store(optionalText('INBOX_FILE'));
  const server = gracefulServer(inboxListener(store, log));
  stopOnSignal({
    log,
    graceSeconds: number('SHUTDOWN_GRACE_SECONDS', 10, 1, 600),
    steps: () => server.stop(0),
  });
  await server.listen(number('PORT', 8025, 0, 65_535));
  log.info('Started');
}

main('inbox', start);
