import { deploymentOf, jobReplicas, jobsWith, specTargets } from '../../components/deployment';
import type { ParsedSettings } from '../../components/settings/schema';
import type { StackShape } from '../../components/stack-shape';
import { durationSeconds } from '../../components/units';
import { otherTarget, recordedShare, seriesPerTarget } from './constants';

export type StackSettings = ParsedSettings & StackShape;

/** What a stack has to process. All rates are averages. */
export interface Load {
  /** Active series of one Prometheus, including recorded ones. */
  readonly series: number;
  /** Log lines of all sources, GB (10^9 bytes) a day. */
  readonly logsGBPerDay: number;
  /** Share of the log bytes that is kept as error or warn. */
  readonly errorShare: number;
  /** Spans that arrive at the collector. */
  readonly spansPerSecond: number;
  /** Share of the spans that sampling keeps. */
  readonly keptShare: number;
  /** People who have a dashboard open at the same time. */
  readonly users: number;
  /** Machines or cluster nodes. Each has a log agent and exporters. */
  readonly nodes: number;
}

export type InputName = keyof Load;

/** Where a value comes from, and in words why it has this value. */
export interface Origin {
  readonly from: 'given' | 'settings' | 'assumed' | 'measured';
  readonly why: string;
}

export type Inputs = Readonly<Record<InputName, { readonly value: number } & Origin>>;

/** The name of each input on the command line, its unit, its bounds, and an example. */
export const inputs = {
  series: { variable: 'SERIES', unit: 'active series', max: 1e9, example: '100000' },
  logsGBPerDay: { variable: 'LOGS_GB_PER_DAY', unit: 'GB/day', max: 1e6, example: '5' },
  errorShare: { variable: 'ERROR_SHARE', unit: 'of the log bytes', max: 1, example: '0.07' },
  spansPerSecond: { variable: 'SPANS_PER_SECOND', unit: 'spans/s', max: 1e7, example: '50' },
  keptShare: { variable: 'KEPT_SHARE', unit: 'of the spans', max: 1, example: '0.12' },
  users: { variable: 'USERS', unit: 'open dashboards', max: 1e5, example: '10' },
  nodes: { variable: 'NODES', unit: 'machines', max: 1e5, example: '3' },
} as const satisfies Record<
  InputName,
  { variable: string; unit: string; max: number; example: string }
>;

const gigabyte = 1e9;
/**
 * The specification's table of retention: 10 GB of error and warn for 90 days, 20 GB of info for 14
 * days, read as sizes of the lines themselves.
 */
const specErrors = (10 * gigabyte) / 90;
const specInfo = (20 * gigabyte) / 14;
/** Kept in addition to the share of ordinary traces. */
const errorTraces = 0.02;
/** Assumed pods per service on Kubernetes. The settings do not contain their number. */
const pods = 2;

/** The load of a stack, as far as its settings define it, with assumptions for the rest. */
export function defaultInputs(settings: StackSettings, given: Partial<Load> = {}): Inputs {
  const onKubernetes = settings.platform === 'kubernetes';
  const nodes = onKubernetes ? 3 : 1;
  const targets = targetsOf(settings, given.nodes ?? nodes);
  const scraped = Object.entries(targets).reduce(
    (sum, [job, count]) => sum + count * (seriesPerTarget[job] ?? otherTarget),
    0,
  );
  const { share } = settings.traces.sampling;
  const count = Object.values(targets).reduce((sum, n) => sum + n, 0);
  const defaults: Inputs = {
    series: {
      value: Math.round((scraped * (1 + recordedShare)) / 100) * 100,
      from: 'settings',
      why: `${count} targets of ${Object.keys(targets).length} jobs, at the measured size of each${onKubernetes ? `; ${pods} pods per service are assumed` : ''}`,
    },
    logsGBPerDay: {
      value: settings.logs.enabled
        ? Math.round(((specErrors + specInfo) / gigabyte) * 100) / 100
        : 0,
      ...(settings.logs.enabled
        ? { from: 'assumed', why: "the specification's 30 GB, as lines" }
        : { from: 'settings', why: 'logs are off' }),
    },
    errorShare: {
      value: Math.round((specErrors / (specErrors + specInfo)) * 1_000) / 1_000,
      from: 'assumed',
      why: "the specification's 10 GB in 90 days to 20 GB in 14 days",
    },
    spansPerSecond: {
      value: settings.traces.enabled ? 80 : 0,
      ...(settings.traces.enabled
        ? { from: 'assumed', why: '8 requests per second with ten spans each' }
        : { from: 'settings', why: 'traces are off' }),
    },
    keptShare: {
      value: Math.min(1, Math.round((share + errorTraces) * 1_000) / 1_000),
      from: 'settings',
      why: `traces.sampling.share ${share}, and ${errorTraces} for errors and slow traces (assumed)`,
    },
    users: { value: 5, from: 'assumed', why: 'a dashboard refreshes every 30 s' },
    nodes: {
      value: nodes,
      from: onKubernetes ? 'assumed' : 'settings',
      why: onKubernetes ? 'the settings do not contain it' : 'Docker is one machine',
    },
  };
  const entries = Object.entries(defaults) as [InputName, Inputs[InputName]][];
  return Object.fromEntries(
    entries.map(([name, input]) => {
      const value = given[name];
      return [name, value === undefined ? input : { value, from: 'given', why: '' }];
    }),
  ) as Inputs;
}

export const loadOf = (all: Inputs): Load =>
  Object.fromEntries(
    Object.entries(all).map(([name, { value }]) => [name, value]),
  ) as unknown as Load;

/** Number of targets of each scrape job. */
function targetsOf(settings: StackSettings, nodes: number): Readonly<Record<string, number>> {
  const perNode = jobsWith('perNode');
  const several = jobReplicas(settings);
  const own = deploymentOf(settings).jobs.map(({ name }): [string, number] => [
    name,
    perNode.includes(name) ? nodes : (several[name] ?? 1),
  ]);
  const known = new Set([...Object.keys(specTargets()), ...Object.keys(settings.targets)]);
  const app = [...known].flatMap((job): [string, number][] => {
    const target = settings.targets[job];
    if (target?.enabled === false) return [];
    const found = target?.kubernetes ?? target?.dns;
    return [[job, target?.addresses?.length ?? (found === undefined ? 1 : pods)]];
  });
  return Object.fromEntries([...own, ...app]);
}

/** Samples per second of one Prometheus. */
export const samplesPerSecond = (settings: StackSettings, { series }: Load): number =>
  series / (durationSeconds(settings.prometheus.scrapeInterval) ?? 15);
