import { commonConfig, number, redisConfig, secret, text } from './lib/config';
import { gracefulServer } from './lib/graceful-server';
import { publishIncident, watchIncident } from './lib/incident';
import { createLog } from './lib/log';
import { closeRedis, connectRedis, duplicate } from './lib/redis';
import { main } from './lib/service';
import { stopOnSignal } from './lib/shutdown';
import { sleep } from './lib/time-limit';
import { startTracing } from './lib/tracing';
import { Audience } from './traffic/audience';
import { controlListener } from './traffic/control';
import { Logins } from './traffic/logins';
import { Random } from './traffic/random';
import { RequestGenerator } from './traffic/requests';
import { Tally } from './traffic/tally';

/**
 * Uses the application like its users, and counts exactly what it sends. Control API on PORT
 * (8079).
 */
async function start(): Promise<void> {
  const config = commonConfig();
  const log = createLog('traffic', config.logLevel);
  const tracing = startTracing({ service: 'traffic', log, ...config });
  const redis = connectRedis(redisConfig(), log);
  const subscriber = duplicate(redis, log);
  const incident = watchIncident(redis, subscriber, log);
  const tally = new Tally();
  const logins = new Logins();
  let isPaused = false;
  const common = {
    tally,
    logins,
    random: new Random(number('SEED', 1, 0, 2 ** 31)),
    sessionSecret: secret('SESSION_SECRET_FILE'),
    paused: () => isPaused,
  };
  const requests = new RequestGenerator({
    ...common,
    apiUrl: text('API_URL'),
    perSecond: number('REQUESTS_PER_SECOND', 20, 0.1, 200),
  });
  const audience = new Audience({
    ...{ ...common, incident },
    wsUrl: text('WS_URL'),
    viewers: number('STUDIO_VIEWERS', 20, 0, 1_000),
  });
  const isQuiet = () => requests.inFlight === 0 && audience.isQuiet;
  const server = gracefulServer(
    controlListener({
      ...{ log, isQuiet, incident },
      sent: () => ({
        ...{ paused: isPaused, quiet: isQuiet() },
        ...tally.report(),
        // Not counters: the current numbers.
        connections: audience.present(),
        logins: logins.active(audience.logins()),
      }),
      setPaused: (paused) => (isPaused = paused),
      isPaused: () => isPaused,
      setIncident: (kind) => publishIncident(redis, kind),
    }),
  );
  stopOnSignal({
    log,
    graceSeconds: config.graceSeconds,
    steps: async () => {
      isPaused = true;
      requests.stop();
      audience.stop();
      for (let waited = 0; requests.inFlight > 0 && waited < 5_000; waited += 50) await sleep(50);
      await server.stop(0);
      await closeRedis(redis, subscriber);
      await tracing.stop();
    },
  });
  await server.listen(number('PORT', 8079, 0, 65_535));
  requests.start();
  audience.start();
  log.info('Traffic flows');
}

main('traffic', start);
