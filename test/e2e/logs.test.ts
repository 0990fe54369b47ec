import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kit, prepare } from '../../offline/kit';
import { eventually } from './lib/engine';
import { levelOf, makeLines, planted } from './lib/log-lines';
import {
  agentProcess,
  contents,
  LogFiles,
  LokiApi,
  lokiProcess,
  metric,
  residentMiB,
} from './lib/logs';
import { LocalServer } from './lib/server';
import { type Rendered, renderedServices, type Replacements, type Service } from './lib/processes';

// The real Loki and Promtail as the program runs them, on files in the engine's format.

let kit: Kit;
let rendered: (name: string) => Rendered;
let withOtel: (name: string) => Rendered;
let folder = '';
const started: Service[] = [];

beforeAll(async () => {
  kit = await prepare({ need: ['loki', 'promtail', 'otelcol'] });
  rendered = await renderedServices('e2e', {});
  withOtel = await renderedServices('e2e', { logs: { agent: 'otel' } });
});

afterEach(async () => {
  for (const service of started.splice(0)) await service.remove();
  rmSync(folder, { recursive: true, force: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const command = (name: 'loki' | 'promtail' | 'otelcol'): string => kit.commands[name] ?? name;

async function startLoki(more: Replacements = []): Promise<{ loki: Service; api: LokiApi }> {
  const loki = await lokiProcess(command('loki'), rendered('loki'), more);
  started.push(loki);
  await loki.start();
  return { loki, api: new LokiApi(loki.url) };
}

type Agent = 'promtail' | 'otel';

async function makeAgent(name: Agent, loki: Service): Promise<{ agent: Service; files: LogFiles }> {
  folder = mkdtempSync(join(tmpdir(), 'audifi-logs-'));
  const places = { loki: loki.url, logs: folder };
  const services = name === 'promtail' ? rendered : withOtel;
  const agent = await agentProcess(name, kit.commands, services, places);
  started.push(agent);
  return { agent, files: new LogFiles(folder) };
}

/** Waits until this many different lines with a mark are stored, and returns all of them. */
const marked = (api: LokiApi, count: number, seconds = 60) =>
  eventually(`${count} lines in Loki`, seconds, async () => {
    const lines = await api.lines('{env="e2e"} |= `mark-`');
    const marks = new Set(lines.map(({ text }) => /mark-\d+-/.exec(text)?.[0]));
    if (marks.size >= count) return lines;
    throw new Error(`${marks.size} of them are there`);
  });

describe.each<Agent>(['promtail', 'otel'])('%s: ten thousand lines of six kinds', (name) => {
  it('arrive once, with the right labels, level and time, and without planted values', async () => {
    const secrets = planted(200);
    const { lines, expected } = makeLines(
      10_000,
      Array.from({ length: 10_000 }, (_, i) => (i % 50 === 0 ? (secrets[i / 50]?.text ?? '') : '')),
    );
    const { loki, api } = await startLoki();
    const { agent, files } = await makeAgent(name, loki);
    for (const [container, some] of Object.entries(lines)) files.write(container, some);
    // After the last line, no line starts a new PostgreSQL message.
    await agent.start();

    const stored = await marked(api, expected.length);
    expect(stored).toHaveLength(expected.length);
    const byMark = new Map(stored.map((line) => [/mark-\d+-/.exec(line.text)?.[0], line]));
    const wrong = expected.flatMap((one) => {
      const found = byMark.get(one.mark);
      const told = {
        mark: one.mark,
        job: found?.stream['job'],
        container: found?.stream['container'],
        level: found?.stream['level'],
        time: Number((found?.nanoseconds ?? 0n) / 1_000_000n),
      };
      const { mark, job, container, time } = one;
      const said = { mark, job, container, level: levelOf(one), time };
      return JSON.stringify(told) === JSON.stringify(said) ? [] : [{ told, said }];
    });
    expect(wrong.slice(0, 3)).toEqual([]);

    const times: number[] = [];
    let counts: Record<string, number> = {};
    for (let i = 0; i < 5; i += 1) {
      const before = Date.now();
      counts = await api.values(
        // Slightly different queries, so that no cache answers them.
        `sum by (level) (count_over_time({job="api-server"} | trace_id="0af7651916cd43dd8448eb211c80319c" [${60 + i}m]))`,
        'level',
      );
      times.push(Date.now() - before);
    }
    // Other load on the machine affects most of them, but not all.
    expect(Math.min(...times)).toBeLessThan(1_000);
    expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(
      expected.filter(({ job }) => job === 'api-server').length,
    );
    const statement = stored.find(({ stream }) => stream['job'] === 'postgres');
    expect(statement?.text.split('\n')).toHaveLength(3);

    // First in the write-ahead log, then in chunks and index as well.
    for (const flushed of [false, true]) {
      if (flushed) {
        await api.flush();
        await eventually('chunks on disk', 60, () =>
          contents(join(loki.data, 'chunks')).some((bytes) => bytes.includes('mark-000050-'))
            ? true
            : undefined,
        );
      }
      const everything = contents(loki.data);
      const found = (text: string): boolean => everything.some((bytes) => bytes.includes(text));
      expect(found('mark-000050-')).toBe(true);
      expect(secrets.filter(({ hidden }) => found(hidden))).toEqual([]);
    }
  });
});

describe.each<Agent>(['promtail', 'otel'])('%s: nothing is lost', (name) => {
  it('if agent and Loki are killed under load, files are rotated, and Loki is down for a while', async () => {
    const { loki, api } = await startLoki();
    const { agent, files } = await makeAgent(name, loki);
    await agent.start();
    const parts = 9;
    // The collector's operator `recombine` holds the last PostgreSQL message for up to a second
    // until the next one starts, although the read position is already saved. So a kill loses one
    // message per such container. The cause is upstream:
    // github.com/open-telemetry/opentelemetry-collector-contrib/issues/31074 (docs/logs.md).
    const inMemory = name === 'otel' ? 1 : 0;
    const { lines, expected } = makeLines(parts * 1_000, []);
    const queues = Object.entries(lines).map(([container, all]) => ({ container, all: [...all] }));
    let [part, written] = [0, 0];
    const write = (): void => {
      for (const { container, all } of queues) {
        const some = all.splice(0, Math.ceil(all.length / (parts - part)));
        written += some.filter((line) => line.includes('mark-')).length;
        files.write(container, some);
      }
      part += 1;
    };
    write();
    await marked(api, written);

    // The agent dies with lines in flight, and more lines are written meanwhile.
    write();
    await pause(300);
    await agent.kill('SIGKILL');
    write();
    await agent.start();
    await marked(api, written - inMemory);

    // Loki dies with lines in memory, and the engine rotates a file while the agent waits.
    write();
    await pause(1_500);
    await loki.kill('SIGKILL');
    write();
    await pause(3_000);
    files.rotate('audifi-e2e-api-server');
    write();
    await pause(5_000);
    await loki.start();
    write();
    await marked(api, written - inMemory);

    // A clean stop, with a rotated file that was read.
    files.rotate('shop-worker-1');
    write();
    await marked(api, written - inMemory);
    await agent.kill('SIGTERM');
    write();
    await agent.start();
    const stored = await marked(api, written - inMemory);
    expect(written).toBe(expected.length);
    expect(stored.length).toBeGreaterThanOrEqual(written - inMemory);
    const texts = stored.map(({ text }) => text).join('\n');
    const lost = expected.filter(({ mark }) => !texts.includes(mark));
    expect(lost.filter(({ job }) => job !== 'postgres' || name === 'promtail')).toEqual([]);
    // Lines that were sent twice have the same time and text. Loki shows them once unless they are
    // in two blocks.
    const { all = 0 } = await api.values(
      'label_replace(sum(count_over_time({env="e2e"} |= `mark-` [2h])), "of", "all", "", "")',
      'of',
    );
    process.stdout.write(`of ${written} lines ${all - written} are counted twice\n`);
    expect(all - written).toBeLessThan(written / 3);
    expect(
      await metric(
        agent.url,
        /^(promtail_dropped_entries|otelcol_exporter_send_failed_log_records)_total/,
      ),
    ).toBe(0);
  });

  it('and a truncated file is read from its start', async () => {
    const { loki, api } = await startLoki();
    const { agent, files } = await makeAgent(name, loki);
    await agent.start();
    const { lines } = makeLines(12, []);
    const [worker = []] = [lines['shop-worker-1']];
    files.write('shop-worker-1', worker.slice(0, 1));
    await marked(api, 1);
    files.truncate('shop-worker-1');
    await pause(1_000);
    files.write('shop-worker-1', worker.slice(1));
    await marked(api, worker.length);
  });
});

describe.each<Agent>(['promtail', 'otel'])('%s: broken input', (name) => {
  it('is stored or counted, affects no other line, and takes bounded memory', async () => {
    const { loki, api } = await startLoki();
    const { agent, files } = await makeAgent(name, loki);
    const { lines, expected } = makeLines(600, []);
    await agent.start();

    const noise = Buffer.alloc(300_000);
    for (let i = 0; i < noise.length; i += 1) noise[i] = (i * 7919 + (i >> 7)) % 256;
    files.raw('binary', noise);
    files.raw('binary', Buffer.from('\n'));
    files.write('audifi-e2e-api-server', [
      'x'.repeat(2_000_000),
      'mark-900001- not JSON',
      '{"level":"info","message":"mark-900002- cut of',
      `{"level":"loud","timestamp":"${new Date().toISOString()}","message":"mark-900003-"}`,
    ]);
    files.raw(
      'audifi-e2e-redis',
      Buffer.from('{"log":"mark-900004- \xff\xfe\\n","attrs":{"tag":"x-redis"}}\n', 'latin1'),
    );
    // A clock that is wrong by a month, one that is a day off in the other direction, and a wrong
    // unit.
    const day = 86_400_000;
    const times = [
      new Date(Date.now() - 30 * day).toISOString(),
      new Date(Date.now() + day).toISOString(),
    ];
    for (const timestamp of [...times, Date.now() * 1e12]) {
      files.write('shop-worker-1', [JSON.stringify({ level: 'info', timestamp, message: 'late' })]);
    }
    for (const [container, some] of Object.entries(lines)) files.write(container, some);

    const bomb = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`label${i}`, 'x']));
    const now = String(BigInt(Date.now()) * 1_000_000n);
    expect(await api.push([{ stream: bomb, values: [[now, 'x']] }])).toBe(400);

    const stored = await marked(api, expected.length + 4);
    const of = (mark: string) => stored.find(({ text }) => text.includes(mark))?.stream;
    expect(of('mark-900001-')).toMatchObject({ level: 'unknown', parse_error: 'json' });
    expect(of('mark-900002-')).toMatchObject({ level: 'unknown', parse_error: 'json' });
    expect(of('mark-900003-')).toMatchObject({ level: 'unknown' });
    if (name === 'promtail') {
      // On a busy machine, two were counted when the lines were already in Loki.
      await eventually('three lines that could not be parsed are counted', 30, async () => {
        const counted = await metric(agent.url, /^audifi_log_parse_errors_total\{.*api-server/);
        expect(counted).toBe(3);
        return true;
      });
    }
    // If the line's time is implausible, the engine's is used: Loki rejects nothing, and no other
    // line is lost.
    const late = await api.lines('{job="worker"} |= `"late"`');
    expect(late).toHaveLength(3);
    for (const reason of ['greater_than_max_sample_age', 'too_far_in_future']) {
      const pattern = new RegExp(`^loki_discarded_samples_total\\{.*reason="${reason}"`);
      expect(await metric(loki.url, pattern)).toBe(0);
    }
    expect(
      await metric(loki.url, /^loki_discarded_samples_total\{.*max_label_names_per_series/),
    ).toBe(1);
    // It can arrive in a later batch than the lines after it, because it is another stream.
    await eventually('the long line, cut', 30, async () => {
      const long = await api.lines('{job="api-server"} |= `xxxxxxxxxx`');
      expect(long.map(({ text }) => text.length)).toEqual([262_144]);
      return true;
    });
    expect(await residentMiB(agent.url)).toBeLessThan(256);
    expect(await residentMiB(loki.url)).toBeLessThan(512);
  });
});

describe('lines that are behind their stream', () => {
  it('are stored up to half a day, and found while Loki has them in memory', async () => {
    const { api } = await startLoki();
    const hour = 3_600_000;
    const stream = { job: 'e2e', level: 'info', env: 'e2e', container: 'behind' };
    const push = (hours: number): Promise<number> =>
      api.push([
        {
          stream,
          values: [[String(BigInt(Date.now() - hours * hour) * 1_000_000n), `behind by ${hours}`]],
        },
      ]);
    expect([await push(0), await push(11), await push(13)]).toEqual([204, 204, 400]);
    const texts = (await api.lines('{container="behind"}', 24)).map(({ text }) => text);
    expect(texts.sort()).toEqual(['behind by 0', 'behind by 11']);
  });
});

describe('expired lines', () => {
  it('are deleted by level, on disk as well, and all others are kept', async () => {
    const { loki, api } = await startLoki([
      ['reject_old_samples: true', 'reject_old_samples: false'],
      ['max_query_lookback: 90d', 'max_query_lookback: 10y'],
      ['max_query_length: 90d', 'max_query_length: 10y'],
      ['compaction_interval: 10m', 'compaction_interval: 2s'],
      ['retention_delete_delay: 2h', 'retention_delete_delay: 1s'],
    ]);
    const days = { error: 90, warn: 90, info: 14, debug: 3, unknown: 14 };
    const cases = Object.entries(days).flatMap(([level, limit]) =>
      [limit - 1, limit + 2].map((age) => ({ level, age, stays: age < limit })),
    );
    for (const { level, age } of cases) {
      const time = String(BigInt(Date.now() - age * 86_400_000) * 1_000_000n);
      const stream = { job: 'e2e', level, env: 'e2e', container: `aged-${age}` };
      expect(await api.push([{ stream, values: [[time, `${level} aged ${age} days`]] }])).toBe(204);
    }
    await api.flush();
    await eventually('every chunk is on disk', 30, () => {
      const chunks = contents(join(loki.data, 'chunks'));
      return cases.every(({ level, age }) =>
        chunks.some((bytes) => bytes.includes(`${level} aged ${age} days`)),
      )
        ? true
        : undefined;
    });
    // A restart closes the index of the previous run. Otherwise this would take 15 minutes.
    await loki.kill('SIGTERM');
    await loki.start();
    const kept = cases.filter(({ stays }) => stays);
    const onDisk = (): object[] => {
      const chunks = contents(join(loki.data, 'chunks'));
      return cases.filter(({ level, age }) =>
        chunks.some((bytes) => bytes.includes(`${level} aged ${age} days`)),
      );
    };
    await eventually('what is expired is gone from the disk', 150, () =>
      onDisk().length === kept.length ? true : undefined,
    );
    // Many more rounds show the same. A restart empties the cache of chunks.
    await pause(6_000);
    expect(onDisk()).toEqual(kept);
    await loki.kill('SIGTERM');
    await loki.start();
    const texts = (await api.lines('{job="e2e"}', 24 * 100)).map(({ text }) => text);
    expect(texts.sort()).toEqual(kept.map(({ level, age }) => `${level} aged ${age} days`).sort());
  });
});

describe('alerts on log lines', () => {
  it('reach Alertmanager, with the labels and texts of the rules', async () => {
    interface Sent {
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }
    const sent: Sent[] = [];
    const alertmanager = await new LocalServer('127.0.0.1', (_, body, response) => {
      sent.push(...(body as Sent[]));
      response.end();
    }).open();
    try {
      const { api } = await startLoki([
        ['http://alertmanager:9093', alertmanager.url('')],
        ['evaluation_interval: 1m', 'evaluation_interval: 2s'],
        ['for: 2m', 'for: 2s'],
        ['for: 5m', 'for: 2s'],
      ]);
      const now = BigInt(Date.now()) * 1_000_000n;
      const values = (count: number, text: (i: number) => string): [string, string][] =>
        Array.from({ length: count }, (_, i) => [String(now + BigInt(i)), text(i)]);
      await api.push([
        {
          stream: { job: 'worker', level: 'error', env: 'e2e', container: 'worker' },
          values: values(60, (i) => `failed ${i}`),
        },
        {
          stream: { job: 'postgres', level: 'info', env: 'e2e', container: 'postgres' },
          values: values(20, (i) => `LOG:  duration: ${i < 15 ? 1_500 : 20}.25 ms  statement: x`),
        },
        {
          stream: { job: 'promtail', level: 'error', env: 'e2e', container: 'promtail' },
          values: values(2, (i) => `{"level":"error","msg":"error encoding batch","error":"${i}"}`),
        },
      ]);
      const found = await eventually('all three alerts', 60, () => {
        const names = ['ErrorLogBurst', 'SlowQueries', 'LogBatchesLost'];
        const both = names.map((name) => sent.find(({ labels }) => labels['alertname'] === name));
        return both.every((alert) => alert !== undefined) ? both : undefined;
      });
      expect(found[0]).toMatchObject({
        labels: { job: 'worker', service: 'worker', severity: 'warning', env: 'e2e', stack: 'e2e' },
        annotations: {
          summary: expect.stringMatching(/^worker logged 60 errors in the last \S+$/),
        },
      });
      expect(found[1]).toMatchObject({
        labels: { service: 'postgres', severity: 'warning' },
        annotations: { summary: '15 queries took longer than one second' },
      });
      expect(found[2]).toMatchObject({
        labels: { job: 'promtail', service: 'monitoring', severity: 'warning' },
        annotations: { summary: 'Promtail lost 2 batches of log lines' },
      });
    } finally {
      await alertmanager.close();
    }
  });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
