import { Writable } from 'node:stream';
import type { AppService } from '../../../telemetry';
import { createLog, type Log } from '../../../reference-app/src/lib/log';
import { createMetrics, type Metrics } from '../../../reference-app/src/lib/metrics';
import type { Purpose } from '../../../reference-app/src/lib/database';

/** A log that writes to an array. */
export function logInto(lines: string[]): Log {
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  return createLog('api-server', 'debug', destination);
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Parses the samples of OpenMetrics text. */
export async function samples(metrics: Metrics): Promise<Sample[]> {
  const text = await metrics.text();
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      // A value may contain braces and spaces.
      const pattern = /^(\w+)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)/;
      const [, name = '', labels = '', value = ''] = pattern.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      return {
        name,
        labels: Object.fromEntries(pairs.map(([, key = '', of = '']) => [key, of])),
        value: Number(value),
      };
    });
}

/** Value of a series; undefined if it does not exist. */
export async function valueOf(
  metrics: Metrics,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  const wanted = Object.entries(labels);
  return (await samples(metrics)).find(
    (sample) =>
      sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
  )?.value;
}

export const metricsOf = (service: AppService): Metrics => createMetrics(service);

/** A database with the responses of a test. */
export function fakeDatabase(answer: (purpose: Purpose, values: readonly unknown[]) => unknown[]) {
  return {
    run: async <Row>(purpose: Purpose, _sql: string, values: readonly unknown[] = []) =>
      answer(purpose, values) as Row[],
    ping: async () => undefined,
  };
}
