import { commonConfig, number, redisConfig, secret, text } from './lib/config';
import { gracefulServer } from './lib/graceful-server';
import { watchIncident } from './lib/incident';
import { createLog } from './lib/log';
import { closeRedis, connectRedis, duplicate } from './lib/redis';
import { main } from './lib/service';
import { drainMs, stopOnSignal } from './lib/shutdown';
import { startTracing } from './lib/tracing';
import { stubListener } from './outside/stubs';
import { WebhookSender } from './outside/webhook-sender';

/** Stubs of external services: Stripe, blockchain nodes, e-mail, OAuth; on PORT (8070). */
async function start(): Promise<void> {
  const config = commonConfig();
  const { graceSeconds } = config;
  const log = createLog('outside', config.logLevel);
  const tracing = startTracing({ service: 'outside', log, ...config });
  const redis = connectRedis(redisConfig(), log);
  const subscriber = duplicate(redis, log);
  const incident = watchIncident(redis, subscriber, log);
  const webhooks = new WebhookSender({
    url: text('WEBHOOK_URL'),
    secret: secret('STRIPE_WEBHOOK_SECRET_FILE'),
    ...{ incident, log },
  });
  const server = gracefulServer(stubListener({ incident, webhooks, log }));
  stopOnSignal({
    ...{ log, graceSeconds },
    steps: async () => {
      await server.stop(drainMs(graceSeconds));
      await webhooks.stop();
      await closeRedis(redis, subscriber);
      await tracing.stop();
    },
  });
  await server.listen(number('PORT', 8070, 0, 65_535));
  log.info('STUBS of Stripe, RPC, e-mail and OAuth: nothing here leaves this machine', {
    version: config.version,
  });
}

main('outside', start);
