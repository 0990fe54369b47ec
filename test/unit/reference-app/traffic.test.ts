import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Logins } from '../../../reference-app/src/traffic/logins';
import { Random } from '../../../reference-app/src/traffic/random';
import { plan, RequestGenerator } from '../../../reference-app/src/traffic/requests';
import { type Count, Tally } from '../../../reference-app/src/traffic/tally';
import { settingsSchema } from '../../../components/settings/schema';
import { soon } from '../../lib/soon';

const sum = (counts: readonly Count[], metric: string) =>
  counts.filter((count) => count.metric === metric).reduce((all, { value }) => all + value, 0);

describe('the tally', () => {
  it('sums up equal labels in any order', () => {
    const tally = new Tally();
    tally.count('ws_connections_total', { status: 'connected' });
    tally.count('http_requests_total', { method: 'GET', path: '/', status: '200' });
    tally.count('http_requests_total', { status: '200', path: '/', method: 'GET' });
    expect(tally.report().counted).toEqual([
      { metric: 'ws_connections_total', labels: { status: 'connected' }, value: 1 },
      {
        metric: 'http_requests_total',
        labels: { method: 'GET', path: '/', status: '200' },
        value: 2,
      },
    ]);
  });

  it('matches an API that responds, aborts, or is behind a proxy that responds', async () => {
    const answered: Record<string, number> = {};
    const turns = new Random(2);
    let asked = 0;
    const server = createServer((request, response) => {
      const turn = turns.next();
      asked += 1;
      if (turn < 0.2) {
        request.socket.destroy();
        return;
      }
      const status = turn < 0.4 ? 502 : turn < 0.5 ? 404 : 200;
      if (status !== 502) {
        response.setHeader('x-request-id', 'req_1');
        answered[status] = (answered[status] ?? 0) + 1;
      }
      response.writeHead(status).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, () => resolve()));
    const tally = new Tally();
    let paused = false;
    const generator = new RequestGenerator({
      apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ...{
        sessionSecret: 'key',
        perSecond: 200,
        tally,
        logins: new Logins(),
        random: new Random(1),
        paused: () => paused,
      },
    });
    generator.start();
    await soon(() => expect(asked).toBeGreaterThan(150), 15);
    paused = true;
    await soon(() => expect(generator.inFlight).toBe(0));
    generator.stop();
    await new Promise((resolve) => server.close(resolve));
    const { counted, unsure, elsewhere } = tally.report();
    for (const [status, count] of Object.entries(answered)) {
      const own = counted.filter(({ labels }) => labels['status'] === status);
      expect(sum(own, 'http_requests_total')).toBe(count);
    }
    expect(sum(unsure, 'http_requests_total')).toBeGreaterThan(0);
    expect(sum(elsewhere, 'http')).toBeGreaterThan(0);
  });
});

describe('requests without an incident', () => {
  it('stay within the error budgets, so that no alert on a budget fires', () => {
    const random = new Random(3);
    const requests = Array.from({ length: 100_000 }, () => plan(random));
    const logins = requests.filter(({ provider }) => provider !== undefined);
    const failed = logins.filter(({ url }) => url.includes('code=failed-')).length;
    const denied = logins.filter(({ url }) => /denied/.test(url)).length;
    const { slo } = settingsSchema.parse({});
    expect(failed).toBeGreaterThan(0);
    // The provider fails a code `failed-…`, and the API answers with 502.
    expect(failed / requests.length).toBeLessThan(0.5 * (1 - slo.apiAvailability.objective));
    expect(failed / (logins.length - denied)).toBeLessThan(0.8 * (1 - slo.login.objective));
  });
});

describe('pseudo-random numbers', () => {
  it('are the same for the same seed', () => {
    const three = (seed: number) => {
      const random = new Random(seed);
      return [random.next(), random.next(), random.next()];
    };
    expect(three(7)).toEqual(three(7));
    expect(three(7)).not.toEqual(three(8));
    for (const number of three(7)) expect(number >= 0 && number < 1).toBe(true);
  });

  it('follow the weights', () => {
    const random = new Random(1);
    const picks = Array.from({ length: 10_000 }, () =>
      random.weighted([
        [9, 'often'],
        [1, 'seldom'],
      ]),
    );
    expect(picks.filter((pick) => pick === 'seldom').length / 10_000).toBeCloseTo(0.1, 1);
  });
});

describe('active logins', () => {
  it('are those of the last five minutes, and those with an open connection', () => {
    const logins = new Logins();
    const minute = 60_000;
    logins.use('web-1', 0);
    logins.use('web-2', 3 * minute);
    expect(logins.active(['studio-1'], 4 * minute)).toBe(3);
    // The first login has expired. The one with a connection stays.
    expect(logins.active(['studio-1'], 6 * minute)).toBe(2);
    expect(logins.active([], 10 * minute)).toBe(1);
    expect(logins.active([], 12 * minute)).toBe(0);
  });
});
