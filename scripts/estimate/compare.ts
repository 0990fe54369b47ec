import { durationSeconds } from '../../components/units';
import { k } from './constants';
import type { Estimate } from './estimate';
import { type Load, samplesPerSecond, type StackSettings } from './load';
import type { Measured } from './measured';
import { blockBytes, headBytes } from './metrics';
import { gigabytes } from './part';
import { keptSpans } from './traces';

/** An estimated figure and the real one. */
export interface Comparison {
  readonly what: string;
  readonly estimated: number;
  /** Undefined if the running stack does not know it. */
  readonly real?: number;
  readonly unit: string;
}

/**
 * Compares what the estimate gives for the measured load with what the running stack really uses.
 *
 * @param made the estimate for the settings of the running stack and the load `load`
 */
export function compare(
  settings: StackSettings,
  load: Load,
  made: Estimate,
  measured: Measured,
): Comparison[] {
  const rows: Comparison[] = [
    row('samples per second', samplesPerSecond(settings, load), measured.samplesPerSecond, '/s'),
    ...made.parts.flatMap(({ name, instances, cores, memoryMiB }) => {
      const real = measured.use.get(name);
      return [
        row(`${name}, memory`, memoryMiB * instances, real?.memoryMiB, 'MiB'),
        row(`${name}, CPU`, cores * instances, real?.cores, 'cores'),
      ];
    }),
  ];
  const age = measured.ageSeconds;
  if (age !== undefined) rows.push(...disks(settings, load, measured, age));
  if (measured.diskGB.has('loki')) {
    const loki = made.parts.find(({ name }) => name === 'loki');
    rows.push(
      row('loki, disk after the retention', loki?.diskGB ?? 0, measured.diskGB.get('loki'), 'GB'),
    );
  }
  if (measured.logRatio !== undefined) {
    rows.push(row('stored per byte of log lines', k.logRatio, measured.logRatio, ''));
  }
  return rows;
}

/** Sizes that a stack of this age should have. */
function disks(settings: StackSettings, load: Load, measured: Measured, age: number): Comparison[] {
  const samples = measured.samplesPerSecond ?? samplesPerSecond(settings, load);
  const within = (retention: string): number => Math.min(age, durationSeconds(retention) ?? age);
  const headSeconds = 3 * 3_600;
  const metrics =
    blockBytes(samples, Math.max(0, within(settings.prometheus.retention) - headSeconds)) +
    headBytes(samples) * Math.min(1, age / headSeconds);
  const traces = keptSpans(load) * within(settings.jaeger.retention) * k.spanBytes;
  return [
    row(
      'prometheus, disk at this age',
      gigabytes(metrics),
      measured.diskGB.get('prometheus'),
      'GB',
    ),
    ...(settings.jaeger.storageBackend === 'badger' && measured.diskGB.has('jaeger')
      ? [row('jaeger, disk at this age', gigabytes(traces), measured.diskGB.get('jaeger'), 'GB')]
      : []),
  ];
}

const row = (
  what: string,
  estimated: number,
  real: number | undefined,
  unit: string,
): Comparison => ({ what, estimated, unit, ...(real === undefined ? {} : { real }) });
