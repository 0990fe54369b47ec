import { describe, expect, it } from '@jest/globals';
import { type Built, nextSmall, nextSuites, type Suite } from '../../scripts/e2e-schedule';

const suite = (path: string, size: Suite['size'], needs: Suite['needs']): Suite => ({
  ...{ path, size, needs },
});
const cluster = suite('cluster', 'long', 'cluster');
const incidents = suite('incidents', 'long', 'images');
const app = suite('app', 'large', 'first');
const traces = suite('traces', 'large', 'images');
const uptime = suite('uptime', 'small', 'first');
const logs = suite('logs', 'small', 'images');
const lines = suite('lines', 'small', 'logs');
const all = [cluster, incidents, app, traces, uptime, logs];
const ready: Built = { logs: true, images: true, cluster: true };
const images: Built = { logs: true, images: true, cluster: false };
const first: Built = { logs: false, images: false, cluster: false };

describe('with everything built', () => {
  it('a long suite runs first, and all small ones beside it in one call', () => {
    expect(nextSuites(all, [], ready)).toEqual([cluster]);
    expect(nextSuites(all, [cluster], ready)).toEqual([uptime, logs]);
  });

  it('no large suite runs beside a long one', () => {
    expect(nextSuites([incidents, app], [cluster], ready)).toBeUndefined();
    expect(nextSuites([incidents, app], [traces], ready)).toBeUndefined();
    expect(nextSuites([incidents, app], [logs], ready)).toEqual([incidents]);
  });

  it('large ones run two at a time at the end', () => {
    expect(nextSuites([app, traces], [], ready)).toEqual([app]);
    expect(nextSuites([traces], [app], ready)).toEqual([traces]);
    expect(nextSuites([traces, logs], [app], { ...ready, slow: true })).toEqual([logs]);
    expect(nextSuites([traces], [app], { ...ready, slow: true })).toBeUndefined();
  });
});

describe('during builds', () => {
  it('only what needs the first part runs, at most one large suite', () => {
    expect(nextSuites(all, [], first)).toEqual([app]);
    expect(nextSuites([cluster, traces, uptime, logs], [app], first)).toEqual([uptime]);
    expect(nextSuites([cluster, traces, logs], [app], first)).toBeUndefined();
  });

  it('what needs only the programs for logs does not wait for the rest', () => {
    expect(nextSuites([cluster, traces, logs, lines], [], first)).toBeUndefined();
    expect(nextSuites([cluster, traces, logs, lines], [], { ...first, logs: true })).toEqual([
      lines,
    ]);
  });

  it('a long suite does not wait for the cluster of another', () => {
    expect(nextSuites(all, [], images)).toEqual([incidents]);
  });

  it('small suites are left for the time of the long ones', () => {
    expect(nextSuites([cluster, traces, uptime], [], images)).toEqual([traces]);
    expect(nextSuites([cluster, uptime], [], images)).toEqual([uptime]);
  });
});

it('the third slot of a quick machine takes small suites, once the images are built', () => {
  expect(nextSmall(all, ready)).toEqual([uptime]);
  expect(nextSmall([cluster, traces, logs], images)).toEqual([logs]);
  expect(nextSmall(all, first)).toBeUndefined();
  expect(nextSmall([cluster, traces], ready)).toBeUndefined();
});

it('every order ends: each suite runs once, whenever the builds end', () => {
  for (const imagesAt of [0, 2, 9]) {
    for (const clusterAt of [0, 3, 12]) {
      let waiting: readonly Suite[] = all;
      let running: readonly (readonly Suite[])[] = [];
      const run: string[] = [];
      for (let step = 0; step < 30; step += 1) {
        const images = step >= imagesAt;
        const built = { logs: images, images, cluster: step >= imagesAt + clusterAt };
        while (running.length < 2) {
          const next = nextSuites(waiting, running.flat(), built);
          if (next === undefined) break;
          waiting = waiting.filter((one) => !next.includes(one));
          running = [...running, next];
          run.push(...next.map(({ path }) => path));
        }
        running = running.slice(1);
      }
      expect(run.sort()).toEqual(all.map(({ path }) => path).sort());
    }
  }
});
