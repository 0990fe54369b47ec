import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { images } from '../components/images';
import { buildsFor, clusterBuilds, type ImageName } from '../offline/kit';
import type { Suite } from './e2e-schedule';
import { usualSeconds } from './e2e-time';
import { slownessOfCore } from './machine-load';
import { projectRoot } from './stack-files';

/** Suites with a cluster, whose name is fixed, so only one of them can run at a time. */
export const onCluster = ['kubernetes', 'kubernetes-upgrade'];

/** See `Suite`. The others are small, and need the images of a whole stack. */
const long = [...onCluster, 'incidents'];
const large = [
  ...['stack', 'logs', 'traces', 'app', 'dashboards', 'alerts'],
  ...['runbooks', 'alerts-rules', 'alerts-replicas'],
];
/** Before the others, because a time limit leaves out what comes last. */
const order = [...long, ...large];
const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
/** Suites that need only the first part of a stack: without logs, traces and the bucket. */
const needsFirst = [
  ...['app', 'stack', 'refusals', 'uptime', 'workload', 'preview', 'rules'],
  ...['alerts-config', 'alerts-messages', 'alerts-pagerduty', 'alerts-delivery'],
  'redaction-forms',
];
/** Suites that run Loki and both agents without a stack. */
const needsLogs = ['logs', 'logs-cases', 'logs-cluster', 'logs-lines', 'redaction'];

const lateLogs: readonly ImageName[] = ['loki', 'promtail', 'otelCollector'];
/** Images of other parts, and of what only some suites deploy. */
const lateImages: readonly ImageName[] = [
  ...lateLogs,
  ...(['jaeger', 'thanos', 'grafana', 'kubeStateMetrics', 'pgbouncerExporter'] as const),
];
export const firstImages = (Object.keys(images) as ImageName[]).filter(
  (name) => !lateImages.includes(name),
);
export const logsImages: readonly ImageName[] = [...firstImages, ...lateLogs];

const suitePath = (name: string): string => `test/e2e/${name}.test.ts`;

/** All files of test/e2e, in the order of their importance. */
export function allSuites(): Suite[] {
  return readdirSync(join(projectRoot, 'test', 'e2e'))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.replace(/\.test\.ts$/, ''))
    .sort((a, b) => place(a) - place(b))
    .map((name) => ({
      path: suitePath(name),
      size: long.includes(name) ? 'long' : large.includes(name) ? 'large' : 'small',
      needs: neededBy(name),
    }));
}

function neededBy(name: string): Suite['needs'] {
  if (onCluster.includes(name)) return 'cluster';
  if (needsFirst.includes(name)) return 'first';
  return needsLogs.includes(name) ? 'logs' : 'images';
}

export const suites = (names: readonly string[]): string[] => names.map(suitePath);

/**
 * Why the suites on a cluster do not run; undefined if they do. They are left out if the cluster is
 * not built yet, and building it would exceed the limit.
 *
 * @param limit in minutes. @default none
 */
export async function whyNoCluster(limit: number | undefined): Promise<string | undefined> {
  if (limit === undefined) return undefined;
  const cluster = await clusterBuilds();
  if (cluster.commands.length === 0) return undefined;
  const others = await buildsFor(Object.keys(images) as ImageName[]);
  // Two suites run at a time, at half their speed during builds: in a measured run, 36 minutes of
  // suites and 25 of builds took 49 minutes. A fast core gains little: suites mostly wait.
  const suitesTake = usualSeconds(allSuites().map(({ path }) => path)) / 2;
  const seconds = suitesTake + 0.5 * (cluster.seconds + others.seconds);
  const minutes = (seconds * Math.max(1, slownessOfCore())) / 60;
  if (minutes <= limit) return undefined;
  return (
    `Not run: ${onCluster.join(', ')}. Building a cluster and all other parts would take until about ` +
    `minute ${Math.round(minutes)} of ${limit} (AUDIFI_E2E_MINUTES). To run them: make e2e PLATFORM=kubernetes`
  );
}
