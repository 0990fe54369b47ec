import { durationSeconds, sizeMiB } from '../../components/units';
import { uptimeChecks } from '../../components/uptime/settings-schema';
import { idleMiB, k } from './constants';
import { type Load, samplesPerSecond, type StackSettings } from './load';
import { type Data, days, gigabytes, type Part } from './part';

/** Hours of samples in the write-ahead log and in the chunks that are not in a block yet. */
const headSeconds = 3 * 3_600;
/** Series of the dashboards benchmark, to which its CPU per refresh belongs. */
const benchmarkSeries = 102_485;
/** Seconds between two refreshes of a dashboard. */
const refresh = 30;

/** Bytes of the blocks with the samples of the last `seconds`. @param samples per second */
export const blockBytes = (samples: number, seconds: number): number =>
  samples * seconds * k.sampleBytes;

/** Bytes on the volume besides the blocks: the write-ahead log and the head's chunks. */
export const headBytes = (samples: number): number =>
  samples * headSeconds * (k.walSampleBytes + k.sampleBytes);

/** One Prometheus. */
export function prometheusPart(settings: StackSettings, load: Load): Part {
  const { prometheus } = settings;
  const samples = samplesPerSecond(settings, load);
  const refreshes = (load.users / refresh) * k.dashboardCoreSeconds;
  const stored = blockBytes(samples, durationSeconds(prometheus.retention) ?? 0);
  return {
    name: 'prometheus',
    instances: prometheus.replicas,
    cores: samples * k.coresPerSample + refreshes * (load.series / benchmarkSeries),
    memoryMiB: Math.max(idleMiB.prometheus, (load.series * k.seriesKiB) / 1024),
    diskGB: gigabytes(stored + headBytes(samples)),
  };
}

/** Metrics in Prometheus, and in the bucket if there is one. */
export function metricsData(settings: StackSettings, load: Load): Data[] {
  const { prometheus, longTerm, uptime } = settings;
  const samples = samplesPerSecond(settings, load);
  const raw = durationSeconds(prometheus.retention) ?? 0;
  const local: Data = {
    name: 'metrics, as scraped',
    budget: 'metrics',
    kept: prometheus.retention,
    where: 'volume',
    gigabytes: gigabytes(blockBytes(samples, raw)),
    copies: prometheus.replicas,
  };
  if (longTerm.store === 'none') return [local];
  const { fiveMinutes, oneHour } = longTerm.retention;
  const where = longTerm.store === 'filesystem' ? 'volume' : 'bucket';
  const inBucket = (days_: number, perDay: number): number =>
    gigabytes(load.series * perDay * (days_ + k.blockDays));
  const rawDays = days(longTerm.retention.raw);
  const checks = uptime.enabled ? uptimeChecks(settings).length : 0;
  const copies = prometheus.replicas;
  return [
    local,
    {
      name: 'metrics, as scraped, in Thanos',
      budget: 'longTerm',
      kept: longTerm.retention.raw,
      ...{ where, copies },
      gigabytes: gigabytes(blockBytes(samples, (rawDays + k.blockDays) * 86_400)),
    },
    {
      name: 'metrics, downsampled',
      budget: 'longTerm',
      kept: fiveMinutes === oneHour ? oneHour : `${fiveMinutes} and ${oneHour}`,
      ...{ where, copies },
      gigabytes:
        inBucket(days(fiveMinutes), k.fiveMinuteBytes) + inBucket(days(oneHour), k.oneHourBytes),
    },
    {
      name: 'uptime history (in the row above)',
      budget: 'uptime',
      kept: oneHour,
      ...{ where, copies },
      gigabytes: gigabytes((checks * k.checkBytes * days(oneHour)) / 365),
      partOf: 'metrics, downsampled',
    },
  ];
}

/** The five processes of Thanos; none without a store. */
export function thanosParts(settings: StackSettings, load: Load): Part[] {
  const { longTerm, prometheus } = settings;
  if (longTerm.store === 'none') return [];
  const samples = samplesPerSecond(settings, load);
  // The processes share the memory of the binary. It is counted once, at the querier.
  const own = idleMiB['process of Thanos'];
  const twoWeeks = gigabytes(blockBytes(samples, 14 * 86_400)) * prometheus.replicas;
  const bucket = metricsData(settings, load)
    .filter(({ name, partOf }) => name !== 'metrics, as scraped' && partOf === undefined)
    .reduce((sum, data) => sum + data.gigabytes * data.copies, 0);
  const idle = { instances: 1, cores: 0.01, memoryMiB: own, diskGB: 0 };
  return [
    { ...idle, name: 'prometheus-sidecar', instances: prometheus.replicas },
    {
      ...idle,
      name: 'thanos-compactor',
      // It reads and writes every sample about three times: 5-minute, 1-hour and merged blocks.
      cores: samples * k.coresPerSample,
      memoryMiB: (sizeMiB(longTerm.memory) ?? 0) / 2,
      diskGB: 2 * twoWeeks + (longTerm.store === 'filesystem' ? bucket : 0),
    },
    { ...idle, name: 'thanos-store', memoryMiB: (sizeMiB(longTerm.memory) ?? 0) / 2 },
    { ...idle, name: 'thanos-query', memoryMiB: own + idleMiB['binary of Thanos'] },
    { ...idle, name: 'thanos-frontend', memoryMiB: own + 256 / 4 },
  ];
}

/** Requests to the bucket in a month. */
export function thanosRequests({ longTerm, prometheus }: StackSettings): {
  readonly writes: number;
  readonly reads: number;
} {
  if (longTerm.store === 'none' || longTerm.store === 'filesystem') return { writes: 0, reads: 0 };
  // 50 uploads a day. The compactor and the store gateway look at every block (73 a year) every
  // three minutes.
  const [uploads, blocks, looks] = [50, 73, (2 * 86_400) / 180];
  const { replicas } = prometheus;
  return { writes: 30 * (uploads * replicas + looks), reads: 30 * blocks * replicas * looks };
}
