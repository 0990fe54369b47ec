import { type Budget, budgetsOf, type SizedSettings } from '../components/settings/budgets';
import type { DataKind } from '../rules/data-sizes';
import { columns } from './columns';
import { docker } from './docker';
import { PrometheusClient, type Sample } from './running/prometheus';

/** What a running stack knows about its data, in bytes. */
export interface DataUse {
  /** Size of each volume by its name. */
  readonly volumes: ReadonlyMap<string, number>;
  /** Size at the end of the retention, at the rate of the last days. */
  readonly expected: ReadonlyMap<DataKind, number>;
}

/** Where a stack runs: the namespace of a stack on Kubernetes. */
export interface DataPlace {
  readonly stack: string;
  readonly namespace?: string | undefined;
  /** URL of Prometheus, if this machine can reach it. */
  readonly prometheusUrl?: string | undefined;
}

/**
 * Reads the sizes of all volumes: from the Docker engine, which measures the directories, or on
 * Kubernetes from the kubelets' metrics in Prometheus.
 */
export async function dataUse(place: DataPlace, env: NodeJS.ProcessEnv): Promise<DataUse> {
  const { namespace, prometheusUrl } = place;
  const expected = await ask(prometheusUrl, 'data:expected_bytes:rate3d');
  return {
    volumes:
      namespace === undefined
        ? volumesOf(
            await docker(['system', 'df', '--verbose', '--format', '{{json .Volumes}}'], env),
          )
        : await claims(prometheusUrl, namespace),
    expected: new Map(expected.map(({ metric, value }) => [metric['data'] as DataKind, value])),
  };
}

/** Sizes of volumes from the output of `docker system df --verbose`. Docker's units are decimal. */
export function volumesOf(lines: readonly string[]): Map<string, number> {
  const list = JSON.parse(lines.join('') || '[]') as { Name: string; Size: string }[] | null;
  const units: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };
  return new Map(
    (list ?? []).flatMap(({ Name, Size }): [string, number][] => {
      const [, number, unit = ''] = /^([\d.]+) ?([kMGT]?B)$/.exec(Size) ?? [];
      const factor = units[unit];
      // `N/A` for volumes of plugins.
      return factor === undefined ? [] : [[Name, Number(number) * factor]];
    }),
  );
}

async function claims(url: string | undefined, namespace: string): Promise<Map<string, number>> {
  const labels = `{namespace="${namespace}"}`;
  const used = `kubelet_volume_stats_capacity_bytes${labels} - kubelet_volume_stats_available_bytes${labels}`;
  const found = await ask(url, `max by (persistentvolumeclaim) (${used})`);
  return new Map(found.map(({ metric, value }) => [metric['persistentvolumeclaim'] ?? '', value]));
}

/** Empty if Prometheus does not respond: the status of the services already says so. */
async function ask(url: string | undefined, query: string): Promise<readonly Sample[]> {
  if (url === undefined) return [];
  const server = { title: 'Prometheus', url, example: 'make up' };
  return new PrometheusClient(server, 5).query(query).catch(() => []);
}

/**
 * Badger, Jaeger's store, maps a file of this size in bytes into memory, and fills it later. Docker
 * counts its full length.
 */
const reserved = 2 ** 31;

/** Share of a budget above which the table names the setting. */
const near = 0.85;

/** The table of `make status`: each kind of data, its size in the settings, and its real use. */
export function dataText(settings: SizedSettings, place: DataPlace, use: DataUse): string {
  const volumes: (string | undefined)[] = [];
  const budgets = budgetsOf(settings);
  const reserves = ({ data }: Budget): boolean =>
    place.namespace === undefined && data === 'traces';
  const rows = budgets.map((budget) => {
    const { volume } = budget;
    const key = volume === undefined ? undefined : `${volume.service} ${volume.name}`;
    const shared = key !== undefined && volumes.includes(key);
    volumes.push(key);
    const used = shared ? undefined : usedBytes(budget, place, use);
    const expected = use.expected.get(budget.data);
    const certain = Math.max(0, (used ?? 0) - (reserves(budget) ? reserved : 0));
    const most = Math.max(certain, expected ?? 0);
    return [
      budget.title,
      sizeText(budget.bytes),
      shared ? 'in the row above' : used === undefined ? 'unknown' : sizeText(used),
      expected === undefined ? '' : sizeText(expected),
      [...new Set(budget.retention)].join(', '),
      most > near * budget.bytes ? `raise budgets.${budget.data} or store less` : '',
    ];
  });
  const head = ['DATA', 'BUDGET', 'USED', 'EXPECTED', 'KEPT', ''];
  return (
    `\n${columns(head, rows)}\n` +
    'USED is the data on the volume now. EXPECTED is its size once a full retention period is stored, at the rate of the last three days.\n' +
    (budgets.some(reserves)
      ? 'For traces, USED includes 2 GiB that Jaeger reserves and fills later.\n'
      : '')
  );
}

/** The largest of the volumes of all instances. */
function usedBytes(
  { volume }: Budget,
  { stack, namespace }: DataPlace,
  { volumes }: DataUse,
): number | undefined {
  if (volume === undefined) return undefined;
  const pattern =
    namespace === undefined
      ? new RegExp(`^audifi-${stack}-${volume.service}(-\\d+)?-${volume.name}$`)
      : new RegExp(`^${volume.name}-${volume.service}-\\d+$`);
  const sizes = [...volumes].flatMap(([name, bytes]) => (pattern.test(name) ? [bytes] : []));
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}

/** As in the settings: powers of two. */
function sizeText(bytes: number): string {
  const large = bytes >= 2 ** 30;
  const size = bytes / (large ? 2 ** 30 : 2 ** 20);
  return `${Number(size.toPrecision(size >= 1 ? 3 : 1))} ${large ? 'GiB' : 'MiB'}`;
}
