import { peerTimeoutSeconds } from '../../components/alerting/settings-schema';
import { durationSeconds } from '../../components/units';
import { AlertmanagerClient, type NewAlert } from '../running/alertmanager';
import { eventLog } from '../running/event-log';
import type { AlertEvent } from '../running/events';
import { type Reached, reach, type Stack } from '../running/reach';
import type { Drill } from './report';
import { notified, type Step, type Timeline } from './timeline';
import { within } from './wait';

/** Name of the alert. No rule has it. */
export const pageAlert = 'Drill';

/** Seconds for the request to the receiver. In other drills, the tolerance covers them. */
const delivery = 2;

/** Seconds after which Alertmanager ends the alert by itself, if the drill was interrupted. */
const longest = 900;

/**
 * Sends a critical alert to the Alertmanagers, as Prometheus does, waits for its notification, ends
 * the alert, and waits for the resolved notification. It breaks nothing and needs no reference
 * application, so it can run in production, on Docker and on Kubernetes. The other drills show
 * whether Prometheus notices a fault.
 */
export async function drillPage(running: Stack): Promise<Drill> {
  const { critical } = running.settings.alertmanager;
  const groupWait = durationSeconds(critical.groupWait) ?? 0;
  const groupInterval = durationSeconds(critical.groupInterval) ?? 0;
  const servers = await alertmanagers(running);
  try {
    const clients = servers.map((server) => new AlertmanagerClient(server));
    const send = (alert: NewAlert) => Promise.all(clients.map((client) => client.send([alert])));
    const sent = Date.now() / 1000;
    const alert = drillAlert(running, sent);
    await send(alert);
    const events = async () => (await eventLog(running, sent, 'containers')).events;
    const told = async (resolved: boolean, since: number): Promise<boolean> =>
      notified(pageAlert, await events(), resolved, since).length > 0;
    const patience = 60 + groupWait + servers.length * peerTimeoutSeconds;
    const paged = await within(patience, () => told(false, sent));
    const ended = Date.now() / 1000;
    await send({ ...alert, endsAt: iso(ended) });
    if (paged) await within(patience + 2 * groupInterval, () => told(true, ended));
    const what = 'a critical alert is sent to Alertmanager, and nothing is broken';
    const found = pageTimeline({ sent, ended, events: await events() }, groupWait);
    return { kind: 'page', alert: pageAlert, what, ...found };
  } finally {
    for (const server of servers) server.close();
  }
}

/** The alert that the drill sends. @param sent unix time in seconds */
export function drillAlert({ stack, settings }: Stack, sent: number): NewAlert {
  return {
    labels: {
      ...{ alertname: pageAlert, severity: 'critical', service: 'monitoring', team: 'platform' },
      env: settings.environment ?? stack,
    },
    annotations: {
      summary: 'Drill: nothing is broken, please acknowledge',
      description:
        `Somebody ran "make drill KIND=page" on stack ${stack} to see whether pages arrive. ` +
        'The alert ends by itself.',
      owner: 'platform',
    },
    startsAt: iso(sent),
    endsAt: iso(sent + longest),
  };
}

/** Unix times in seconds. */
interface Observed {
  readonly sent: number;
  readonly ended: number;
  readonly events: readonly AlertEvent[];
}

/** The steps of the drill. @param groupWait in seconds */
export function pageTimeline({ sent, ended, events }: Observed, groupWait: number): Timeline {
  const firings = notified(pageAlert, events, false, sent);
  const position = firings[0]?.position ?? 0;
  const peers = position * peerTimeoutSeconds;
  const theory = groupWait + peers + delivery;
  const waits = peers === 0 ? '`group_wait`' : `\`group_wait\`, ${position} peers`;
  const why = `${waits} and the delivery`;
  const all: Omit<Step, 'took'>[] = [
    { what: 'alert sent', time: sent },
    ...firings.map(({ receiver, integration, time }, i) => ({
      ...{ what: `notified: ${receiver} (${integration})`, time },
      ...(i === 0 && { theory: { seconds: theory, why } }),
    })),
    { what: 'alert ended', time: ended },
    ...notified(pageAlert, events, true, ended).map(({ receiver, integration, time }) => ({
      ...{ what: `resolved: ${receiver} (${integration})`, time },
    })),
  ];
  const steps = all.map((step, i) => ({ ...step, took: step.time - (all[i - 1]?.time ?? sent) }));
  const toPage = firings[0] === undefined ? undefined : firings[0].time - sent;
  return { steps, theory, ...(toPage === undefined ? {} : { toPage }) };
}

/** On Kubernetes all instances, because Prometheus sends to all; on Docker the published one. */
async function alertmanagers(running: Stack): Promise<Reached[]> {
  const { platform, alertmanager } = running.settings;
  const { replicas } = alertmanager;
  if (platform !== 'kubernetes' || replicas === 1) return [await reach(running, 'alertmanager')];
  return Promise.all(
    Array.from({ length: replicas }, (_, i) =>
      reach(running, 'alertmanager', `pod/alertmanager-${i}`),
    ),
  );
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
