import type { images } from '../components/images';
import type { Command } from './recipes';

/** An image that can be made of built commands alone, with what the upstream image says about running it. */
export interface ImageRecipe {
  /** Commands by their path in the image. The first one decides the image's version. */
  readonly commands: Readonly<Record<string, Command>>;
  readonly entrypoint: readonly string[];
  readonly arguments?: readonly string[];
  /** @default root */
  readonly user?: string;
  readonly port: number;
  readonly workingDir?: string;
  readonly volume?: string;
  /** Directories that belong to the image's user. */
  readonly owned?: readonly string[];
}

/**
 * How the upstream images of the stack can be made here. What they say (user, entry point, volume, …) is as in the
 * Dockerfile of the upstream release; a shell and the sample configurations are not in them.
 */
export const imageRecipes: Partial<Record<keyof typeof images, ImageRecipe>> = {
  prometheus: {
    commands: { '/bin/prometheus': 'prometheus', '/bin/promtool': 'promtool' },
    entrypoint: ['/bin/prometheus'],
    arguments: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
    user: 'nobody',
    port: 9090,
    workingDir: '/prometheus',
    volume: '/prometheus',
    owned: ['/prometheus', '/etc/prometheus'],
  },
  alertmanager: {
    commands: { '/bin/alertmanager': 'alertmanager', '/bin/amtool': 'amtool' },
    entrypoint: ['/bin/alertmanager'],
    arguments: ['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager'],
    user: 'nobody',
    port: 9093,
    workingDir: '/alertmanager',
    volume: '/alertmanager',
    owned: ['/alertmanager', '/etc/alertmanager'],
  },
  nodeExporter: {
    commands: { '/bin/node_exporter': 'node_exporter' },
    entrypoint: ['/bin/node_exporter'],
    user: 'nobody',
    port: 9100,
  },
  blackboxExporter: {
    commands: { '/bin/blackbox_exporter': 'blackbox_exporter' },
    entrypoint: ['/bin/blackbox_exporter'],
    arguments: ['--config.file=/etc/blackbox_exporter/config.yml'],
    port: 9115,
    owned: ['/etc/blackbox_exporter'],
  },
  cadvisor: {
    commands: { '/usr/bin/cadvisor': 'cadvisor' },
    // Upstream's entry point is a shell script that adds nothing to this on x86.
    entrypoint: ['/usr/bin/cadvisor', '-logtostderr'],
    port: 8080,
  },
};
