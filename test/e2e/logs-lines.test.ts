import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { otelNodeVariable } from '../../components/logs/otel-agent-config';
import { type Kit, prepare } from '../../offline/kit';
import { eventually } from './lib/engine';
import { goldenLines } from './lib/golden-lines';
import type { Want } from './lib/golden-table';
import { onKubernetes, PodLogs } from './lib/log-agents';
import { agentProcess, type Line, LogFiles, LokiApi, lokiProcess, metric } from './lib/logs';
import { type Rendered, renderedServices, type Service } from './lib/processes';

// The golden table of lines through both real agents and Loki, with the same result from either.

let kit: Kit;
const folder = mkdtempSync(join(tmpdir(), 'audifi-lines-'));
const started: Service[] = [];

beforeAll(async () => {
  kit = await prepare({ need: ['loki', 'promtail', 'otelcol'] });
});

afterEach(async () => {
  for (const service of started.splice(0)) await service.remove();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const agents = ['promtail', 'otel'] as const;
type Agent = (typeof agents)[number];

async function start(
  name: Agent,
  rendered?: Rendered,
): Promise<{ loki: Service; api: LokiApi; agent: Service; logs: string }> {
  const services = await renderedServices('e2e', { logs: { agent: name } });
  const loki = await lokiProcess(kit.commands['loki'] ?? 'loki', services('loki'));
  started.push(loki);
  await loki.start();
  const logs = mkdtempSync(join(folder, `${name}-`));
  const places = { loki: loki.url, logs };
  const own = (service: string): Rendered => rendered ?? services(service);
  const agent = await agentProcess(name, kit.commands, own, places);
  started.push(agent);
  return { loki, api: new LokiApi(loki.url), agent, logs };
}

/** The stored entry with a mark. */
function told(lines: readonly Line[], { mark }: Want, own: number): object {
  const found = lines.filter(({ text }) => text.includes(mark));
  const [{ stream, text, nanoseconds } = { stream: {}, text: '', nanoseconds: 0n }] = found;
  return {
    entries: found.length,
    level: stream['level'],
    job: stream['job'],
    parseError: stream['parse_error'] ?? 'none',
    count: text.split('\n').length,
    ownTime: Number(nanoseconds / 1_000_000n) === own,
  };
}

describe.each(agents)('%s: the golden table of lines', (name) => {
  it('has the expected entries, levels, jobs and times', async () => {
    const { api, agent, logs } = await start(name);
    const now = new Date(Date.now() - 100_000);
    const table = goldenLines(now);
    const files = new LogFiles(logs);
    for (const { container, lines } of table) files.write(container, lines);
    await agent.start();
    const marks = table.flatMap(({ want }) => want.map(({ mark }) => mark));
    const lines = await eventually('every mark is stored', 60, async () => {
      const all = await api.lines('{env="e2e"}');
      return marks.every((mark) => all.some(({ text }) => text.includes(mark))) ? all : undefined;
    });
    const wrong = table.flatMap(({ why, want }) =>
      want.flatMap((one) => {
        const found = told(lines, one, now.getTime());
        const expected = { entries: 1, count: 1, ownTime: false, ...one };
        const same = Object.entries(found).every(
          ([key, value]) => !(key in expected) || expected[key as keyof typeof expected] === value,
        );
        return same ? [] : [{ why, found, expected }];
      }),
    );
    expect(wrong).toEqual([]);
    // There are no other entries: no blank line, no half of an entry.
    const others = lines.filter(({ text }) => !marks.some((mark) => text.includes(mark)));
    expect(others).toEqual([]);
    expect(
      await metric(
        agent.url,
        /^(promtail_dropped_entries|otelcol_exporter_send_failed_log_records)_total/,
      ),
    ).toBe(0);
  });
});

describe.each(agents)('%s: pods of Kubernetes', (name) => {
  // As the pod gets it from the downward API.
  beforeAll(() => {
    process.env[otelNodeVariable] = 'node-1';
  });
  afterAll(() => {
    delete process.env[otelNodeVariable];
  });

  it('have namespace, pod, container and node, and joined lines', async () => {
    const { api, agent, logs } = await start(name, onKubernetes(name, []));
    const pods = new PodLogs(logs);
    const timestamp = new Date(Date.now() - 50_000).toISOString();
    const api1 = {
      namespace: 'audifi',
      name: 'api-server-6d5c9f7b8-x2x4z',
      container: 'api-server',
    };
    const long = JSON.stringify({
      level: 'error',
      timestamp,
      message: `golden-1 ${'ä'.repeat(30_000)}`,
    });
    pods.write(api1, [
      long,
      JSON.stringify({ level: 'warn', timestamp, message: 'golden-2' }),
      '',
      'TypeError: golden-3',
      '    at x (/app/x.js:1:1)',
    ]);
    const database = { namespace: 'audifi', name: 'postgres-0', container: 'postgres' };
    const stamp = timestamp.replace('T', ' ').replace('Z', ' UTC');
    pods.write(database, [`${stamp} [7] ERROR:  golden-4`, `${stamp} [7] STATEMENT:  select 1`]);
    pods.write({ namespace: 'wordpress', name: 'redis-0', container: 'redis' }, ['golden-5']);
    pods.write({ namespace: 'audifi', name: 'metrics-1', container: 'sidecar' }, [
      '[ERROR] golden-6',
    ]);
    await agent.start();
    const lines = await eventually('six entries', 60, async () => {
      const all = await api.lines('{env="e2e"}');
      return all.length >= 6 ? all : undefined;
    });
    expect(lines).toHaveLength(6);
    const of = (mark: string): Line | undefined => lines.find(({ text }) => text.includes(mark));
    const node = 'node-1';
    const where = { namespace: 'audifi', pod: api1.name, container: 'api-server', node };
    expect(of('golden-1')?.stream).toMatchObject({ ...where, job: 'api-server', level: 'error' });
    expect(of('golden-1')?.text).toBe(long);
    expect(Number((of('golden-1')?.nanoseconds ?? 0n) / 1_000_000n)).toBe(Date.parse(timestamp));
    expect(of('golden-2')?.stream).toMatchObject({ ...where, level: 'warn' });
    expect(of('golden-3')?.stream).toMatchObject({ ...where, level: 'error', parse_error: 'json' });
    expect(of('golden-3')?.text.split('\n')).toHaveLength(2);
    expect(of('golden-4')?.stream).toMatchObject({
      ...{ job: 'postgres', pod: 'postgres-0', container: 'postgres', level: 'error', node },
    });
    expect(of('golden-4')?.text.split('\n')).toHaveLength(2);
    expect(of('golden-5')?.stream).toMatchObject({
      job: 'wordpress-redis',
      namespace: 'wordpress',
    });
    expect(of('golden-5')?.stream).not.toHaveProperty('parse_error');
    expect(of('golden-6')?.stream).toMatchObject({ job: 'sidecar', level: 'error' });
    for (const { stream } of lines) expect(Object.keys(stream)).not.toContain('filename');
  });
});
