import { KitError } from './errors';
import { type ImageRecipe, imageRecipes } from './image-recipes';
import type { ImageName } from './images';

/** Parses AUDIFI_DEBIAN. */
export function debianWanted(text: string | undefined = process.env.AUDIFI_DEBIAN): boolean {
  if (text === undefined || text === '' || text === '0') return false;
  if (text !== '1') throw new KitError(`AUDIFI_DEBIAN is ${text}: it must be 0 or 1`);
  return true;
}

/** Where a program comes from in Debian's newest suite. */
interface DebianProgram {
  /** Name in reports. */
  readonly title: string;
  /** The program's package comes first. */
  readonly names: readonly [string, ...string[]];
  /** Commands in Debian by their path in upstream's image. /bin is a link to /usr/bin. */
  readonly links: Readonly<Record<string, string>>;
}

const exporter = (title: string, name: string, path: string): DebianProgram => ({
  title,
  names: [`prometheus-${name}`],
  links: { [path]: `/usr/bin/prometheus-${name}` },
});

const programs: Partial<Record<ImageName, DebianProgram>> = {
  prometheus: { title: 'Prometheus', names: ['prometheus', 'promtool'], links: {} },
  // Not Alertmanager: its event recorder writes to standard output only since 0.34.
  nodeExporter: exporter('node exporter', 'node-exporter', '/usr/bin/node_exporter'),
  blackboxExporter: exporter(
    'blackbox exporter',
    'blackbox-exporter',
    '/usr/bin/blackbox_exporter',
  ),
  postgresExporter: exporter(
    'postgres exporter',
    'postgres-exporter',
    '/usr/bin/postgres_exporter',
  ),
  redisExporter: exporter('redis exporter', 'redis-exporter', '/redis_exporter'),
  caddy: { title: 'Caddy', names: ['caddy'], links: {} },
};

/**
 * How the kit makes an image. Undefined if it cannot.
 *
 * With AUDIFI_DEBIAN=1, programs that Debian has are unpacked instead of built. Each is a stand-in,
 * because its version is the one that Debian's suite `sid` has that day.
 */
export function imageRecipe(name: ImageName): ImageRecipe | undefined {
  const recipe = imageRecipes[name];
  const program = programs[name];
  if (recipe === undefined || program === undefined || !debianWanted()) return recipe;
  const { commands: _, env: { CADDY_VERSION: __, ...env } = {}, ...configuration } = recipe;
  return {
    ...configuration,
    env,
    packages: {
      main: program.names[0],
      // base-files has the links from /bin to /usr/bin.
      debian: { suite: 'sid', names: [...program.names, 'base-files'] },
    },
    links: program.links,
    standIn: `${program.title} (Debian's {version})`,
  };
}
