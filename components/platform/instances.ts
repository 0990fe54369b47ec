import * as pulumi from '@pulumi/pulumi';
import {
  type ContainerSpec,
  type Endpoint,
  instanceName,
  type VolumeMount,
  type Workload,
} from '../workload';

/** An instance of a workload. */
export interface Instance {
  /** DNS name for other instances. With a single instance, the name of the workload. */
  readonly name: string;
  /**
   * Stem of its resource names and of its volumes. The first of several instances has the same stem
   * as a single one, so changing the number of replicas replaces the container and keeps its data.
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

/** A container of a workload: its own, or that of a companion. */
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

/** The endpoint of a workload, with those of its companions. */
export function withCompanions(workload: Workload, endpointOf: (part: Part) => Endpoint): Endpoint {
  const [own, ...companions] = partsOf(workload);
  const endpoint = endpointOf(own);
  if (companions.length === 0) return endpoint;
  return {
    ...endpoint,
    companions: Object.fromEntries(companions.map((part) => [part.companion, endpointOf(part)])),
  };
}

/** `web`, or `web-<companion>`. */
export function partName(name: string, { companion }: Pick<Part, 'companion'>): string {
  return companion === undefined ? name : `${name}-${companion}`;
}

/** Substitutes the placeholder for the instance's name in a text. */
export function withName(text: pulumi.Input<string>, name: string): pulumi.Input<string> {
  const fill = (value: string): string => value.replaceAll(instanceName, name);
  return typeof text === 'string' ? fill(text) : pulumi.output(text).apply(fill);
}

/** Owners of names and volumes, which must be unique among workloads. */
export class Owners {
  private readonly owners = new Map<string, string>();

  /** Names and volumes that another workload already uses, as sentences for a developer. */
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
