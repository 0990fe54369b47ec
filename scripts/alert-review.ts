import { durationSeconds } from '../components/units';
import { OperatorError, runMain } from './operator-error';
import { replay } from './reality/history';
import { asText } from './review/report';
import { type KnownSilence, review } from './review/review';
import { AlertmanagerClient } from './running/alertmanager';
import { eventLog } from './running/event-log';
import type { AlertEvent } from './running/events';
import { PrometheusClient } from './running/prometheus';
import { reach } from './running/reach';
import { rulesOf } from './running/rules';
import { sinceOf, stackOf } from './running/stack';

/**
 * `make alert-review STACK=prod SINCE=7d SHORT=5m`: lists alerts that never fired, flapped, were
 * too short to act on, or lasted long without a silence. Reads `ALERTS` in Prometheus,
 * Alertmanager's event log, and its silences. Changes nothing.
 */
async function main(): Promise<void> {
  const [stack = 'dev'] = process.argv.slice(2);
  const asked = sinceOf(process.env, '7d', `alert-review STACK=${stack}`);
  const short = shortOf(process.env['SHORT']);
  const running = stackOf(stack);
  const rules = (await rulesOf(stack)).filter(({ kind }) => kind === 'alert');
  const now = Math.floor(Date.now() / 1000);
  const interval = durationSeconds(running.settings.prometheus.evaluationInterval) ?? 15;

  const server = await reach(running, 'prometheus');
  const prometheus = new PrometheusClient(server);
  const start = Math.max(now - asked, (await prometheus.oldest()) ?? 0);
  const series = await prometheus.range('ALERTS{alertstate="firing"}', start, now, interval);
  server.close();
  const { firings } = replay({ for: 0, keepFiringFor: 0, interval }, series, now);

  const { events, from } = await eventLog(running, start, 'loki');
  const alertmanager = await reach(running, 'alertmanager');
  const silences = await new AlertmanagerClient(alertmanager).silences();
  alertmanager.close();
  const result = review({
    alerts: rules.map(({ name, severity = '' }) => ({ name, severity })),
    ...{ firings, events, start, end: now, short },
    silences: [...made(events), ...silences.map((one) => ({ ...one, made: one.start }))],
  });
  process.stdout.write(
    asText(result, { stack, had: now - start, asked, short, now, eventsFrom: from }),
  );
}

/** Silences from Alertmanager's events, which contain their time of creation. */
const made = (events: readonly AlertEvent[]): KnownSilence[] =>
  events.flatMap((event) => (event.kind === 'silence' ? [{ ...event, made: event.time }] : []));

function shortOf(text = ''): number {
  const seconds = durationSeconds(text.trim() || '5m');
  if (seconds === undefined || seconds > 86_400) {
    throw new OperatorError(
      `SHORT: "${text}" is not a duration of at most 1d.\nExample: make alert-review SHORT=5m`,
    );
  }
  return seconds;
}

if (require.main === module) runMain(main);
