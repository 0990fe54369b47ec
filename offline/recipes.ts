import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterRecipes } from './cluster/recipes';
import { buildFlags, modulesDir, type Recipe, type Release } from './recipe';
import { webPagesInputs, webPagesOf } from './web-pages';

const goArch = { x64: 'amd64', arm64: 'arm64' };

const prometheusVersion = (version: string): Record<string, string> => ({
  'github.com/prometheus/common/version.Version': version,
  'github.com/prometheus/common/version.BuildUser': 'offline-kit',
});

/** Loki sets the version variables of Prometheus from its own. */
const lokiVersion = (version: string): Record<string, string> => ({
  'github.com/grafana/loki/v3/pkg/util/build.Version': version,
  'github.com/grafana/loki/v3/pkg/util/build.BuildUser': 'offline-kit',
});

const github = (repository: string, tag: string, file: string): string =>
  `https://github.com/${repository}/releases/download/${tag}/${file}`;

/** All release archives of the Prometheus organisation have the same layout. */
const prometheusRelease = (name: string, version: string): Release => ({
  archive: github(
    `prometheus/${name}`,
    `v${version}`,
    `${name}-${version}.${process.platform}-{arch}.tar.gz`,
  ),
  checksums: github(`prometheus/${name}`, `v${version}`, 'sha256sums.txt'),
  arch: goArch,
});

/**
 * Excludes service discoveries that the stack does not support: each of them needs a cloud SDK, and
 * some of those are not available from the module proxy.
 */
const prometheus = {
  version: '3.13.5',
  moduleVersion: '0.313.5',
  module: 'prometheus',
  tags: ['remove_all_sd', 'enable_dns_sd', 'enable_kubernetes_sd', 'enable_moby_sd'],
  variables: prometheusVersion('3.13.5'),
  release: prometheusRelease('prometheus', '3.13.5'),
};

const alertmanager = {
  version: '0.34.2',
  module: 'alertmanager',
  variables: prometheusVersion('0.34.2'),
  release: prometheusRelease('alertmanager', '0.34.2'),
  placeholders: {
    module: 'github.com/prometheus/alertmanager',
    files: {
      'ui/app/dist/index.html':
        '<!doctype html><title>Alertmanager</title><p>Built by the offline kit, without the web pages.\n',
    },
  },
};

/** All commands that the kit can build, by name. */
export const recipes = {
  pulumi: {
    version: '3.259.0',
    module: 'pulumi',
    package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    variables: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': 'v3.259.0' },
    release: {
      archive: github(
        'pulumi/pulumi',
        'v3.259.0',
        `pulumi-v3.259.0-${process.platform}-{arch}.tar.gz`,
      ),
      checksums: github('pulumi/pulumi', 'v3.259.0', 'pulumi-3.259.0-checksums.txt'),
      arch: { x64: 'x64', arm64: 'arm64' },
    },
  },
  prometheus: {
    ...prometheus,
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    // Without the pages of Prometheus 2, which only `--enable-feature=old-ui` serves.
    webPages: {
      module: 'github.com/prometheus/prometheus',
      workspace: 'web/ui',
      scripts: ['cd web/ui && bash build_ui.sh --mantine-ui', 'bash scripts/compress_assets.sh'],
      tags: ['builtinassets'],
    },
  },
  promtool: { ...prometheus, package: 'github.com/prometheus/prometheus/cmd/promtool' },
  node_exporter: {
    version: '1.12.1',
    module: 'node_exporter',
    package: 'github.com/prometheus/node_exporter',
    variables: prometheusVersion('1.12.1'),
  },
  blackbox_exporter: {
    version: '0.28.0',
    module: 'blackbox_exporter',
    package: 'github.com/prometheus/blackbox_exporter',
    variables: prometheusVersion('0.28.0'),
  },
  alertmanager: { ...alertmanager, package: 'github.com/prometheus/alertmanager/cmd/alertmanager' },
  amtool: { ...alertmanager, package: 'github.com/prometheus/alertmanager/cmd/amtool' },
  kubeconform: {
    version: '0.8.0',
    module: 'kubeconform',
    package: 'github.com/yannh/kubeconform/cmd/kubeconform',
    variables: { 'main.version': 'v0.8.0' },
    release: {
      archive: github(
        'yannh/kubeconform',
        'v0.8.0',
        `kubeconform-${process.platform}-{arch}.tar.gz`,
      ),
      checksums: github('yannh/kubeconform', 'v0.8.0', 'CHECKSUMS'),
      arch: goArch,
    },
  },
  actionlint: {
    version: '1.7.12',
    module: 'actionlint',
    package: 'github.com/rhysd/actionlint/cmd/actionlint',
    variables: { 'github.com/rhysd/actionlint.version': '1.7.12' },
    release: {
      archive: github(
        'rhysd/actionlint',
        'v1.7.12',
        `actionlint_1.7.12_${process.platform}_{arch}.tar.gz`,
      ),
      checksums: github('rhysd/actionlint', 'v1.7.12', 'actionlint_1.7.12_checksums.txt'),
      arch: goArch,
    },
  },
  sloth: {
    version: '0.16.0',
    module: 'sloth',
    package: 'github.com/slok/sloth/cmd/sloth',
    variables: { 'github.com/slok/sloth/internal/info.Version': 'v0.16.0' },
  },
  'kube-score': {
    version: '1.20.0',
    module: 'kube-score',
    package: 'github.com/zegl/kube-score/cmd/kube-score',
    variables: { 'main.version': '1.20.0' },
  },
  caddy: {
    version: '2.11.9',
    module: 'caddy',
    package: 'github.com/caddyserver/caddy/v2/cmd/caddy',
    variables: { 'github.com/caddyserver/caddy/v2.CustomVersion': 'v2.11.9' },
  },
  postgres_exporter: {
    version: '0.19.1',
    module: 'postgres_exporter',
    package: 'github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter',
    variables: prometheusVersion('0.19.1'),
  },
  pgbouncer_exporter: {
    version: '0.12.1',
    module: 'pgbouncer_exporter',
    package: 'github.com/prometheus-community/pgbouncer_exporter',
    variables: prometheusVersion('0.12.1'),
  },
  redis_exporter: {
    version: '1.86.0',
    module: 'redis_exporter',
    package: 'github.com/oliver006/redis_exporter',
    variables: {
      'main.BuildVersion': 'v1.86.0',
      'main.BuildCommitSha': 'offline-kit',
      'main.BuildDate': 'unknown',
    },
  },
  loki: {
    version: '3.7.8',
    module: 'loki',
    package: 'github.com/grafana/loki/v3/cmd/loki',
    variables: lokiVersion('3.7.8'),
    release: {
      archive: github('grafana/loki', 'v3.7.8', `loki-${process.platform}-{arch}.zip`),
      checksums: github('grafana/loki', 'v3.7.8', 'SHA256SUMS'),
      arch: goArch,
    },
  },
  promtail: {
    version: '3.6.3',
    module: 'promtail',
    package: 'github.com/grafana/loki/v3/clients/cmd/promtail',
    variables: lokiVersion('3.6.3'),
  },
  otelcol: {
    version: '0.149.0',
    module: 'otelcol',
    package: '.',
    variables: { 'main.version': '0.149.0' },
    upstreamName: 'otelcol-contrib',
    standIn:
      "the OpenTelemetry Collector's contrib distribution (its own components, fewer of them)",
    release: {
      archive: github(
        'open-telemetry/opentelemetry-collector-releases',
        'v0.149.0',
        `otelcol-contrib_0.149.0_${process.platform}_{arch}.tar.gz`,
      ),
      checksums: github(
        'open-telemetry/opentelemetry-collector-releases',
        'v0.149.0',
        'opentelemetry-collector-releases_otelcol-contrib_checksums.txt',
      ),
      arch: goArch,
    },
  },
  jaeger: {
    version: '2.13.0',
    // Upstream has two tags per release, and Go accepts only the one that matches its module path.
    moduleVersion: '1.76.0',
    module: 'jaeger',
    package: 'github.com/jaegertracing/jaeger/cmd/jaeger',
    variables: { 'github.com/jaegertracing/jaeger/internal/version.latestVersion': 'v2.13.0' },
    release: {
      archive: github(
        'jaegertracing/jaeger',
        'v2.13.0',
        `jaeger-2.13.0-${process.platform}-{arch}.tar.gz`,
      ),
      checksums: github('jaegertracing/jaeger', 'v2.13.0', 'jaeger-2.13.0.sha256sum.txt'),
      arch: goArch,
    },
  },
  thanos: {
    version: '0.42.3',
    module: 'thanos',
    // Thanos reads Prometheus's label sets as slices; without the tag its servers crash at their
    // first answer.
    tags: ['slicelabels'],
    package: 'github.com/thanos-io/thanos/cmd/thanos',
    variables: prometheusVersion('0.42.3'),
    release: {
      archive: github(
        'thanos-io/thanos',
        'v0.42.3',
        `thanos-0.42.3.${process.platform}-{arch}.tar.gz`,
      ),
      checksums: github('thanos-io/thanos', 'v0.42.3', 'sha256sums.txt'),
      arch: goArch,
    },
  },
  'kube-state-metrics': {
    version: '2.19.1',
    module: 'kube-state-metrics',
    package: 'k8s.io/kube-state-metrics/v2',
    variables: {
      ...prometheusVersion('v2.19.1'),
      'k8s.io/kube-state-metrics/v2/pkg/app.ClientGoVersion': 'v0.35.4',
    },
  },
  cadvisor: {
    version: '0.60.6',
    module: 'cadvisor',
    package: '.',
    variables: { 'main.version': 'v0.60.6' },
    standIn: "cAdvisor's command (its library is the real one)",
  },
  ...clusterRecipes,
} as const satisfies Record<string, Recipe>;

export type Command = keyof typeof recipes;

/**
 * The recipe with its general type. The table above keeps its literal type, so that names are
 * checked.
 */
export const recipeOf = (command: Command): Recipe => recipes[command];

/**
 * Hash of all inputs of a build: the flags, the recipe, all files of its module folder, and the
 * tools for its web pages if they are built.
 */
export function recipeHash(command: Command): string {
  const recipe = recipeOf(command);
  const { release: _, moduleVersion: __, webPages: ___, ...built } = recipe;
  const hash = createHash('sha256').update(JSON.stringify([command, built, buildFlags]));
  const pages = webPagesOf(recipe);
  if (pages !== undefined) hash.update(webPagesInputs(pages));
  const folder = join(modulesDir, recipe.module);
  for (const file of readdirSync(folder).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
