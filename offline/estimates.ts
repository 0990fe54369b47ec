import { type Command, recipeOf } from './recipes';
import { webPagesMegabytes, webPagesOf } from './web-pages';

/** Cost of building a command. */
export interface Estimate {
  /**
   * Time of two idle cores with empty caches, including downloads. Builds that run at the same time
   * share the cores, so the times add up.
   */
  readonly seconds: number;
  /** Size of the binary in MB. */
  readonly megabytes: number;
  /** Size of its modules in Go's module cache in MB. Commands share some of them. */
  readonly modules: number;
}

const cost = (seconds: number, megabytes: number, modules: number): Estimate => ({
  ...{ seconds, megabytes, modules },
});

/**
 * The second command of a module takes the time that remains after the first. The times are between
 * those of a fast and a slow day of one machine: their sum for the development stack is 17 minutes,
 * where 13.5 and 20 were measured.
 */
const measured: Partial<Record<Command, Estimate>> = {
  pulumi: cost(185, 115, 1104),
  prometheus: cost(125, 73, 1286),
  promtool: cost(5, 54, 0),
  alertmanager: cost(25, 34, 275),
  amtool: cost(5, 21, 0),
  node_exporter: cost(10, 17, 94),
  blackbox_exporter: cost(12, 24, 126),
  cadvisor: cost(8, 17, 146),
  caddy: cost(58, 58, 749),
  postgres_exporter: cost(5, 14, 94),
  redis_exporter: cost(5, 11, 85),
  loki: cost(205, 157, 1925),
  promtail: cost(165, 117, 1419),
  otelcol: cost(75, 46, 782),
  jaeger: cost(150, 85, 1007),
  actionlint: cost(10, 6, 30),
  'kube-score': cost(15, 16, 60),
  'pulumi-resource-kubernetes': cost(700, 167, 1500),
};

/** For commands that were not measured alone: a middle-sized one. */
const typical = cost(45, 60, 300);

/**
 * What web pages cost on top: the npm packages and upstream's build. The command's own packages are
 * compiled again for the other command of its module.
 */
const webPages = cost(45, 1, webPagesMegabytes + 150);

export function estimateOf(command: Command): Estimate {
  const plain = measured[command] ?? typical;
  if (webPagesOf(recipeOf(command)) === undefined) return plain;
  return cost(
    plain.seconds + webPages.seconds,
    plain.megabytes + webPages.megabytes,
    plain.modules + webPages.modules,
  );
}

/** Go's build cache holds compiled packages of about twice the size of the binaries. */
const compiledPerBinary = 2;

/** What building these commands takes: time in seconds, and disk space in MB at most. */
export function estimate(commands: readonly Command[]): { seconds: number; megabytes: number } {
  const wanted = [...new Set(commands)];
  const modules = new Map<string, number>();
  for (const command of wanted) {
    const { module } = recipeOf(command);
    modules.set(module, Math.max(modules.get(module) ?? 0, estimateOf(command).modules));
  }
  const sum = (of: (command: Command) => number): number =>
    wanted.reduce((total, command) => total + of(command), 0);
  return {
    seconds: sum((command) => estimateOf(command).seconds),
    megabytes:
      sum((command) => estimateOf(command).megabytes) * (1 + compiledPerBinary) +
      [...modules.values()].reduce((total, megabytes) => total + megabytes, 0),
  };
}

/** `about 22 min`, `less than a minute`. */
export function minutes(seconds: number): string {
  return seconds < 60 ? 'less than a minute' : `about ${Math.round(seconds / 60)} min`;
}
