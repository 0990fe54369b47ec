import type { DataKind } from '../../rules/data-sizes';
import {
  commandOf,
  keyOf,
  type Path,
  setCommand,
  setFix,
} from '../../components/settings/commands';
import { sizeMiB } from '../../components/units';
import { k, limits } from './constants';
import { headroom } from './headroom';
import { type Load, samplesPerSecond, type StackSettings } from './load';
import { bytesPerInstance } from './logs';
import { headBytes } from './metrics';
import type { Data, Part } from './part';
import { keptSpans, tracesData, waitingTraces } from './traces';

/** What does not fit the load, and what to do about it. */
export interface Advice {
  /** `setting`: a setting is too small. `scale`: one process is no longer enough. */
  readonly kind: 'setting' | 'scale';
  readonly what: string;
  /** A command, or for `scale` the way to go. */
  readonly fix: string;
}

/** Empty if everything fits. */
export function adviceFor(
  settings: StackSettings,
  load: Load,
  parts: readonly Part[],
  data: readonly Data[],
): readonly Advice[] {
  return [
    ...scaling(settings, load, parts),
    ...limitsOf(settings, parts),
    ...volumes(settings, load, parts, data),
    ...rates(settings, load),
  ];
}

type Key = readonly [group: 'prometheus' | 'loki' | 'jaeger' | 'traces' | 'logs', key: string];

/** Memory and CPU limits that the settings have. */
function limitsOf(settings: StackSettings, parts: readonly Part[]): Advice[] {
  const memory: Readonly<Record<string, Key>> = {
    prometheus: ['prometheus', 'memory'],
    loki: ['loki', 'memory'],
    jaeger: ['jaeger', 'memory'],
    'otel-collector': ['traces', 'memory'],
    promtail: ['logs', 'memory'],
    'otel-agent': ['logs', 'memory'],
  };
  return parts.flatMap((part): Advice[] => {
    const key = memory[part.name];
    if (key === undefined) return [];
    const group = settings[key[0]] as Readonly<Record<string, unknown>>;
    const found: Advice[] = [];
    const needed = part.memoryMiB / headroom.memory;
    if (needed > (sizeMiB(String(group[key[1]])) ?? 0)) {
      found.push(tooSmall(key, String(group[key[1]]), mebibytes(needed), 'with room for peaks'));
    }
    const cpus = group['cpus'];
    if (typeof cpus === 'number' && part.cores / headroom.cpu > cpus) {
      const cores = Math.ceil((part.cores / headroom.cpu) * 2) / 2;
      const room = key[0] === 'logs' ? 'peaks' : 'queries';
      found.push(tooSmall([key[0], 'cpus'], `${cpus}`, `${cores}`, `cores, with room for ${room}`));
    }
    return found;
  });
}

/** Budgets of data, and volumes with a size of their own. */
function volumes(
  settings: StackSettings,
  load: Load,
  parts: readonly Part[],
  data: readonly Data[],
): Advice[] {
  const { prometheus, longTerm, platform, budgets } = settings;
  const samples = samplesPerSecond(settings, load);
  const head = mebi(headBytes(samples));
  const sizes: Readonly<Partial<Record<DataKind, number>>> = { metrics: head };
  const needs = data.reduce(
    (sum, { budget, gigabytes, copies }) => ({
      ...sum,
      // The size of Prometheus is that of each instance.
      [budget]: (sum[budget] ?? 0) + mebi(gigabytes * 1e9) * (budget === 'metrics' ? 1 : copies),
    }),
    sizes,
  );
  const found = (Object.keys(budgets) as (keyof typeof budgets)[]).flatMap((kind): Advice[] => {
    const [at, now] =
      kind === 'metrics' && prometheus.retentionSize !== undefined
        ? [['prometheus', 'retentionSize'], prometheus.retentionSize]
        : [['budgets', kind], budgets[kind]];
    const needed = needs[kind] ?? 0;
    if (needed <= (sizeMiB(now) ?? 0)) return [];
    const why =
      kind === 'metrics'
        ? `otherwise samples are deleted before ${prometheus.retention}`
        : 'for the data of its whole retention period';
    return [tooSmall(at, now, gibibytes(needed), why)];
  });
  if (platform !== 'kubernetes') return found;
  const explicit = (
    [
      ['prometheus', prometheus.storage, 'with free space'],
      ['loki', settings.loki.storage, 'with free space'],
      ['jaeger', settings.jaeger.storage, 'with free space'],
      ['longTerm', longTerm.storage, 'twice two weeks of blocks'],
    ] as const
  ).flatMap(([group, now, why]): Advice[] => {
    const name = group === 'longTerm' ? 'thanos-compactor' : group;
    const part = parts.find((each) => each.name === name);
    const needed = mebi((part?.diskGB ?? 0) * 1e9) / headroom.disk;
    return now === undefined || needed <= (sizeMiB(now) ?? 0)
      ? []
      : [tooSmall([group, 'storage'], now, gibibytes(needed), why)];
  });
  return [...found, ...explicit];
}

/** Limits on rates. */
function rates(settings: StackSettings, load: Load): Advice[] {
  const found: Advice[] = [];
  const { traces, loki } = settings;
  const waiting = Math.ceil(waitingTraces(settings, load));
  const most = Math.min(1_000_000, Math.ceil(waiting * 1.5));
  // Waiting traces may use half of the memory (components/traces/settings-checks.ts).
  const memory = Math.max(sizeMiB(traces.memory) ?? 0, most * 10 * k.tracesMiBPerSpan * 2);
  if (traces.enabled && waiting > traces.maxTraces) {
    found.push({
      kind: 'setting',
      what: `traces.maxTraces ${traces.maxTraces} is too small: ${waiting} traces of ten spans wait for ${traces.decisionWait}. The oldest would be dropped`,
      fix: commandOf([
        ...setFix(['traces', 'maxTraces'], `${most}`),
        ...setFix(['traces', 'memory'], mebibytes(memory)),
      ]),
    });
  }
  // A busy minute has three times the average of the day.
  const peak = ((load.logsGBPerDay * 1e3) / 86_400) * 3;
  if (settings.logs.enabled && loki.enabled && peak > loki.ingestionRate) {
    found.push(
      tooSmall(
        ['loki', 'ingestionRate'],
        `${loki.ingestionRate}`,
        `${Math.ceil(peak)}`,
        'MB/s in a busy minute; Loki would refuse lines',
      ),
    );
  }
  return found;
}

/** Loads that a single process, or anything that this stack can run, cannot handle. */
function scaling(settings: StackSettings, load: Load, parts: readonly Part[]): Advice[] {
  const found: Advice[] = [];
  const part = (name: string): Part | undefined => parts.find((each) => each.name === name);
  const prometheus = part('prometheus');
  if (prometheus !== undefined && prometheus.memoryMiB / headroom.memory > limits.prometheusMiB) {
    const fit =
      Math.floor((limits.prometheusMiB * headroom.memory * 1024) / k.seriesKiB / 1e5) / 10;
    found.push({
      kind: 'scale',
      what: `${load.series.toLocaleString('en')} series are too many for one Prometheus (up to ${fit} million)`,
      fix: 'shard: a stack per group of targets, and one Thanos Query over all (docs/sizing.md)',
    });
  }
  const { logsGBPerDay } = load;
  const lokiGB = (bytesPerInstance(settings, load) * 86_400) / 1e9;
  if (part('loki') !== undefined && lokiGB > limits.lokiGBPerDay) {
    const most = (limits.lokiGBPerDay * limits.lokiReplicas) / 3;
    const several = Math.max(3, Math.ceil((logsGBPerDay * 3) / limits.lokiGBPerDay));
    const bucket =
      settings.loki.s3 === undefined ? setFix(['loki', 's3', 'bucket'], 'audifi-logs') : [];
    const replicas = setFix(['loki', 'replicas'], `${several}`);
    const onKubernetes = settings.platform === 'kubernetes';
    found.push({
      kind: 'scale',
      what: `${round(logsGBPerDay)} GB of log lines a day are more than ${limits.lokiGBPerDay} GB per instance of Loki`,
      fix:
        several > limits.lokiReplicas
          ? `distributed Loki: the instances of this stack handle at most ${most} GB a day (docs/sizing.md)`
          : `${onKubernetes ? '' : 'Kubernetes: '}${commandOf([...bucket, ...replicas])}`,
    });
  }
  const [traces] = tracesData(settings, load);
  if (traces?.where === 'volume') {
    const kept = keptSpans(load);
    const why = [
      ...(kept > limits.badgerSpans
        ? [
            `${Math.round(kept)} spans/s are stored, but badger can store only ${limits.badgerSpans}`,
          ]
        : []),
      ...(traces.gigabytes > limits.badgerGB
        ? [
            `${round(traces.gigabytes)} GB are stored, and more than ${limits.badgerGB} GB make every start slow`,
          ]
        : []),
    ];
    if (why.length > 0) {
      found.push({
        kind: 'scale',
        what: `traces outgrow badger: ${why.join('; ')}`,
        fix: commandOf([
          ...setFix(['jaeger', 'storageBackend'], 'opensearch'),
          ...setFix(['jaeger', 'opensearch', 'urls'], '[0] https://opensearch.internal:9200'),
        ]),
      });
    }
  }
  return found;
}

function tooSmall(at: Path, now: string, needed: string, why: string): Advice {
  return {
    kind: 'setting',
    what: `${keyOf(at)} ${now} is too small: ${needed} is needed (${why})`,
    fix: setCommand(at, needed),
  };
}

const mebi = (bytes: number): number => bytes / 2 ** 20;
const round = (value: number): number => Number(value.toPrecision(2));
/** In steps of 128 MiB, and of 1 GiB above 4 GiB. */
const mebibytes = (mib: number): string => {
  const step = mib > 4_096 ? 1_024 : 128;
  const steps = Math.ceil(mib / step) * step;
  return steps % 1_024 === 0 ? `${steps / 1_024}GiB` : `${steps}MiB`;
};
const gibibytes = (mib: number): string => `${Math.ceil(mib / 1024)}GiB`;
