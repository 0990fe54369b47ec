import { idleMiB, k } from './constants';
import type { Load, StackSettings } from './load';
import { type Data, days, type Part } from './part';

/** Seconds after which Loki writes a chunk that is not full (components/logs/loki-config.ts). */
const chunkSeconds = 86_400;
/** Twice the interval between checkpoints of Loki's write-ahead log. */
const logSeconds = 600;
/** Copies of each line with several instances. */
const copiesOf = (replicas: number): number => (replicas > 1 ? 3 : 1);

/** Bytes of lines per second that one instance of Loki receives. */
export const bytesPerInstance = ({ loki }: StackSettings, { logsGBPerDay }: Load): number =>
  (((logsGBPerDay * 1e9) / 86_400) * copiesOf(loki.replicas)) / loki.replicas;

/** One instance of Loki. None if log lines are only forwarded. */
export function lokiParts(settings: StackSettings, load: Load): Part[] {
  const { loki, logs } = settings;
  if (!logs.enabled || !loki.enabled) return [];
  const bytes = bytesPerInstance(settings, load);
  // Each instance has this share of the streams.
  const share = copiesOf(loki.replicas) / loki.replicas;
  const unwritten = Math.min(
    bytes * chunkSeconds * k.logRatio,
    load.nodes * share * k.openChunkMB * 1e6,
  );
  const stored = logsData(settings, load)
    .filter(({ where }) => where === 'volume')
    .reduce((sum, data) => sum + data.gigabytes, 0);
  return [
    {
      name: 'loki',
      instances: loki.replicas,
      cores: bytes / k.logBytesPerCore,
      // Compressed chunks that are not written yet, twice because of garbage collection.
      memoryMiB: idleMiB.loki + (2 * unwritten) / 2 ** 20,
      // The write-ahead log has two checkpoints of these chunks, and newer lines uncompressed.
      diskGB: stored + (2 * unwritten + bytes * logSeconds) / 1e9,
    },
  ];
}

/** The log agent of one node. */
export function agentParts({ logs }: StackSettings, load: Load): Part[] {
  if (!logs.enabled) return [];
  const bytes = (load.logsGBPerDay * 1e9) / 86_400 / load.nodes;
  return [
    {
      name: logs.agent === 'promtail' ? 'promtail' : 'otel-agent',
      instances: load.nodes,
      cores: bytes / k.agentBytesPerCore,
      memoryMiB: idleMiB['log agent'],
      diskGB: 0,
    },
  ];
}

/** Chunks by level. Debug lines count as info: few stacks keep them. */
export function logsData({ loki, logs }: StackSettings, load: Load): Data[] {
  if (!logs.enabled || !loki.enabled) return [];
  const where = loki.s3 === undefined ? 'volume' : 'bucket';
  const perDay = load.logsGBPerDay * k.logRatio;
  const copies = copiesOf(loki.replicas);
  const { error, warn, info } = logs.retention;
  const longest = days(error) >= days(warn) ? error : warn;
  return [
    {
      name: 'logs, error and warn',
      budget: 'errorLogs',
      kept: error === warn ? error : `${error} and ${warn}`,
      ...{ where, copies },
      gigabytes: perDay * load.errorShare * days(longest),
    },
    {
      name: 'logs, info',
      budget: 'infoLogs',
      kept: info,
      ...{ where, copies },
      gigabytes: perDay * (1 - load.errorShare) * days(info),
    },
  ];
}

/** Requests of Loki to its bucket in a month. */
export function lokiRequests(
  settings: StackSettings,
  load: Load,
): { readonly writes: number; readonly reads: number } {
  if (settings.loki.s3 === undefined || !settings.logs.enabled) return { writes: 0, reads: 0 };
  // Chunks are full at 1.5 MB. Those of quiet streams are written before: a third is assumed.
  const chunkMB = 0.5;
  const copies = copiesOf(settings.loki.replicas);
  const chunks = (load.logsGBPerDay * k.logRatio * copies * 1e3) / chunkMB;
  // Each person looks at an hour of lines every 30 s during eight hours of a day.
  const looks = load.users * ((8 * 3_600) / 30);
  return { writes: 30 * chunks, reads: 30 * looks * Math.max(1, chunks / 24) };
}
