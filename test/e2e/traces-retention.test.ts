import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { prepare } from '../../offline/kit';
import { freePort } from '../../scripts/free-port';
import { eventually } from './lib/engine';
import { id, JaegerApi, type MadeSpan, sendSpans } from './lib/jaeger';
import { renderedServices, type Service } from './lib/processes';
import { jaegerProcess } from './lib/trace-processes';

/**
 * The real Jaeger with the program's configuration, but a retention of seconds, which the settings
 * do not allow.
 */
const retentionSeconds = 20;
let service: Service;
let jaeger: JaegerApi;
let otlp: string;

beforeAll(async () => {
  const { commands } = await prepare({ need: ['jaeger'] });
  const services = await renderedServices('e2e', { jaeger: { retention: '7d' } });
  const port = await freePort();
  const receiver = '      grpc:\n        endpoint: :4317';
  const changes = [
    ['spans: 604800s', `spans: ${retentionSeconds}s`],
    [receiver, `      http:\n        endpoint: 127.0.0.1:${port}\n${receiver}`],
  ] as const;
  const rendered = services('jaeger');
  const files = Object.entries(rendered.files).map(([path, content]) => {
    // Otherwise the test would wait for a week.
    for (const [from] of changes) expect(content).toContain(from);
    return [path, changes.reduce((changed, [from, to]) => changed.replace(from, to), content)];
  });
  const process = await jaegerProcess(commands['jaeger'] ?? 'jaeger', {
    ...rendered,
    files: Object.fromEntries(files) as Record<string, string>,
  });
  service = await process.service.start();
  jaeger = new JaegerApi(service.url);
  otlp = `http://127.0.0.1:${port}`;
});

afterAll(() => service.remove());

it('Jaeger deletes traces by the time they were stored, whenever their spans were', async () => {
  const old = 8 * 24 * 60;
  const write = async (): Promise<{ readonly ids: string[]; readonly at: number }> => {
    const spans: MadeSpan[] = [0, 0, old, old].map((minutesAgo) => ({
      ...{ traceId: id(16), minutesAgo },
    }));
    const at = Date.now();
    await sendSpans(otlp, spans);
    return { ids: spans.map(({ traceId }) => traceId), at };
  };
  const count = async (ids: readonly string[]): Promise<number> => {
    const found = await Promise.all(ids.map((one) => jaeger.trace(one)));
    return found.filter((trace) => trace !== undefined).length;
  };
  /** Seconds from writing the traces until none is left. */
  const lifetime = async ({ ids, at }: Awaited<ReturnType<typeof write>>): Promise<number> => {
    await eventually('they are deleted', retentionSeconds + 30, async () =>
      (await count(ids)) === 0 ? true : undefined,
    );
    return (Date.now() - at) / 1_000;
  };
  const first = await write();
  expect(await count(first.ids)).toBe(4);
  await new Promise((resolve) => setTimeout(resolve, (retentionSeconds / 2) * 1_000));
  expect(await count(first.ids)).toBe(4);
  const second = await write();
  // Badger counts whole seconds.
  expect(await lifetime(first)).toBeGreaterThan(retentionSeconds - 1.5);
  expect(await count(second.ids)).toBe(4);
  expect(await lifetime(second)).toBeGreaterThan(retentionSeconds - 1.5);
});
