import { z } from 'zod';
import { when } from '../../rules/context';
import type { DataBudget, DataKind } from '../../rules/data-sizes';
import type { ServiceName } from '../services';
import { durationSeconds, sizeMiB } from '../units';
import { doc, size } from './kinds';

/** The budgets by key, with the sizes of the specification's table "Retention Policies". */
const sizes = z
  .strictObject({
    metrics: size('256MiB')
      .default('8GiB')
      .meta(
        doc(
          'Samples within prometheus.retention, of each instance. Above this size, Prometheus deletes the oldest. Has no effect if prometheus.retentionSize is set. More than the 1 GB of the specification, which is too small for 15 days (docs/sizing.md).',
          '16GiB',
        ),
      ),
    longTerm: size('256MiB')
      .default('5GiB')
      .meta(doc('Blocks in the bucket of longTerm, of all instances.', '30GiB')),
    uptime: size('1MiB')
      .default('100MiB')
      .meta(doc('Results of the uptime checks in that bucket, as part of longTerm.', '200MiB')),
    errorLogs: size('128MiB')
      .default('10GiB')
      .meta(doc('Log lines of the levels error and warn.', '20GiB')),
    infoLogs: size('128MiB').default('20GiB').meta(doc('Log lines of all other levels.', '40GiB')),
    traces: size('128MiB').default('5GiB').meta(doc('Traces in the volume of Jaeger.', '10GiB')),
    grafana: size('128MiB')
      .default('1GiB')
      .meta(doc("Grafana's database: users, settings, dashboards made by hand.", '2GiB')),
  })
  .prefault({})
  .meta(
    doc(
      'Maximum size of each kind of data. The sizes of the volumes follow from it, and the size at which Prometheus deletes the oldest samples. DataOutgrowsBudget fires before a budget is used up.',
      '.traces 10GiB',
    ),
  );

/** The top-level key of budgets. */
export const budgetsSchema = z.strictObject({ budgets: sizes });

/** Settings that sizes follow from. Those of volumes are optional. */
export interface SizedSettings {
  readonly budgets: z.output<typeof sizes>;
  readonly prometheus: {
    readonly retention: string;
    readonly retentionSize?: string | undefined;
    readonly storage?: string | undefined;
  };
  readonly loki: {
    readonly enabled: boolean;
    readonly storage?: string | undefined;
    readonly s3?: object | undefined;
  };
  readonly jaeger: {
    readonly enabled: boolean;
    readonly storageBackend: string;
    readonly retention: string;
    readonly storage?: string | undefined;
  };
  readonly grafana: {
    readonly enabled: boolean;
    readonly storage?: string | undefined;
    readonly database?: object | undefined;
  };
  readonly logs: {
    readonly enabled: boolean;
    readonly retention: Readonly<Record<'error' | 'warn' | 'info' | 'debug' | 'unknown', string>>;
  };
  readonly traces: { readonly enabled: boolean };
  readonly uptime: { readonly enabled: boolean; readonly checks: readonly unknown[] };
  readonly longTerm: {
    readonly store: string;
    readonly retention: Readonly<Record<'raw' | 'fiveMinutes' | 'oneHour', string>>;
  };
}

/**
 * Share of a volume that its data may take. The rest is for write-ahead logs and compaction. Badger
 * needs twice the space of its data until it deletes the tables that it has compacted.
 */
const shares = { prometheus: 0.8, loki: 0.75, jaeger: 0.5, grafana: 1 } as const;
type Sized = keyof typeof shares;
type Sizes<S extends Sized> = Pick<SizedSettings, S | 'budgets'>;

const mebibytes = (text: string): number => sizeMiB(text) ?? 0;

/** MiB of samples above which Prometheus deletes the oldest. */
export const retentionSizeMiB = ({ prometheus, budgets }: Sizes<'prometheus'>): number =>
  mebibytes(prometheus.retentionSize ?? budgets.metrics);

/** MiB of the data on the volume of each service, by its budgets. */
const dataMiB: { readonly [S in Sized]: (settings: Sizes<S>) => number } = {
  prometheus: retentionSizeMiB,
  loki: ({ budgets }) => mebibytes(budgets.errorLogs) + mebibytes(budgets.infoLogs),
  jaeger: ({ budgets }) => mebibytes(budgets.traces),
  grafana: ({ budgets }) => mebibytes(budgets.grafana),
};

/** MiB of the volume of a service: its setting, or what its data needs. */
export function volumeMiB<S extends Sized>(service: S, settings: Sizes<S>): number {
  const { storage }: { readonly storage?: string | undefined } = settings[service];
  if (storage !== undefined) return mebibytes(storage);
  return Math.ceil(dataMiB[service](settings) / shares[service]);
}

/** Factor that reduces a budget if its volume is set too small for it; 1 if it fits. */
const fits = <S extends Sized>(service: S, settings: Sizes<S>): number =>
  Math.min(1, (volumeMiB(service, settings) * shares[service]) / dataMiB[service](settings));

/** A kind of data that a stack keeps: its size, its retention, and where it is. */
export interface Budget extends DataBudget {
  /** Display name. */
  readonly title: string;
  /** Retentions as in the settings. */
  readonly retention: readonly string[];
  /** The volume that only holds this data and other data in this list. @default a bucket */
  readonly volume?: { readonly service: ServiceName; readonly name: string };
}

/** The budgets of everything that a stack with these settings keeps itself. */
export function budgetsOf(settings: SizedSettings): readonly Budget[] {
  const { prometheus, jaeger, longTerm, uptime, grafana, traces, budgets } = settings;
  const keepsTraces = traces.enabled && jaeger.enabled && jaeger.storageBackend === 'badger';
  const { raw, fiveMinutes, oneHour } = longTerm.retention;
  const bucket =
    longTerm.store === 'filesystem'
      ? ({ volume: { service: 'thanos-compactor', name: 'bucket' } } as const)
      : {};
  const checks = uptime.enabled && uptime.checks.length > 0;
  return [
    budget('metrics', 'metrics, as scraped', retentionSizeMiB(settings), [prometheus.retention], {
      volume: { service: 'prometheus', name: 'data' },
    }),
    ...when(
      longTerm.store !== 'none',
      budget(
        'longTerm',
        'metrics in the bucket',
        mebibytes(budgets.longTerm),
        [raw, fiveMinutes, oneHour],
        bucket,
      ),
    ),
    ...when(
      longTerm.store !== 'none' && checks,
      budget('uptime', 'uptime history, in the bucket', mebibytes(budgets.uptime), [
        fiveMinutes,
        oneHour,
      ]),
    ),
    ...logBudgets(settings),
    ...when(
      keepsTraces,
      budget(
        'traces',
        'traces',
        mebibytes(budgets.traces) * fits('jaeger', settings),
        [jaeger.retention],
        { volume: { service: 'jaeger', name: 'data' } },
      ),
    ),
    ...when(
      grafana.enabled && grafana.database === undefined,
      budget(
        'grafana',
        "Grafana's database",
        mebibytes(budgets.grafana) * fits('grafana', settings),
        [],
        {
          volume: { service: 'grafana', name: 'data' },
        },
      ),
    ),
  ];
}

/** Loki counts bytes by retention, so kinds of data with the same retention share a budget. */
function logBudgets(settings: SizedSettings): readonly Budget[] {
  const { logs, loki, budgets } = settings;
  if (!logs.enabled || !loki.enabled) return [];
  const { error, warn, info, debug, unknown } = logs.retention;
  const share = loki.s3 === undefined ? fits('loki', settings) : 1;
  const where =
    loki.s3 === undefined ? ({ volume: { service: 'loki', name: 'data' } } as const) : {};
  const [errors, others] = [
    [error, warn],
    [info, unknown, debug],
  ];
  const [errorMiB, infoMiB] = [
    mebibytes(budgets.errorLogs) * share,
    mebibytes(budgets.infoLogs) * share,
  ];
  const hours = (text: string): number => Math.floor((durationSeconds(text) ?? 0) / 3_600);
  if (errors.some((one) => others.some((other) => hours(one) === hours(other)))) {
    return [budget('logs', 'logs', errorMiB + infoMiB, [...errors, ...others], where)];
  }
  return [
    budget('errorLogs', 'logs, error and warn', errorMiB, errors, where),
    budget('infoLogs', 'logs, other levels', infoMiB, others, where),
  ];
}

const budget = (
  data: DataKind,
  title: string,
  mib: number,
  retention: readonly string[],
  where: Pick<Budget, 'volume'> = {},
): Budget => ({
  ...{ data, title, retention, ...where },
  bytes: Math.round(mib) * 2 ** 20,
  kept: retention.map((text) => durationSeconds(text) ?? 0),
});
