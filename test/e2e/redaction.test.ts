import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kit, prepare } from '../../offline/kit';
import { innocentLines } from '../cases/redaction-innocent';
import { plantedLines } from '../cases/redaction-planted';
import { withNeighbours } from '../lib/redact';
import { atTime } from '../lib/shared-cases';
import { eventually } from './lib/engine';
import { agentProcess, contents, type Line, LogFiles, LokiApi, lokiProcess } from './lib/logs';
import { type Rendered, renderedServices, type Service } from './lib/processes';

// The corpus of planted values and innocent lines, through the real agents into a real Loki.

let kit: Kit;
let folder = '';
const rendered = new Map<string, (name: string) => Rendered>();
const started: Service[] = [];

beforeAll(async () => {
  kit = await prepare({ need: ['loki', 'promtail', 'otelcol'] });
  for (const agent of ['promtail', 'otel']) {
    rendered.set(agent, await renderedServices('e2e', { logs: { agent } }));
  }
});

afterEach(async () => {
  for (const service of started.splice(0)) await service.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['promtail', 'otel'] as const)('%s', (name) => {
  it('stores no planted value, and every innocent line unchanged', async () => {
    const services = rendered.get(name);
    if (services === undefined) throw new Error(`${name} was not rendered`);
    const loki = await lokiProcess(kit.commands['loki'] ?? 'loki', services('loki'));
    started.push(loki);
    await loki.start();
    folder = mkdtempSync(join(tmpdir(), 'audifi-redaction-'));
    const places = { loki: loki.url, logs: folder };
    const agent = await agentProcess(name, kit.commands, services, places);
    started.push(agent);
    await agent.start();

    const at = new Date();
    const files = new LogFiles(folder);
    const bySource = new Map<string, string[]>();
    for (const { source, line } of plantedLines) {
      bySource.set(source, [...(bySource.get(source) ?? []), atTime(line, at)]);
    }
    // A source of its own, in which each line is an entry.
    const innocent = innocentLines.map((line) => atTime(line, at));
    bySource.set('innocent', innocent);
    for (const [source, lines] of bySource) {
      // The engine writes one line at a time.
      files.write(source, [...lines.flatMap((line) => line.split('\n')), `last of ${source}`]);
    }

    const api = new LokiApi(loki.url);
    let before = 0;
    const stored = await eventually('the last line of each source', 120, async () => {
      // Most lines have the same time, and Loki returns at most 5,000 of one time.
      const lines: Line[] = [];
      for (const source of bySource.keys()) {
        lines.push(...(await api.lines(`{env="e2e",container="${source}"}`)));
      }
      const last = lines.filter(({ text }) => text.includes('last of '));
      // The streams of a source arrive in any order.
      const complete = lines.length === before;
      before = lines.length;
      if (last.length >= bySource.size && complete) return lines;
      throw new Error(`${last.length} of ${bySource.size} are there`);
    });
    await api.flush();
    const everything = await eventually('chunks on disk', 60, () => {
      const files = contents(loki.data);
      return files.some((bytes) => bytes.includes('last of innocent')) ? files : undefined;
    });
    const written = [
      ...everything,
      ...contents(agent.data),
      Buffer.from(loki.log + agent.log),
      Buffer.from(await (await fetch(`${agent.url}/metrics`)).text()),
    ];
    const found = (text: string): boolean => written.some((bytes) => bytes.includes(text));
    const leaked = plantedLines.filter(({ line, hidden }) =>
      hidden.some((text) => found(withNeighbours(line, text))),
    );
    process.stdout.write(
      `${name}: ${plantedLines.length} planted, ${leaked.length} stored, ${innocent.length} innocent\n`,
    );
    expect(leaked.map(({ kind, line }) => [kind, line])).toEqual([]);
    // An indented line is the end of the previous entry.
    const texts = new Set(stored.flatMap(({ text }) => text.split('\n')));
    expect(innocent.filter((line) => !texts.has(line))).toEqual([]);
  });
});
