import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { dashboardTexts } from '../../dashboards';
import { defaultOptions, defaultSlos, defaultThresholds, renderRules } from '../../rules';
import { render, replaceDirectory } from '../../scripts/render';
import { stackConfig } from '../../scripts/stack-config';
import type { Files } from '../../scripts/render/files';
import { projectName } from '../../scripts/stack-files';

/** Some tests run a whole program. */
jest.setTimeout(30_000);

/** A project folder with the stacks of one test. */
const root = mkdtempSync(join(tmpdir(), 'audifi-render-'));
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  for (const entry of readdirSync(root)) rmSync(join(root, entry), { recursive: true });
  writeFileSync(join(root, 'Pulumi.yaml'), `name: ${projectName}\nruntime: nodejs\n`);
});

/**
 * The files of a stack. The program runs once per stack, which takes a second, or longer on a busy
 * machine.
 */
function rendered(name: string, config: string): Promise<Files> {
  const key = `${name}\n${config}`;
  const before = made.get(key);
  if (before !== undefined) return before;
  stack(name, config);
  const files = render(name, root);
  made.set(key, files);
  return files;
}
const made = new Map<string, Promise<Files>>();

function stack(name: string, config: string): void {
  writeFileSync(join(root, `Pulumi.${name}.yaml`), `config:\n${config.replace(/^/gm, '  ')}`);
}

const withToken = `
${projectName}:referenceApp: false
${projectName}:uptime: { public: true }
${projectName}:inbox: { enabled: false }
${projectName}:metricsToken: { secure: v1:CIPHER:TEXT }
${projectName}:targets:
  api-server: { bearerToken: true }
`;

/** rules/ decides how rules are split into files. */
/** Neither stack keeps metrics for longer than Prometheus does. */
const ruleFiles = Object.keys(renderRules(defaultOptions))
  .filter((file) => file !== 'meta-longterm.yml')
  .map((file) => `prometheus/rules/${file}`)
  .sort();

const dashboardFiles = (cluster: boolean): string[] =>
  Object.keys(
    dashboardTexts({
      environment: 'dev',
      thresholds: defaultThresholds,
      slo: defaultSlos,
      checks: true,
      runbookBase: '',
      loki: true,
      logAgent: 'promtail',
      jaeger: true,
      cluster,
    }),
  )
    .map((uid) => `dashboards/${uid}.json`)
    .sort();

const grafanaFiles = [
  'grafana/grafana.ini',
  'grafana/secrets/admin-password',
  'grafana/secrets/secret-key',
] as const;

/** Contents of Grafana, as declared. */
const contents = [
  'grafana/datasource-audifi-alertmanager.yaml',
  'grafana/datasource-audifi-jaeger.yaml',
  'grafana/datasource-audifi-loki.yaml',
  'grafana/datasource-audifi-prometheus.yaml',
  'grafana/folder-grafana-contents-folder.yaml',
  'grafana/folderpermission-grafana-contents-permissions.yaml',
  'grafana/organizationpreferences-grafana-contents-home.yaml',
] as const;

describe('on Docker', () => {
  test('each component has its arguments and its config files, under the paths of the container', async () => {
    const files = await rendered('dev', withToken);
    expect(Object.keys(files).sort()).toEqual([
      'alertmanager/alertmanager.yml',
      'alertmanager/container.yaml',
      'alertmanager/templates/common.tmpl',
      'alertmanager/templates/pagerduty.tmpl',
      'alertmanager/templates/slack.tmpl',
      'blackbox-exporter/config.yml',
      'blackbox-exporter/container.yaml',
      'cadvisor/container.yaml',
      ...dashboardFiles(false),
      ...['grafana/container.yaml', ...contents, ...grafanaFiles].sort(),
      'jaeger/config.yaml',
      'jaeger/container.yaml',
      'loki/container.yaml',
      'loki/loki.yml',
      'loki/rules/fake/logs.yml',
      'networks.yaml',
      'node-exporter/container.yaml',
      'otel-collector/config.yaml',
      'otel-collector/container.yaml',
      'prometheus/container.yaml',
      'prometheus/prometheus.yml',
      ...ruleFiles,
      'prometheus/secrets/metrics-token',
      'promtail/container.yaml',
      'promtail/promtail.yml',
      'volumes.yaml',
    ]);
    expect(parse(files['prometheus/container.yaml'] ?? '')).toMatchObject({
      image: expect.stringMatching(/^prom\/prometheus:v/),
      networksAdvanced: [{ name: 'audifi-dev' }],
    });
    expect(Object.keys(parse(files['volumes.yaml'] ?? '') as object)).toEqual([
      'audifi-dev-alertmanager-data',
      'audifi-dev-grafana-data',
      'audifi-dev-jaeger-data',
      'audifi-dev-loki-data',
      'audifi-dev-otel-collector-queue',
      'audifi-dev-prometheus-data',
      'audifi-dev-promtail-positions',
    ]);
  });

  test('a network to join is looked up, not made', async () => {
    stack('dev', `${projectName}:network: audifi`);
    const files = await render('dev', root);
    expect(files).not.toHaveProperty(['networks.yaml']);
    expect(files['prometheus/container.yaml']).toMatch(/ name: audifi\n/);
  });
});

const kubernetes = `${withToken}${projectName}:platform: kubernetes\n`;

describe('on Kubernetes', () => {
  test('one object a file, and every file that a pod mounts is there', async () => {
    const files = await rendered('prod', kubernetes);
    const manifests = Object.keys(files).filter((path) => path.startsWith('kubernetes/'));
    for (const path of manifests) {
      const { kind, metadata } = parse(files[path] ?? '') as {
        kind: string;
        metadata: { name: string; namespace?: string };
      };
      const place = [metadata.namespace, metadata.name].filter((part) => part !== undefined);
      expect(path).toMatch(
        new RegExp(`^kubernetes/\\d\\d-${kind.toLowerCase()}-${place.join('-')}\\.yaml$`),
      );
    }
    expect(manifests.length).toBeGreaterThan(20);
    expect(
      Object.keys(files)
        .filter((path) => !path.startsWith('kubernetes/'))
        .sort(),
    ).toEqual([
      'alertmanager/alertmanager.yml',
      'alertmanager/templates/common.tmpl',
      'alertmanager/templates/pagerduty.tmpl',
      'alertmanager/templates/slack.tmpl',
      'blackbox-exporter/config.yml',
      ...dashboardFiles(true),
      ...[...contents, ...grafanaFiles].sort(),
      'jaeger/config.yaml',
      'loki/loki.yml',
      'loki/rules/fake/logs.yml',
      'otel-collector/config.yaml',
      'prometheus/prometheus.yml',
      ...[...ruleFiles, 'prometheus/rules/kubernetes.yml'].sort(),
      'prometheus/secrets/metrics-token',
      'promtail/promtail.yml',
    ]);
  });

  test('what a manifest refers to comes before it', async () => {
    const paths = Object.keys(await rendered('prod', kubernetes)).sort();
    const at = (pattern: RegExp): number => paths.findIndex((path) => pattern.test(path));
    expect(at(/-namespace-/)).toBeLessThan(at(/-configmap-/));
    expect(at(/-configmap-/)).toBeLessThan(at(/-statefulset-/));
    expect(at(/-secret-/)).toBeLessThan(at(/-statefulset-/));
    expect(at(/-rolebinding-/)).toBeLessThan(at(/-statefulset-/));
  });
});

describe('the dashboards', () => {
  test('are written whether there is a Grafana or not, as JSON to import', async () => {
    stack('dev', `${projectName}:grafana: { enabled: false }`);
    const files = await render('dev', root);
    const paths = Object.keys(files);
    expect(paths.filter((path) => path.startsWith('dashboards/')).sort()).toEqual(
      dashboardFiles(false),
    );
    expect(paths.filter((path) => path.startsWith('grafana/'))).toEqual([]);
    const overview = JSON.parse(files['dashboards/audifi-overview.json'] ?? '') as object;
    expect(overview).toMatchObject({ uid: 'audifi-overview', schemaVersion: 42 });
  });
});

describe('any stack', () => {
  test.each([
    ['dev', withToken],
    ['prod', kubernetes],
  ])('is the same twice, to the byte (%s)', async (name, config) => {
    const before = await rendered(name, config);
    stack(name, config);
    expect(await render(name, root)).toEqual(before);
  });

  test('shows no ciphertext, and a dummy that says its key', async () => {
    const files = await rendered('dev', withToken);
    expect(JSON.stringify(files)).not.toContain('CIPHER');
    expect(files['prometheus/secrets/metrics-token']).toBe('<secret:metricsToken>');
  });

  test('refused settings are the message for the operator', async () => {
    stack('dev', `${projectName}:prometheus: { scrapeInterval: soon }`);
    await expect(render('dev', root)).rejects.toMatchObject({
      name: 'SettingsError',
      message: expect.stringContaining('prometheus.scrapeInterval'),
    });
  });

  test('a missing stack file is an error with the ones that exist, a broken one with its line', async () => {
    stack('dev', '');
    await expect(render('nowhere', root)).rejects.toThrow(/no stack "nowhere".*stacks: dev/);
    writeFileSync(join(root, 'Pulumi.broken.yaml'), 'config:\n  a: [1, 2\n');
    await expect(render('broken', root)).rejects.toThrow(/^Pulumi\.broken\.yaml:3:1 /);
  });
});

describe('config', () => {
  test('goes to the program as the engine hands it over', () => {
    stack('dev', 'plain: text\nnumber: 1.5\nother:key: true\nlist: [a, 1]');
    expect(stackConfig('dev', root)).toEqual({
      values: {
        [`${projectName}:plain`]: 'text',
        [`${projectName}:number`]: '1.5',
        'other:key': 'true',
        [`${projectName}:list`]: '["a",1]',
      },
      secretKeys: [],
    });
  });

  test('has the defaults of Pulumi.yaml below that of the stack', () => {
    writeFileSync(
      join(root, 'Pulumi.yaml'),
      `name: x\nconfig:\n  a: 1\n  b: { type: string, default: two }\n  c: { value: 3 }\n  d: { type: string }\n`,
    );
    stack('dev', `${projectName}:a: 4`);
    expect(stackConfig('dev', root).values).toEqual({
      [`${projectName}:a`]: '4',
      [`${projectName}:b`]: 'two',
      [`${projectName}:c`]: '3',
    });
  });

  test('a secret inside a structure makes the whole key secret', () => {
    stack('dev', 'outer:\n  open: 1\n  list: [{ hidden: { secure: v1:CIPHER } }]');
    expect(stackConfig('dev', root)).toEqual({
      values: {
        [`${projectName}:outer`]: '{"open":1,"list":[{"hidden":"<secret:outer.list.0.hidden>"}]}',
      },
      secretKeys: [`${projectName}:outer`],
    });
  });

  test('a dummy is of the kind that the schema asks for', () => {
    stack('dev', 'uptime:\n  checks:\n    - { name: a, url: { secure: v1:CIPHER } }');
    expect(stackConfig('dev', root).values[`${projectName}:uptime`]).toContain(
      '"url":"https://secret.invalid/',
    );
  });
});

describe('the directory', () => {
  const target = join(root, 'build', 'dev');

  test('has the new files alone, and nothing is left beside it', () => {
    replaceDirectory(target, { 'a/old.yaml': '1', 'b.yaml': '1' });
    replaceDirectory(target, { 'a/new.yaml': '2' });
    expect(readdirSync(target, { recursive: true })).toEqual(['a', join('a', 'new.yaml')]);
    expect(readFileSync(join(target, 'a', 'new.yaml'), 'utf8')).toBe('2');
    expect(readdirSync(join(root, 'build'))).toEqual(['dev']);
  });

  test('stays as it was when the new one cannot be written', () => {
    replaceDirectory(target, { 'a.yaml': '1' });
    expect(() => replaceDirectory(target, { b: '2', 'b/c': '2' })).toThrow();
    expect(readdirSync(target)).toEqual(['a.yaml']);
    expect(readdirSync(join(root, 'build'))).toEqual(['dev']);
  });

  test('is left alone when it belongs to another stack', () => {
    mkdirSync(join(root, 'build', 'prod'), { recursive: true });
    replaceDirectory(target, { 'a.yaml': '1' });
    expect(readdirSync(join(root, 'build')).sort()).toEqual(['dev', 'prod']);
  });
});
