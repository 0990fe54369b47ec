import { statfsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { incidents, latency } from '../../scripts/incident-kinds';
import { settingsSchema } from '../../components/settings/schema';
import { eventually, logsOf } from './lib/engine';
import { noObjectives } from './lib/objectives';
import { AppStack, type Notified, specJobs } from './lib/reference-app';

/**
 * `make incident` on a development stack whose rules run twenty times faster: each of the spec's
 * eleven alerts fires in time, with no other alerts than its declared companions, arrives in the
 * inbox, and resolves after the incident.
 */
const stack = 'e2e-incidents';
const timing = { groupWait: '1s', groupInterval: '2s', repeatInterval: '1h' };
const fast = {
  prometheus: { scrapeInterval: '1s', evaluationInterval: '1s' },
  alertmanager: { startDelay: '1s', critical: timing, warning: timing, info: timing },
  slo: noObjectives,
  alerts: {
    speedUp: 20,
    thresholds: {
      diskFreeRatio: belowFree(),
      // A busy machine opens fewer than 140 connections per second. Without the incident there is
      // less than one.
      wsConnectionRate: 30,
    },
  },
};

/**
 * The spec's threshold of 20 %, or slightly less than the free share of a fuller disk, so that the
 * alert does not fire by itself.
 */
function belowFree(): number {
  const { bavail, blocks } = statfsSync('/');
  return Math.min(0.2, Math.floor((bavail / blocks - 0.02) * 100) / 100);
}

const app = new AppStack(stack, 19210, (ports) => ({
  ...fast,
  prometheus: { ...fast.prometheus, port: ports.prometheus },
  alertmanager: { ...fast.alertmanager, port: ports.alertmanager },
  referenceApp: true,
  referenceAppPorts: { web: ports.web, control: ports.control },
  inbox: { port: ports.inbox },
  uptime: { enabled: false },
}));
const settings = settingsSchema.parse(fast);

/**
 * Seconds that no setting shortens: a process starts, a hundred connections open, a notification is
 * delivered, on a machine with thirty containers. In production these are within the tolerance of a
 * tenth.
 */
const machine = 5;

beforeAll(async () => {
  await app.make('up');
  await app.settled(specJobs);
  await quiet();
  await endedAlerts();
});

afterAll(() => app.remove());

/**
 * Waits until only the Watchdog fires, so that alerts of the start or of an earlier incident are
 * resolved.
 */
const quiet = (): Promise<boolean> =>
  eventually<boolean>('nothing fires', 300, async () => {
    const firing = await app.prometheus.query('ALERTS{alertname!="Watchdog"}');
    if (firing.length > 0) {
      throw new Error(firing.map(({ metric }) => JSON.stringify(metric)).join('\n'));
    }
    return true;
  });

/** Waits until the inbox has the resolved notification of every alert, and returns their names. */
const endedAlerts = (): Promise<string[]> =>
  eventually('the end of every message', 90, async () => {
    const latest = new Map<string, Notified>();
    for (const n of [...(await app.notifications())].reverse()) latest.set(n.alert, n);
    const open = [...latest.values()].filter(({ status }) => status === 'firing');
    if (open.length > 0) throw new Error(open.map(({ alert }) => alert).join(', '));
    return [...latest.keys()];
  });

const about = (alert: string, status: Notified['status']) => async () =>
  (await app.notifications()).find((n) => n.alert === alert && n.status === status);

/** The incidents to run. Set AUDIFI_INCIDENTS=errors,latency to run only these. @default all */
const chosen = process.env.AUDIFI_INCIDENTS?.split(',') ?? Object.keys(incidents);

/**
 * `make incident` leaves 10 % of the disk free, so a disk that is nearly that full cannot be filled
 * further.
 */
const playable = chosen.filter((kind) => kind !== 'disk' || belowFree() > 0.11);
if (playable.length < chosen.length) {
  process.stderr.write('Not played: disk. Less than 13 % of this disk is free.\n');
}

describe('each incident', () => {
  it.each(Object.entries(incidents).filter(([kind]) => playable.includes(kind)))(
    '%s is notified in time, and resolves',
    async (kind, incident) => {
      // Leftovers of a failed earlier incident.
      await quiet();
      await endedAlerts();
      await app.clearInbox();
      const begun = Date.now();
      const said = await app.make('incident', { KIND: kind });
      const broken = Date.now();
      expect(said).toContain(incident.alert);
      try {
        const { told } = latency(incident, settings);
        const found = await eventually(
          `${incident.alert} in the inbox`,
          told * 1.1 + machine + 60,
          about(incident.alert, 'firing'),
        );
        // Measured from the end of the command, which is the latest possible start of the fault.
        const took = (new Date(found.receivedAt).getTime() - broken) / 1000;
        expect(took).toBeLessThanOrEqual(told * 1.1 + machine);
        expect(new Date(found.receivedAt).getTime()).toBeGreaterThan(begun);
      } catch (error) {
        throw new Error(`${String(error)}\n${logsOf(stack)}`, { cause: error });
      } finally {
        await app.make('incident', { KIND: 'none' });
      }
      await eventually(`the end of ${incident.alert}`, 120, about(incident.alert, 'resolved'));
      await quiet();
      const names = await endedAlerts();
      const declared = [incident.alert, ...(incident.companions ?? [])];
      expect(names.filter((name) => !declared.includes(name))).toEqual([]);
    },
  );
});
