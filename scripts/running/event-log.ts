import { selectorOf } from '../cluster-objects';
import { docker, ownContainers } from '../docker';
import { inContext } from '../kubectl';
import { OperatorError } from '../operator-error';
import { capture } from '../process';
import { services } from '../../components/services';
import { type AlertEvent, eventsIn } from './events';
import { LokiClient } from './loki';
import { reach, type Stack } from './reach';
import { envOf } from './tools';

export interface EventLog {
  readonly events: readonly AlertEvent[];
  /** Where they were read, in words. */
  readonly from: string;
}

/**
 * The events of all Alertmanagers of a stack since a time. Loki also has the events of replaced
 * instances. The containers' logs have the latest events without a delay, until they rotate.
 *
 * @param start unix time in seconds
 */
export async function eventLog(
  running: Stack,
  start: number,
  source: 'loki' | 'containers',
): Promise<EventLog> {
  if (source === 'loki' && services.loki.runs(running.settings)) {
    const server = await reach(running, 'loki');
    try {
      const query = '{job="alertmanager"} |= `"@timestamp"`';
      const lines = await new LokiClient(server).all(query, start, Date.now() / 1000);
      return { events: eventsIn(lines.map(({ line }) => line)), from: server.title };
    } finally {
      server.close();
    }
  }
  const onKubernetes = running.settings.platform === 'kubernetes';
  const lines = await (onKubernetes ? podLines(running, start) : containerLines(running, start));
  return {
    events: eventsIn(lines),
    from: onKubernetes ? "the pods' logs" : "the containers' logs",
  };
}

async function containerLines({ stack }: Stack, start: number): Promise<string[]> {
  const env = await envOf('docker');
  const prefix = `audifi-${stack}-alertmanager`;
  const containers = (await ownContainers(stack, env)).filter(({ name }) =>
    new RegExp(`^${prefix}(-\\d+)?$`).test(name),
  );
  const since = String(Math.floor(start));
  const all = await Promise.all(
    containers.map(({ id }) => docker(['logs', '--since', since, id], env)),
  );
  return all.flat();
}

async function podLines(
  { stack, settings: { kubernetes } }: Stack,
  start: number,
): Promise<string[]> {
  const { context, namespace } = kubernetes;
  const selector = `${selectorOf(stack)},app.kubernetes.io/name=alertmanager`;
  const { code, stdout, stderr } = await capture(
    'kubectl',
    [
      ...inContext(context),
      ...['--namespace', namespace, 'logs', '--selector', selector, '--tail', '-1'],
      ...['--max-log-requests', '20', '--since-time', new Date(start * 1000).toISOString()],
    ],
    { env: await envOf('kubectl') },
  );
  if (code !== 0) throw new OperatorError(`kubectl logs: ${stderr.trim().split('\n').at(-1)}`);
  return stdout.split('\n');
}
