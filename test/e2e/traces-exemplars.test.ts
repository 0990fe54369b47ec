import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { prepare } from '../../offline/kit';
import { projectRoot } from '../../scripts/stack-files';
import { eventually } from './lib/engine';
import { id, JaegerApi } from './lib/jaeger';
import { renderedServices, type Service } from './lib/processes';
import { collectorProcess, jaegerProcess, startCollector } from './lib/trace-processes';

/** The real collector and Jaeger, and the API of the reference application as a process. */
const started: Service[] = [];
let jaeger: JaegerApi;
let child: ChildProcess | undefined;
let urls: { readonly api: string; readonly metrics: string };

beforeAll(async () => {
  const { commands } = await prepare({ need: ['jaeger', 'otelcol'] });
  const services = await renderedServices('e2e', { traces: { sampling: { share: 0.1 } } });
  const stored = await jaegerProcess(commands['jaeger'] ?? 'jaeger', services('jaeger'));
  started.push(await stored.service.start());
  jaeger = new JaegerApi(stored.service.url);
  const collector = await collectorProcess(
    commands['otelcol'] ?? 'otelcol',
    services('otel-collector'),
    { jaeger: stored.grpc },
  );
  started.push(collector.service);
  await startCollector(collector);
  const file = join(__dirname, 'lib', 'api-process.ts');
  const tsx = join(projectRoot, 'node_modules', '.bin', 'tsx');
  const api = spawn(tsx, [file, collector.otlp, '0.01'], { stdio: ['ignore', 'pipe', 'inherit'] });
  child = api;
  const lines = createInterface({ input: api.stdout });
  urls = await new Promise((resolve) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as typeof urls));
  });
});

afterAll(async () => {
  child?.kill();
  for (const service of started) await service.remove();
});

it('1,000 exemplars all lead to a stored trace, although most other traces are dropped', async () => {
  const [sent, named] = [new Set<string>(), new Set<string>()];
  const request = async (): Promise<void> => {
    const traceId = id(16);
    sent.add(traceId);
    const headers = { traceparent: `00-${traceId}-${id(8)}-01` };
    await (await fetch(`${urls.api}/v1/tracks`, { headers })).arrayBuffer();
  };
  await eventually('1,000 exemplars', 240, async () => {
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 4 }, request));
      const text = await (await fetch(urls.metrics)).text();
      for (const [, traceId = ''] of text.matchAll(/trace_id="([0-9a-f]{32})"/g)) {
        named.add(traceId);
      }
    }
    return named.size >= 1_000 ? true : undefined;
  });
  const missing = new Set(named);
  await eventually('all of them in Jaeger', 120, async () => {
    for (const found of await jaeger.stored([...missing])) missing.delete(found);
    if (missing.size > 0) throw new Error(`${missing.size} of ${named.size} are missing`);
    return true;
  });
  const others = [...sent].filter((one) => !named.has(one));
  expect(others.length).toBeGreaterThan(100);
  expect((await jaeger.stored(others)).length).toBeLessThan(others.length / 2);
});
