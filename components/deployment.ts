import type { ImageName } from './images';
import type { JobEntry, ReplicatedBy, ServiceEntry } from './service-entry';
import { services } from './services';
import type { Path } from './settings/commands';
import type { StackShape } from './stack-shape';

/** Services by name: the catalogue, or in tests a catalogue with an additional entry. */
export type Catalogue = Readonly<Record<string, ServiceEntry>>;

const catalogue: Catalogue = services;

/** A scrape job, and the service that it scrapes. */
export interface ServiceJob extends JobEntry {
  readonly service: string;
}

/** What a stack consists of. Derived from its settings alone, before any resource exists. */
export interface Deployment {
  /** Services that the stack runs, in the catalogue's order. */
  readonly services: readonly string[];
  readonly has: (service: string) => boolean;
  /** Scrape jobs of the stack's services and its platform. AudiFi's jobs are `settings.targets`. */
  readonly jobs: readonly ServiceJob[];
  /** Images to pull, without duplicates. */
  readonly images: readonly ImageName[];
}

export function deploymentOf(stack: StackShape, from: Catalogue = catalogue): Deployment {
  const wanted = Object.entries(from).filter(([, { runs }]) => runs(stack));
  const running = wanted.filter(([, { builtIn }]) => builtIn?.(stack) !== true);
  const names = running.map(([name]) => name);
  return {
    services: names,
    has: (service) => names.includes(service),
    jobs: wanted
      .filter(([, entry]) => entry.of === 'stack')
      .flatMap(([service, { jobs = [] }]) => jobs.map((job) => ({ ...job, service })))
      .filter(({ when }) => when?.(stack) !== false),
    images: [...new Set(running.flatMap(([, { image }]) => image ?? []))],
  };
}

/** Names of the stack's services in its Docker network. With replicas, each is a shared name. */
export const networkNames = (stack: StackShape, from: Catalogue = catalogue): readonly string[] =>
  deploymentOf(stack, from).services.filter((name) => from[name]?.onHostNetwork !== true);

/** Every port that a stack on Docker publishes on the machine, with its setting. */
export function publishedPorts(
  stack: StackShape,
  from: Catalogue = catalogue,
): { readonly at: Path; readonly port: number }[] {
  const running = Object.values(from).filter(({ runs }) => runs(stack));
  // If two ports clash, the later one is rejected, so the reference application's ports come last.
  const ordered = [
    ...running.filter(({ of }) => of === 'stack'),
    ...running.filter(({ of }) => of === 'app'),
  ];
  return ordered
    .flatMap(({ published = {} }) => Object.values(published))
    .flatMap(([group, key]) => {
      const settings = (stack as unknown as Readonly<Record<string, unknown>>)[group];
      const port = (settings as Readonly<Record<string, number | undefined>> | undefined)?.[key];
      return port === undefined ? [] : [{ at: [group, key], port }];
    });
}

/** The specification's targets of AudiFi: job name to default scrape address. */
export function specTargets(from: Catalogue = catalogue): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(from).flatMap(([service, { target = false, jobs = [], ports }]) =>
      target ? jobs.slice(0, 1).map(({ name, port }) => [name, `${service}:${ports[port]}`]) : [],
    ),
  );
}

/** Names of the stack's own jobs. Targets must not use them. */
export function reservedJobs(from: Catalogue = catalogue): readonly string[] {
  return Object.values(from).flatMap(({ of, target = false, jobs = [] }) =>
    of === 'stack' && !target ? jobs.map(({ name }) => name) : [],
  );
}

/** The scrape job that shows a service's health: its first. Undefined if it has no metrics. */
export const jobOf = (service: string, from: Catalogue = catalogue): string | undefined =>
  from[service]?.jobs?.[0]?.name;

/** Every scrape job of the catalogue, including AudiFi's. */
export const allJobs = (from: Catalogue = catalogue): readonly ServiceJob[] =>
  Object.entries(from).flatMap(([service, { jobs = [] }]) =>
    jobs.map((job) => ({ ...job, service })),
  );

type ReplicaSettings = Readonly<Record<ReplicatedBy, { readonly replicas: number }>>;

/** Number of instances of a service. */
export function replicasOf(
  service: string,
  settings: ReplicaSettings,
  from: Catalogue = catalogue,
): number {
  const by = from[service]?.replicas;
  return by === undefined ? 1 : settings[by].replicas;
}

/** Number of instances of each of the stack's jobs that can have several. */
export const jobReplicas = (
  settings: ReplicaSettings,
  from: Catalogue = catalogue,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.values(from).flatMap(({ replicas, jobs = [] }) =>
      replicas === undefined ? [] : jobs.map(({ name }) => [name, settings[replicas].replicas]),
    ),
  );

/** Names of the jobs whose service has this mark in the catalogue. */
export const jobsWith = (
  mark: 'perNode' | 'kubernetesOnly',
  from: Catalogue = catalogue,
): readonly string[] =>
  Object.values(from).flatMap((entry) =>
    entry[mark] === true ? (entry.jobs ?? []).map(({ name }) => name) : [],
  );
