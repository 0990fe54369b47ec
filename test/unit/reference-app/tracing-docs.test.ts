import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../scripts/stack-files';
import { collector, type OtlpSpan, runProgram, texts } from './otlp';

const read = (...path: string[]) => readFileSync(join(projectRoot, ...path), 'utf8');

describe('docs/tracing.md', () => {
  it('contains the compiled examples', () => {
    const blocks = [...read('docs', 'tracing.md').matchAll(/^```typescript\n([^]*?)^```$/gm)];
    const files = ['tracing.ts', 'get-track.ts'].map((file) =>
      read('reference-app', 'examples', file),
    );
    expect(blocks.map(([, code]) => code)).toEqual(files);
  });

  it('gives endpoints without TLS, which a gRPC exporter uses if there is no scheme', () => {
    const [, sending = ''] = read('docs', 'tracing.md').split('\n## Sending spans\n');
    const table = sending.slice(0, sending.indexOf('\n## ')).match(/^\|.*\|$/gm) ?? [];
    const endpoints = table.flatMap((row) => row.match(/`[^`]*:431[78]`/g) ?? []);
    expect(endpoints).toHaveLength(4);
    for (const endpoint of endpoints) expect(endpoint).toMatch(/^`http:\/\/otel-collector/);
  });

  it('has examples that create one trace per request, including failures', async () => {
    const { url, close, spans, resource, paths } = await collector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`, DEPLOY_ENV: 'test' };
    expect(await runProgram('docs-process.ts', [], env)).toEqual([200, 404, 500]);
    await close();
    expect([...paths]).toEqual(['/v1/traces']);
    expect(resource()).toEqual({
      ...{ 'service.name': 'api-server', 'service.version': '1' },
      'deployment.environment.name': 'test',
    });
    const byId = new Map(spans().map((span) => [span.spanId, span]));
    const pathOf = ({ name, parentSpanId = '' }: OtlpSpan): string => {
      const parent = byId.get(parentSpanId);
      return parent === undefined ? name : `${pathOf(parent)} > ${name}`;
    };
    const told = spans().map((span) => [pathOf(span), span.status.code, texts(span.attributes)]);
    const query = { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT' };
    const error = { 'error.type': 'Error' };
    expect(told).toEqual([
      ['handler getTrack > SELECT tracks', 0, query],
      ['handler getTrack', 0, { 'track.id': '200' }],
      ['handler getTrack > SELECT tracks', 0, query],
      ['handler getTrack', 0, { 'track.id': '404' }],
      ['handler getTrack > SELECT tracks', 2, { ...query, ...error }],
      ['handler getTrack', 2, { 'track.id': '500', ...error }],
    ]);
    expect(JSON.stringify(spans())).not.toContain('ada@');
  }, 60_000);

  it('has examples that send spans every second, so a killed service loses few', async () => {
    const { url, close, spans } = await collector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url };
    await runProgram('docs-process.ts', ['killed'], env);
    await close();
    expect(spans()).toHaveLength(6);
  }, 60_000);

  it('has examples that do nothing without a collector', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: '' };
    expect(await runProgram('docs-process.ts', [], env)).toEqual([200, 404, 500]);
  }, 60_000);
});
