import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { builtPath } from '../../../offline/build';
import { fetchBytes } from '../../../offline/download';
import { estimate, estimateOf, minutes } from '../../../offline/estimates';
import { BuildOutput, BuildPlan } from '../../../offline/progress';
import type { Command } from '../../../offline/recipes';
import { logTo } from '../../../offline/terminal';
import { commandsOf, prediction, toBuild, unbuilt } from '../../../offline/to-build';

describe('which build of how many, and the time left', () => {
  let now = 0;
  let plan: BuildPlan;
  beforeEach(() => {
    now = 0;
    plan = new BuildPlan(() => now);
  });
  const pass = (seconds: number): void => {
    now += 1_000 * seconds;
  };
  /** Builds a command alone. */
  const built = (command: Command, seconds: number): void => {
    plan.start(command);
    pass(seconds);
    plan.finish(command);
  };
  const expected = (command: Command): number => estimateOf(command).seconds;

  test('the sum of what is not finished', () => {
    plan.expect(['pulumi', 'loki', 'promtail', 'loki']);
    const all = expected('pulumi') + expected('loki') + expected('promtail');
    plan.start('pulumi');
    expect(plan.describe('pulumi')).toBe(`1 of 3, ${minutes(all)} left`);
    pass(60);
    expect(plan.left()).toBeCloseTo(all - 60);
    pass(expected('pulumi') - 60);
    plan.finish('pulumi');
    plan.start('loki');
    expect(plan.position('loki')).toBe('2 of 3');
    expect(plan.left()).toBeCloseTo(expected('loki') + expected('promtail'));
  });

  test('two builds at a time share the machine', () => {
    plan.expect(['pulumi', 'loki']);
    plan.start('pulumi');
    plan.start('loki');
    expect([plan.position('pulumi'), plan.position('loki')]).toEqual(['1 of 2', '2 of 2']);
    pass(100);
    expect(plan.left()).toBeCloseTo(expected('pulumi') + expected('loki') - 100);
    // Each of them has used half of the time, so this machine is as fast as expected.
    pass(2 * expected('pulumi') - 100);
    plan.finish('pulumi');
    expect(plan.left()).toBeCloseTo(expected('loki') - expected('pulumi'));
  });

  test('a machine that takes twice the time gets twice the estimate', () => {
    plan.expect(['pulumi', 'promtail', 'loki']);
    built('pulumi', 2 * expected('pulumi'));
    built('promtail', 2 * expected('promtail'));
    plan.start('loki');
    expect(plan.left()).toBeCloseTo(2 * expected('loki'));
  });

  test('a build that takes longer than expected corrects the rest while it runs', () => {
    plan.expect(['loki', 'promtail']);
    plan.start('loki');
    pass(3 * expected('loki'));
    expect(plan.left()).toBeCloseTo(3 * expected('promtail'));
  });

  test('a short build says little about the machine', () => {
    plan.expect(['actionlint', 'loki']);
    built('actionlint', 0);
    plan.start('loki');
    expect(plan.left()).toBeGreaterThan(0.9 * expected('loki'));
  });

  test('a build that nobody announced counts as well, and a failed one is still to be done', () => {
    plan.start('caddy');
    expect(plan.position('caddy')).toBe('1 of 1');
    plan.stop('caddy');
    pass(100);
    expect(plan.left()).toBe(expected('caddy'));
  });
});

describe("what a build is doing, from Go's output", () => {
  test('packages, downloads, and a download that has stalled', () => {
    let now = 0;
    const output = new BuildOutput(() => now);
    output.line('internal/abi');
    output.line('strings');
    expect(output.describe()).toBe('2 packages');
    output.line('go: downloading k8s.io/api v0.35.4');
    now = 59_000;
    expect(output.describe()).toBe('downloading k8s.io/api v0.35.4');
    now = 75_000;
    expect(output.describe()).toBe(
      'downloading k8s.io/api v0.35.4 has stalled: nothing for 75 s (is the module proxy slow?)',
    );
    // A long compilation is no stalled download.
    output.line('k8s.io/api/core/v1');
    now = 900_000;
    expect(output.describe()).toBe('3 packages');
  });
});

test('a step in which Go prints nothing has its name, until Go prints something', () => {
  const output = new BuildOutput();
  output.begin('web pages');
  expect(output.describe()).toBe('web pages');
  output.line('strings');
  expect(output.describe()).toBe('1 package');
});

describe('one line on a terminal', () => {
  const write = (isTTY: boolean): { text: () => string; log: ReturnType<typeof logTo> } => {
    let text = '';
    const log = logTo({ isTTY, columns: 20, write: (more: string) => (text += more) });
    return { text: () => text, log };
  };

  test('the next line replaces a transient one', () => {
    const { text, log } = write(true);
    log('building x');
    log('building x: 10 s, and a line longer than the terminal', { transient: true });
    log('building x: 20 s', { transient: true });
    log('built x');
    expect(text()).toBe('building x\nbuilding x: 10 s, a\r\x1b[Kbuilding x: 20 s\r\x1b[Kbuilt x\n');
  });

  test('a file keeps all lines', () => {
    const { text, log } = write(false);
    log('building x: 10 s', { transient: true });
    log('built x');
    expect(text()).toBe('building x: 10 s\nbuilt x\n');
  });
});

describe('a download', () => {
  let server: Server;
  let handler: RequestListener;
  beforeEach(async () => {
    server = createServer((request, response) => handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.tar.gz`;

  test('says how far it is, and that it has stalled', async () => {
    const lines: string[] = [];
    handler = (_, response) => {
      response.writeHead(200, { 'content-length': '2000000' });
      response.write(Buffer.alloc(1_000_000));
      // The rest comes only after the kit has noticed.
      const wait = setInterval(() => {
        if (!lines.some((line) => line.includes('1.0 of 2.0 MB, stalled'))) return;
        clearInterval(wait);
        response.end(Buffer.alloc(1_000_000));
      }, 10);
    };
    const bytes = await fetchBytes(url(), 'downloading x 1.0', (line) => lines.push(line), 50);
    expect(bytes).toHaveLength(2_000_000);
    expect(lines.join('\n')).toMatch(
      /^downloading x 1\.0: 1\.0 of 2\.0 MB, stalled: nothing for \d+ s$/m,
    );
  });

  test('that is refused is one clear error', async () => {
    handler = (_, response) => response.writeHead(404).end();
    await expect(fetchBytes(url(), 'x', () => undefined)).rejects.toThrow(
      /^cannot download http.*: HTTP 404$/,
    );
  });
});

describe('what would be built', () => {
  let cache: string;
  const before = process.env.AUDIFI_CACHE;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'kit-plan-'));
    process.env.AUDIFI_CACHE = cache;
  });
  afterEach(() => {
    rmSync(cache, { recursive: true });
    if (before === undefined) delete process.env.AUDIFI_CACHE;
    else process.env.AUDIFI_CACHE = before;
  });

  test('everything that the cache lacks, if nothing may be downloaded', async () => {
    const wanted = { pulumi: true, provider: true, tools: ['promtool', 'amtool'] } as const;
    const all = ['pulumi', 'pulumi-resource-kubernetes', 'promtool', 'amtool'];
    expect(await toBuild(wanted, 'offline')).toEqual(all);
    mkdirSync(dirname(builtPath('promtool')), { recursive: true });
    writeFileSync(builtPath('promtool'), '');
    expect(await toBuild(wanted, 'offline')).toEqual(all.filter((name) => name !== 'promtool'));
    expect(await toBuild(wanted, 'stock')).toEqual([]);
  });

  test('the commands of images, each once', () => {
    expect(commandsOf(['prometheus', 'loki', 'redis'])).toEqual(['prometheus', 'promtool', 'loki']);
    expect(unbuilt(['loki', 'loki'])).toEqual(['loki']);
  });

  test('how long and how much disk; commands of one module share it', () => {
    const one = estimate(['prometheus']);
    const both = estimate(['prometheus', 'promtool']);
    expect(both.seconds).toBe(one.seconds + estimateOf('promtool').seconds);
    expect(both.megabytes - one.megabytes).toBe(3 * estimateOf('promtool').megabytes);
    expect(prediction(['pulumi', 'loki', 'promtail', 'otelcol', 'jaeger', 'caddy'])).toBe(
      'pulumi, loki, promtail, otelcol and 2 more from Go modules: about 14 min on two idle cores, up to 8.7 GB of disk',
    );
    expect(prediction(['actionlint'])).toMatch(/less than a minute .* up to 48 MB of disk$/);
  });
});
