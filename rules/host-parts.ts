import { by, type Expr, present, sum, unlike } from '../telemetry';
import { scoped } from './scope';

type Host = 'job' | 'node' | 'instance';

/** File systems that have no space of their own, or are full by design. */
const unreal = 'tmpfs|ramfs|overlay|squashfs|erofs|iso9660|udf|vfat|efivarfs|fuse.*';
const mountpoint = unlike('/boot.*');
export const realDisks = { fstype: unlike(unreal), mountpoint };
const withoutPools = { fstype: unlike(`zfs|${unreal}`), mountpoint };
const inPools = { fstype: 'zfs', mountpoint };

/** Labels that identify a disk. A disk that is mounted twice counts once. */
export const eachDisk = ['job', 'node', 'instance', 'device'] as const;

/**
 * Free share of each writable disk. The datasets of a ZFS pool share its space, so a pool is one
 * device, with the pool's name. Datasets may have quotas, so the fullest of the pool and its
 * datasets counts.
 */
export function diskFree<H extends Host>(host: readonly H[]): Expr<H | 'device'> {
  const each = [...host, 'device'] as const;
  const writable = (text: string): Expr<Host | 'device'> =>
    `(${text} and ${scoped('node_filesystem_readonly')} == 0)` as Expr<Host | 'device'>;
  const share = (disks: typeof inPools | typeof withoutPools): string => {
    const size = scoped('node_filesystem_size_bytes', disks);
    return writable(`${scoped('node_filesystem_avail_bytes', disks)} / (${size} > 0)`);
  };
  const pool = (text: string): Expr<H | 'device'> =>
    `label_replace(${text}, "device", "$1", "device", "([^/]+)/.*")` as Expr<H | 'device'>;
  const free = scoped('node_filesystem_avail_bytes', inPools);
  const size = scoped('node_filesystem_size_bytes', inPools);
  const left = by('max', each, pool(writable(free)));
  const dataset = by('max', eachDisk, writable(`(${size} - ${free})`));
  // Keeps the dataset's name in a second label. Otherwise two datasets of a pool would be one
  // series.
  const used = sum(each, pool(`label_replace(${dataset}, "mountpoint", "$1", "device", "(.+)")`));
  return `min by (${each.join(', ')}) (
  ${share(withoutPools)}
  or
  ${pool(share(inPools))}
  or
  ${left} / (${left} + ${used} > 0)
)` as Expr<H | 'device'>;
}

/**
 * Share of a machine's memory in use, without memory that the kernel or ZFS can free for programs.
 */
export function memoryUsed(): Expr<Host> {
  const total = scoped('node_memory_MemTotal_bytes');
  const available = scoped('node_memory_MemAvailable_bytes');
  const cache = `clamp_min(${scoped('node_zfs_arc_size')} - ${scoped('node_zfs_arc_c_min')}, 0)`;
  return `(${total} - ${available} - (${cache} or 0 * ${total}))\n/\n${total}` as Expr<Host>;
}

type ContainerLabel = 'node' | 'namespace' | 'pod' | 'container';

const some = { container: present };

/**
 * Memory of each container that the kernel cannot reclaim. The working set is larger, because it
 * includes file caches.
 */
const containerMemory = <L extends ContainerLabel>(each: readonly L[]): Expr<L> => {
  const used = scoped('container_memory_working_set_bytes', some);
  const cache = scoped('container_memory_total_active_file_bytes', some);
  return by('max', each, `(${used} - (${cache} or 0 * ${used}))` as Expr<L>);
};

/** Share of its memory limit that each container uses. No value without a limit. */
export function containerMemoryShare<L extends ContainerLabel>(each: readonly L[]): Expr<L> {
  const limit = by('max', each, scoped('container_spec_memory_limit_bytes', some));
  return `${containerMemory(each)}\n/\n(${limit} > 0)` as Expr<L>;
}
