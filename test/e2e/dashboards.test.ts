import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anyOf } from '../../dashboards';
import { defaultSlos, defaultThresholds } from '../../rules';
import { someValues, type Values } from '../lib/dashboard-queries';
import { askAll, type AskOptions, listed, shownBy } from './lib/dashboard-answers';
import { eventually, logsOf } from './lib/engine';
import { AppStack, type Count, type Sent, specJobs } from './lib/reference-app';

/**
 * The dashboards' queries on the real Prometheus and Loki of a stack with the reference
 * application: panels must show what the traffic did. Windows of five minutes are one minute here
 * (`alerts.speedUp`).
 */
const stack = 'e2e-dashboards';
const window = 60;
const app = new AppStack(stack, 19220, (ports) => ({
  prometheus: { port: ports.prometheus, scrapeInterval: '1s', evaluationInterval: '1s' },
  alertmanager: { port: ports.alertmanager },
  alerts: { speedUp: 300 / window },
  referenceApp: true,
  referenceAppPorts: { web: ports.web, control: ports.control },
  inbox: { port: ports.inbox },
  logs: { enabled: true },
  loki: { port: ports.loki },
  uptime: { checks: [{ name: 'web', url: 'http://caddy:2019/metrics', interval: '5s' }] },
}));

const asked: Omit<AskOptions, 'values'> = {
  dashboards: {
    environment: stack,
    thresholds: defaultThresholds,
    slo: defaultSlos,
    checks: true,
    runbookBase: 'https://runbooks.example',
    loki: true,
    logAgent: 'promtail',
    jaeger: false,
    cluster: false,
  },
  prometheus: `http://127.0.0.1:${app.ports.prometheus}`,
  loki: `http://127.0.0.1:${app.ports.loki}`,
};
const now = (): number => Date.now() / 1000;
const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Values of the variables when a dashboard is opened: all values. */
async function opened(): Promise<AskOptions> {
  const lists = await listed(asked, now());
  const values = (uid: string): Values => ({
    ...someValues,
    ...{ env: stack, search: '', __rate_interval: `${window}s` },
    // Averages over the time range use only its end, because each value is already an average of a
    // window.
    __range: '15s',
    ...Object.fromEntries([...(lists.get(uid) ?? [])].map(([name, all]) => [name, anyOf(all)])),
  });
  return { ...asked, values };
}

/** Adds the containers' logs to a failure. */
const explained =
  (test: () => Promise<void>): (() => Promise<void>) =>
  () =>
    test().catch((error: unknown) => {
      throw new Error(`${String(error)}\n${logsOf(stack)}`, { cause: error });
    });

beforeAll(async () => {
  await app.make('up');
  await app.settled(specJobs);
});

afterAll(() => app.remove());

/**
 * The spec's six dashboards must show data in every panel. Others have panels that only some stacks
 * need.
 */
const ofTheSpec = [
  ...['audifi-overview', 'audifi-api', 'audifi-websocket', 'audifi-v-studio'],
  ...['audifi-database', 'audifi-external-services'],
];

/** Empty in this stack, which has no PgBouncer, no replica, and no check of a certificate. */
const empties = [
  ...['audifi-database: Clients of PgBouncer', 'audifi-database: Replication Lag'],
  'audifi-overview: Certificate Days Left',
];

/** Panels of the log pipeline in the dashboard Stack. */
const logPath = [
  ...['Log Bytes Received', 'Log Lines Lost', 'Log Agents Behind', 'Loki Answers'],
  'Disk of Loki',
];

describe('the dashboards', () => {
  it(
    'have variables that list values',
    explained(async () => {
      await eventually('every variable lists values', 90, async () => {
        const lists = await listed(asked, now());
        const all = [...lists].flatMap(([uid, own]) =>
          [...own].map(([name, values]) => [`${uid} $${name}`, values.length] as const),
        );
        expect(all.length).toBeGreaterThan(5);
        const none = all.filter(([, length]) => length === 0).map(([name]) => name);
        if (none.length > 0) throw new Error(`nothing in ${none.join(', ')}`);
        return true;
      });
      const lists = await listed(asked, now());
      expect(lists.get('audifi-api')?.get('endpoint')).toContain('/v1/tracks/:id');
      expect(lists.get('audifi-stack')?.get('service')).toEqual(
        expect.arrayContaining([...specJobs, 'prometheus', 'loki', 'promtail']),
      );
    }),
  );

  it(
    'have no query that Prometheus or Loki rejects',
    explained(async () => {
      const refused = (await askAll(await opened())).filter(({ error }) => error !== undefined);
      expect(refused.map((a) => `${a.dashboard} ${a.place}: ${a.expr}: ${a.error}`)).toEqual([]);
    }),
  );

  it(
    "show data in all panels of the spec's six dashboards and of the log pipeline",
    explained(async () => {
      await eventually('every panel has data', 180, async () => {
        const panels = new Map<string, number>();
        for (const { dashboard, place, results } of await askAll(await opened())) {
          const meant =
            ofTheSpec.includes(dashboard) ||
            (dashboard === 'audifi-stack' && logPath.includes(place));
          if (!meant || place.startsWith('annotation ')) continue;
          const key = `${dashboard}: ${place}`;
          panels.set(key, (panels.get(key) ?? 0) + results);
        }
        expect(panels.size).toBeGreaterThanOrEqual(34 + logPath.length);
        const empty = [...panels]
          .filter(([key, results]) => results === 0 && !empties.includes(key))
          .map(([key]) => key);
        if (empty.length > 0) throw new Error(`empty: ${empty.join('; ')}`);
        return true;
      });
    }),
  );
});

/** The number of events between two reports of the generator, by a name made of labels. */
function between(
  before: Sent,
  after: Sent,
  metric: string,
  name: (labels: Count['labels']) => string | undefined,
): Map<string, number> {
  const counts = new Map<string, number>();
  const add = ({ counted }: Sent, sign: 1 | -1): void => {
    for (const count of counted) {
      const key = count.metric === metric ? name(count.labels) : undefined;
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + sign * count.value);
    }
  };
  add(after, 1);
  add(before, -1);
  return counts;
}

/** Seconds from an event to its first recorded sample, with time to spare. */
const lag = 4;

/**
 * What the generator sent in a window that ends at `at`. A sample is a few seconds old, so the
 * result has limits: the events of slightly more time, and of slightly less.
 */
interface Watched {
  readonly at: number;
  /** The least and the most events of a name. */
  readonly sent: (metric: string, name: Named) => Map<string, readonly [number, number]>;
}

async function watched(): Promise<Watched> {
  const begun = now();
  const reports: { readonly sent: Sent; readonly at: number }[] = [];
  for (const due of [0, lag, window, window + lag]) {
    await sleep(Math.max(0, begun + due - now()));
    reports.push({ sent: await app.sent(), at: now() });
  }
  const [first, second, third, last] = reports;
  if (!first || !second || !third || !last) throw new Error('unreachable');
  const at = begun + window + lag / 2;
  // A report that took seconds would not be a limit of the window.
  if (second.at > begun + lag + 1 || third.at > begun + window + 1) return watched();
  return {
    at,
    sent: (metric, name) => {
      const least = between(second.sent, third.sent, metric, name);
      const most = between(first.sent, last.sent, metric, name);
      return new Map([...most].map(([key, value]) => [key, [least.get(key) ?? 0, value]]));
    },
  };
}

/**
 * Whether the window allows a number. Prometheus extrapolates to the window's ends: on a busy
 * machine, which misses scrapes, by several seconds of the minute. Rare events come in groups, of
 * which those seconds may hold two or three.
 */
const fits = (seen: number, [least, most]: readonly [number, number]): boolean =>
  seen >= least * 0.92 - 3 && seen <= most * 1.08 + 3;

type Named = (labels: Count['labels']) => string | undefined;
const api: Named = ({ path }) => (path === '/health' ? undefined : 'all');

/** Panels that show a rate: the counter, the name of a series, and the rate per second. */
const rates: readonly (readonly [
  uid: string,
  title: string,
  metric: string,
  name: Named,
  perSecond: number,
])[] = [
  ['audifi-api', 'Requests by Endpoint', 'http_requests_total', endpoint, 1],
  ['audifi-websocket', 'Connection Rate', 'ws_connections_total', connected, 60],
  ['audifi-websocket', 'Message Rate', 'ws_messages_sent_total', () => 'sent', 1],
  ['audifi-websocket', 'Message Rate', 'ws_messages_received_total', () => 'received', 1],
  ['audifi-v-studio', 'Message Volume', 'studio_chat_messages_total', () => 'messages', 60],
  ['audifi-v-studio', 'Chat Platforms', 'studio_chat_messages_total', (l) => l['platform'], 60],
  ['audifi-v-studio', 'Poll Activity', 'studio_poll_votes_total', () => 'votes', 60],
  ['audifi-external-services', 'OAuth Logins', 'oauth_logins_total', loggedIn, 60],
];

function endpoint({ method, path }: Count['labels']): string | undefined {
  return path === '/health' ? undefined : `${method} ${path}`;
}

function connected({ status }: Count['labels']): string | undefined {
  return status === 'connected' ? 'new' : undefined;
}

function loggedIn({ provider, result }: Count['labels']): string | undefined {
  return result === 'success' ? provider : undefined;
}

describe('the dashboards show what the generator sent', () => {
  it(
    'in every panel with rates',
    explained(async () => {
      const { sent, at } = await watched();
      const options = await opened();
      const wrong: string[] = [];
      let compared = 0;
      for (const [uid, title, metric, name, perSecond] of rates) {
        const shown = new Map(
          (await shownBy(options, uid, title, at)).map((one) => [one.name, one.value]),
        );
        for (const [key, limits] of sent(metric, name)) {
          // The panel shows the ten largest.
          if (title === 'Requests by Endpoint' && !shown.has(key)) continue;
          const seen = ((shown.get(key) ?? 0) / perSecond) * window;
          compared += 1;
          if (!fits(seen, limits)) {
            wrong.push(`${uid} ${title} ${key}: ${seen.toFixed(1)} seen, ${limits.join('-')} sent`);
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(15);
      // Checks of /health are not from the generator.
      const checks = await app.prometheus.query(
        `sum(increase(http_requests_total{job="api-server",path="/health"}[${window}s]))`,
        at,
      );
      const limits = sent('http_requests_total', api).get('all') ?? [0, 0];
      const all = await shownBy(options, 'audifi-overview', 'Request Rate', at);
      const seen = (all.find(({ name }) => name === 'api-server')?.value ?? 0) * window;
      expect(limits[0]).toBeGreaterThan(window);
      expect({ limits, fits: fits(seen - (checks[0]?.value ?? 0), limits) }).toEqual({
        limits,
        fits: true,
      });
    }),
  );

  it(
    'for open connections in every session',
    explained(async () => {
      await eventually('viewers per session are those of the generator', 90, async () => {
        const open = async (): Promise<Map<string, number>> => {
          const { connections } = await app.sent();
          const viewers = connections.filter(({ role }) => role === 'viewer');
          return new Map(viewers.map(({ session_id, value }) => [session_id, value]));
        };
        const before = await open();
        await sleep(2.5);
        // No client connected or disconnected during the query.
        expect(await open()).toEqual(before);
        const shown = await shownBy(
          await opened(),
          'audifi-v-studio',
          'Viewers per Session',
          now(),
        );
        // The panel also shows sessions that everybody has left.
        const some = shown.filter(({ value }) => value > 0);
        expect(new Map(some.map(({ name, value }) => [name, value]))).toEqual(before);
        return true;
      });
    }),
  );

  it(
    'for live sessions and active logins',
    explained(async () => {
      await eventually('both numbers are those of the generator', 60, async () => {
        const first = await app.sent();
        const options = await opened();
        const [live] = await shownBy(options, 'audifi-v-studio', 'Active Sessions', now());
        const [logins] = await shownBy(options, 'audifi-overview', 'Active Users', now());
        const last = await app.sent();
        const sessions = ({ connections }: Sent): number =>
          new Set(connections.filter(({ value }) => value > 0).map((c) => c.session_id)).size;
        // No session started or ended during the query.
        expect(sessions(last)).toBe(sessions(first));
        expect(live?.value).toBe(sessions(first));
        // Requests in flight, and those of the seconds between two scrapes.
        expect(last.logins).toBeGreaterThan(20);
        expect(Math.abs((logins?.value ?? 0) - last.logins)).toBeLessThanOrEqual(
          Math.max(3, 0.05 * last.logins),
        );
        return true;
      });
    }),
  );

  it(
    "for pools: the services' connections to PostgreSQL",
    explained(async () => {
      await eventually('as many as PostgreSQL says', 60, async () => {
        const options = await opened();
        const shown = await shownBy(options, 'audifi-database', 'Connections', now());
        const of = (name: string): number => shown.find((one) => one.name === name)?.value ?? NaN;
        expect(of('waiting')).toBe(0);
        expect(of('active') + of('idle')).toBeGreaterThan(0);
        const server = await shownBy(options, 'audifi-database', 'Server Connections', now());
        const clients = server.reduce((sum, { value }) => sum + value, 0);
        // The exporter has connections of its own.
        expect(clients - of('active') - of('idle')).toBeGreaterThanOrEqual(0);
        expect(clients - of('active') - of('idle')).toBeLessThanOrEqual(4);
        return true;
      });
    }),
  );

  it(
    'for errors',
    explained(async () => {
      await app.make('incident', { KIND: 'errors' });
      try {
        const { sent, at } = await watched();
        const status: Named = (labels) =>
          labels['path'] === '/health' ? undefined : `${labels['status']?.slice(0, 1)}xx`;
        const classes = sent('http_requests_total', status);
        const most = [...classes.values()].reduce((sum, [, value]) => sum + value, 0);
        const limits = classes.get('5xx') ?? [0, 0];
        const failed = limits[1] / most;
        expect(failed).toBeGreaterThan(0.1);
        const options = await opened();
        const rate = await shownBy(options, 'audifi-overview', 'Error Rate', at);
        const seen = rate.find(({ name }) => name === '5xx')?.value ?? 0;
        // Successful checks of /health are included.
        expect(seen).toBeGreaterThan(failed * 0.75);
        expect(seen).toBeLessThan(failed * 1.1);
        const byClass = await shownBy(options, 'audifi-api', 'Status Code Distribution', at);
        const errors = (byClass.find(({ name }) => name === '5xx')?.value ?? 0) * window;
        expect({ errors, limits, fits: fits(errors, limits) }).toEqual({
          errors,
          limits,
          fits: true,
        });
      } finally {
        await app.make('incident', { KIND: 'none' });
      }
    }),
  );

  it(
    'for quantiles, within the bucket of the actual duration',
    explained(async () => {
      // Responses then take 3 to 4 s: the bucket from 2 to 5.
      await app.make('incident', { KIND: 'latency' });
      try {
        await sleep(window + 5);
        // Some requests may wait for a busy machine as well. The next window is without them.
        await eventually('the quantiles are there', 2 * window, async () => {
          const options = await opened();
          const latency = await shownBy(options, 'audifi-overview', 'Latency', now());
          const p95 = latency.find(({ name }) => name === 'p95')?.value ?? 0;
          const slow = await shownBy(options, 'audifi-api', 'Slowest Endpoints', now());
          expect(slow.length).toBeGreaterThan(2);
          for (const value of [p95, ...slow.map((one) => one.value)]) {
            expect(value).toBeGreaterThan(2);
            expect(value).toBeLessThanOrEqual(5);
          }
          const rows = await shownBy(options, 'audifi-api', 'Response Time by Endpoint', now());
          expect(rows.length).toBeGreaterThan(5);
          expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
          const heat = new Map(
            (await shownBy(options, 'audifi-api', 'Response Time Distribution', now())).map(
              ({ name, value }) => [Number(name), value],
            ),
          );
          // Checks of /health are fast. All other requests are in this bucket.
          const within = (heat.get(5) ?? 0) - (heat.get(2) ?? 0);
          expect(within).toBeGreaterThan(0.5 * (heat.get(5) ?? Infinity));
          return true;
        });
      } finally {
        await app.make('incident', { KIND: 'none' });
      }
    }),
  );
});
