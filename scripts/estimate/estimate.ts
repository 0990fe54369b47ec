import { deploymentOf, replicasOf } from '../../components/deployment';
import type { ServiceEntry } from '../../components/service-entry';
import { services } from '../../components/services';
import { type Advice, adviceFor } from './advice';
import { idleMiB } from './constants';
import { headroom } from './headroom';
import type { Load, StackSettings } from './load';
import { agentParts, logsData, lokiParts, lokiRequests } from './logs';
import { metricsData, prometheusPart, thanosParts, thanosRequests } from './metrics';
import type { Data, Part } from './part';
import type { Prices } from './prices';
import { tracesData, tracesParts } from './traces';

export interface Estimate {
  readonly parts: readonly Part[];
  readonly data: readonly Data[];
  readonly total: {
    readonly cores: number;
    readonly memoryMiB: number;
    readonly diskGB: number;
    readonly bucketGB: number;
  };
  /** Money a month. */
  readonly money: {
    readonly compute: number;
    readonly disk: number;
    readonly bucket: number;
    readonly requests: number;
    readonly total: number;
  };
  readonly advice: readonly Advice[];
}

/** MiB of Grafana per open dashboard. Assumed. */
const grafanaMiBPerUser = 5;

/**
 * What a stack needs for a load, and what that costs. Does not include AudiFi's own services or the
 * reference application.
 */
export function estimate(settings: StackSettings, load: Load, prices: Prices): Estimate {
  const large = [
    prometheusPart(settings, load),
    ...thanosParts(settings, load),
    ...lokiParts(settings, load),
    ...agentParts(settings, load),
    ...tracesParts(settings, load),
  ];
  const parts = [...large, ...smallParts(settings, load, large)];
  const data = [
    ...metricsData(settings, load),
    ...logsData(settings, load),
    ...tracesData(settings, load),
  ];
  const sum = (of: (part: Part) => number): number =>
    parts.reduce((total, part) => total + part.instances * of(part), 0);
  const total = {
    cores: sum(({ cores }) => cores),
    memoryMiB: sum(({ memoryMiB }) => memoryMiB),
    diskGB: sum(({ diskGB }) => diskGB),
    bucketGB: data
      .filter(({ where, partOf }) => where === 'bucket' && partOf === undefined)
      .reduce((gb, { gigabytes, copies }) => gb + gigabytes * copies, 0),
  };
  return {
    ...{ parts, data, total },
    money: moneyFor(settings, load, total, prices),
    advice: adviceFor(settings, load, parts, data),
  };
}

function moneyFor(
  settings: StackSettings,
  load: Load,
  total: Estimate['total'],
  prices: Prices,
): Estimate['money'] {
  const requests = [thanosRequests(settings), lokiRequests(settings, load)];
  const compute =
    total.cores * prices.core + (total.memoryMiB / 1024 / headroom.memory) * prices.memory;
  const disk = (total.diskGB / headroom.disk) * prices.disk;
  const bucket = total.bucketGB * prices.bucket;
  const asked = requests.reduce(
    (sum, { writes, reads }) => sum + (writes * prices.writes + reads * prices.reads) / 1_000,
    0,
  );
  return { compute, disk, bucket, requests: asked, total: compute + disk + bucket + asked };
}

/** MiB of a small service that constants.ts does not list. Assumed. */
const otherIdleMiB = 32;

/** The stack's other services, whose use hardly depends on the load. */
function smallParts(settings: StackSettings, load: Load, large: readonly Part[]): Part[] {
  const idle: Readonly<Record<string, number>> = idleMiB;
  const catalogue: Readonly<Record<string, ServiceEntry>> = services;
  return deploymentOf(settings)
    .services.filter((name) => catalogue[name]?.of === 'stack')
    .filter((name) => large.every((part) => part.name !== name))
    .map((name) => ({
      name,
      instances: catalogue[name]?.perNode === true ? load.nodes : replicasOf(name, settings),
      cores: name === 'cadvisor' ? 0.05 : 0.01,
      memoryMiB:
        (idle[name] ?? otherIdleMiB) + (name === 'grafana' ? load.users * grafanaMiBPerUser : 0),
      diskGB: 0,
    }));
}
