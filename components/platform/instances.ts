import * as pulumi from '@pulumi/pulumi';
import { type ContainerSpec, instanceName, type VolumeMount, type Workload } from '../workload';

/** One of a workload's instances. */
export interface Instance {
  /** By which the others reach it: the workload's own name where it is the only one. */
  readonly name: string;
  /**
   * Stem of the names of its resources in the state, and of its volumes. The first instance has
   * that of a single one: a changed number of replicas replaces it and keeps its data.
   */
  readonly resource: string;
}

export function instancesOf(workload: Pick<Workload, 'name' | 'replicas'>): Instance[] {
  const { name, replicas = 1 } = workload;
  if (!isReplicated(workload)) return [{ name, resource: name }];
  return Array.from({ length: replicas }, (_, i) => ({
    name: `${name}-${i}`,
    resource: i === 0 ? name : `${name}-${i}`,
  }));
}

export function isReplicated({ replicas = 1 }: Pick<Workload, 'replicas'>): boolean {
  return replicas > 1;
}

/** A container of a workload: its own, or a companion's. */
export interface Part {
  readonly spec: ContainerSpec;
  /** Name of the companion; undefined for the workload's own container. */
  readonly companion?: string;
  readonly mounts: readonly VolumeMount[];
}

export interface CompanionPart extends Part {
  readonly companion: string;
}

/** The workload's own container, then its companions. */
export function partsOf(workload: Workload): [own: Part, ...companions: CompanionPart[]] {
  const { volumes = [], sharedVolumes = [], companions = [] } = workload;
  const mounts = [...volumes, ...sharedVolumes].flatMap(({ name, path }) =>
    path === undefined ? [] : [{ volume: name, path }],
  );
  return [
    { spec: workload, mounts },
    ...companions.map((spec) => ({ spec, companion: spec.name, mounts: spec.mounts ?? [] })),
  ];
}

/** `web`, or `web-<companion>`. */
export function partName(name: string, { companion }: Pick<Part, 'companion'>): string {
  return companion === undefined ? name : `${name}-${companion}`;
}

/** A text with the instance's name in place of what stands for it. */
export function withName(text: pulumi.Input<string>, name: string): pulumi.Input<string> {
  const fill = (value: string): string => value.replaceAll(instanceName, name);
  return typeof text === 'string' ? fill(text) : pulumi.output(text).apply(fill);
}

/** Who has what: two workloads may not have the same volume, or answer to the same name. */
export class Owners {
  private readonly owners = new Map<string, string>();

  /** What another workload has already, as sentences for a developer. */
  problems(things: readonly string[]): string[] {
    return things.flatMap((thing) => {
      const owner = this.owners.get(thing);
      return owner === undefined ? [] : [`${thing} belongs to the workload "${owner}"`];
    });
  }

  take(owner: string, things: readonly string[]): void {
    for (const thing of things) this.owners.set(thing, owner);
  }
}
