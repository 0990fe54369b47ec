import { type ImageRecipe, imageRecipes } from './image-recipes';
import type { ImageName } from './images';
import { isOn } from './mode';

/** Parses AUDIFI_DEBIAN. */
export const debianWanted = (text = process.env.AUDIFI_DEBIAN): boolean =>
  isOn('AUDIFI_DEBIAN', text);

/** Where a program comes from in Debian's newest suite. */
interface DebianProgram {
  /** Name in reports. */
  readonly title: string;
  /** The program's package comes first. */
  readonly names: readonly [string, ...string[]];
  /** Commands in Debian by their path in upstream's image. /bin is a link to /usr/bin. */
  readonly links: Readonly<Record<string, string>>;
}

/** @param path of the command in upstream's image */
const exporter = (name: string, path: string): DebianProgram => ({
  title: `${name} exporter`,
  names: [`prometheus-${name}-exporter`],
  links: { [path]: `/usr/bin/prometheus-${name}-exporter` },
});

const programs: Partial<Record<ImageName, DebianProgram>> = {
  prometheus: { title: 'Prometheus', names: ['prometheus', 'promtool'], links: {} },
  // Not Alertmanager: its event recorder writes to standard output only since 0.34.
  nodeExporter: exporter('node', '/usr/bin/node_exporter'),
  blackboxExporter: exporter('blackbox', '/usr/bin/blackbox_exporter'),
  postgresExporter: exporter('postgres', '/usr/bin/postgres_exporter'),
  redisExporter: exporter('redis', '/redis_exporter'),
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
