import { durationSeconds } from '../../components/units';
import { idleMiB, k } from './constants';
import type { Load, StackSettings } from './load';
import { type Data, days, gigabytes, type Part } from './part';

/** Spans of a trace. */
const spansPerTrace = 10;
/** Bytes of a span in the collector's queue, uncompressed. */
const queuedBytes = 1_000;

/** Spans per second that Jaeger stores. */
export const keptSpans = (load: Load): number => load.spansPerSecond * load.keptShare;

/** Traces that wait for the sampling decision in a collector at the same time. */
export const waitingTraces = ({ traces }: StackSettings, load: Load): number =>
  ((load.spansPerSecond / spansPerTrace) * (durationSeconds(traces.decisionWait) ?? 0)) /
  traces.replicas;

export const storesTraces = ({ traces, jaeger }: StackSettings): boolean =>
  traces.enabled && jaeger.enabled;

export function tracesParts(settings: StackSettings, load: Load): Part[] {
  if (!settings.traces.enabled) return [];
  const { replicas, maxTraces } = settings.traces;
  const waiting = Math.min(waitingTraces(settings, load), maxTraces);
  const collector: Part = {
    name: 'otel-collector',
    instances: replicas,
    cores: load.spansPerSecond / k.spansPerCore / replicas,
    memoryMiB: idleMiB['otel-collector'] + waiting * spansPerTrace * k.tracesMiBPerSpan,
    // An hour without Jaeger.
    diskGB: gigabytes((keptSpans(load) * 3_600 * queuedBytes) / replicas),
  };
  if (!storesTraces(settings)) return [collector];
  const [data] = tracesData(settings, load);
  const jaeger: Part = {
    name: 'jaeger',
    instances: 1,
    cores: keptSpans(load) * k.spanCoreSeconds,
    // Badger keeps tables and a cache in memory.
    memoryMiB:
      settings.jaeger.storageBackend === 'badger' ? idleMiB.jaeger : idleMiB['otel-collector'],
    diskGB: data?.where === 'volume' ? data.gigabytes : 0,
  };
  return [collector, jaeger];
}

export function tracesData(settings: StackSettings, load: Load): Data[] {
  const { jaeger } = settings;
  if (!storesTraces(settings)) return [];
  const onVolume = jaeger.storageBackend === 'badger';
  const bytes = k.spanBytes * (onVolume ? k.badgerGarbage : 1);
  return [
    {
      name: 'traces',
      budget: 'traces',
      kept: jaeger.retention,
      where: onVolume ? 'volume' : 'server',
      gigabytes: gigabytes(keptSpans(load) * days(jaeger.retention) * 86_400 * bytes),
      copies: 1,
    },
  ];
}
