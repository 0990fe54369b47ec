import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kit, prepare } from '../../offline/kit';
import { atTime, filled, type LogCase, type LogWant, sharedCases } from '../lib/shared-cases';
import { eventually } from './lib/engine';
import { agentProcess, contents, type Line, LogFiles, LokiApi, lokiProcess } from './lib/logs';
import { renderedServices, type Service } from './lib/processes';

// The shared cases, through both real agents into a real Loki.

const logs = sharedCases('logs.jsonl');
const personal = sharedCases('personal-data.jsonl');

let kit: Kit;
let folder = '';
const started: Service[] = [];

beforeAll(async () => {
  kit = await prepare({ need: ['loki', 'promtail', 'otelcol'] });
});

afterEach(async () => {
  for (const service of started.splice(0)) await service.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly loki: Service;
  readonly api: LokiApi;
  readonly agent: Service;
  readonly files: LogFiles;
}

async function start(name: 'promtail' | 'otel'): Promise<Running> {
  const services = await renderedServices('e2e', { logs: { agent: name } });
  const loki = await lokiProcess(kit.commands['loki'] ?? 'loki', services('loki'));
  started.push(loki);
  await loki.start();
  folder = mkdtempSync(join(tmpdir(), 'audifi-cases-'));
  const places = { loki: loki.url, logs: folder };
  const agent = await agentProcess(name, kit.commands, services, places);
  started.push(agent);
  await agent.start();
  return { loki, api: new LokiApi(loki.url), agent, files: new LogFiles(folder) };
}

/** All lines, once the last line of each container has arrived. */
async function stored(api: LokiApi, containers: readonly string[]): Promise<readonly Line[]> {
  return eventually('the last line of each container', 120, async () => {
    const lines = await api.lines('{env="e2e"}');
    const last = new Set(
      lines
        .filter(({ text }) => text.includes('last line'))
        .map((line) => line.stream['container']),
    );
    const missing = containers.filter((container) => !last.has(container));
    if (missing.length === 0) return lines;
    throw new Error(`no last line of ${missing.slice(0, 5).join(', ')}`);
  });
}

/** Differences from the expected result. */
function wrong(want: LogWant, lines: readonly Line[], now: Date): string[] {
  const near = ({ nanoseconds }: Line): boolean =>
    Math.abs(Number(nanoseconds / 1_000_000n) - now.getTime()) <= 1_000;
  const fits = (line: Line): boolean =>
    (want.level === undefined || line.stream['level'] === want.level) &&
    (want.job === undefined || line.stream['job'] === want.job) &&
    (want.parse_error !== false || line.stream['parse_error'] === undefined) &&
    (want.time === undefined || near(line)) &&
    (want.kept ?? []).every((part) => line.text.includes(part));
  const count = want.entries_total ?? want.entries;
  const absent = (want.absent ?? []).filter((part) =>
    lines.some(({ text }) => text.includes(part)),
  );
  return [
    ...(lines.some(fits) ? [] : ['no entry is as it should be']),
    ...(count === undefined || lines.length === count ? [] : [`${lines.length} entries`]),
    ...absent.map((part) => `${part} is stored`),
  ];
}

/**
 * What must not be in any file. Digits in the middle of a longer number can also occur in a time in
 * nanoseconds, so this is the whole number.
 */
function searched(line: string, part: string): string {
  const start = line.indexOf(part);
  if (start < 0 || !/^[0-9]+$/.test(part)) return part;
  const [before = ''] = /[0-9]*$/.exec(line.slice(0, start)) ?? [];
  const [after = ''] = /^[0-9]*/.exec(line.slice(start + part.length)) ?? [];
  return before + part + after;
}

describe.each(['promtail', 'otel'] as const)('%s', (name) => {
  (logs === undefined ? it.skip : it)('stores lines of programs as the cases say', async () => {
    const cases: readonly LogCase[] = logs ?? [];
    const { api, files } = await start(name);
    const now = new Date();
    for (const { container, lines } of cases) {
      files.write(container, [...lines.map((line) => filled(line, now)), 'last line']);
    }
    const all = await stored(
      api,
      cases.map(({ container }) => container),
    );
    const failures = cases.flatMap(({ container, want, why }) => {
      const lines = all
        .filter((line) => line.stream['container'] === container)
        .filter(({ text }) => text !== 'last line');
      const found = lines.map(({ stream, text }) => [stream['level'], text.slice(0, 300)]);
      return want
        .map((one) => wrong(one, lines, now))
        .filter((problems) => problems.length > 0)
        .map((problems) => ({ why, problems, found }));
    });
    expect(failures).toEqual([]);
  });

  (personal === undefined ? it.skip : it)('stores no personal data of the cases', async () => {
    const cases = personal ?? [];
    const { loki, api, agent, files } = await start(name);
    const now = new Date();
    const containerOf = ({ id, source }: { id: string; source: string }): string =>
      `${id}-${source}-1`;
    for (const one of cases) {
      files.write(containerOf(one), [
        ...one.line.split('\n').map((line) => atTime(line, now)),
        'last line',
      ]);
    }
    const all = await stored(api, cases.map(containerOf));
    await api.flush();
    await eventually('chunks on disk', 60, () =>
      contents(join(loki.data, 'chunks')).some((bytes) => bytes.includes('last line'))
        ? true
        : undefined,
    );
    const places = [
      ...contents(loki.data),
      ...contents(agent.data),
      Buffer.from(loki.log + agent.log),
      Buffer.from(await (await fetch(`${agent.url}/metrics`)).text()),
    ];
    const failures = cases.flatMap((one) => {
      const text = all
        .filter(({ stream }) => stream['container'] === containerOf(one))
        .map((line) => line.text)
        .join('\n');
      const leaked = one.must_not_contain.filter((part) => {
        const value = searched(one.line, part);
        // A short string may occur in megabytes by chance.
        return (
          text.includes(part) || (part.length > 6 && places.some((bytes) => bytes.includes(value)))
        );
      });
      const lost = one.must_contain.filter((part) => !text.includes(part));
      return leaked.length + lost.length === 0 ? [] : [{ id: one.id, leaked, lost, text }];
    });
    expect(failures).toEqual([]);
  });
});
