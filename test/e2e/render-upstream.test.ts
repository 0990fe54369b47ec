import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { prepare } from '../../offline/kit';
import {
  kubernetesVersions,
  kubeSchemas,
  type KubernetesVersion,
} from '../../offline/kube-schemas';
import { capture, type Finished } from '../../scripts/process';
import { kubernetesFiles } from '../../scripts/render/kubernetes';
import { accompanied, replicated } from '../lib/workloads';
import { onKubernetes } from '../unit/platform/kubernetes-fixtures';
import { Checkout } from './lib/checkout';
import { exceptions, type Finding, findingsOf } from './lib/kube-score';

/** Upstream's tools accept the output of `make render`. */
let checkout: Checkout;
let commands: Readonly<Record<string, string>>;
const schemas = new Map<KubernetesVersion, string>();

beforeAll(async () => {
  const quiet = (): void => undefined;
  commands = (await prepare({ need: ['promtool', 'kubeconform', 'kube-score'], log: quiet }))
    .commands;
  for (const version of kubernetesVersions) {
    schemas.set(version, await kubeSchemas(version, quiet));
  }
  checkout = new Checkout('rendered');
});
afterAll(() => checkout.remove());

const build = (...path: string[]): string => join(checkout.dir, 'build', ...path);

/** Every service that the stack can have on Kubernetes, with several instances where possible. */
const fullStack = `
config:
  audifi-observability:platform: kubernetes
  audifi-observability:alertmanager: { replicas: 3 }
  audifi-observability:prometheus: { replicas: 2 }
  audifi-observability:traces: { replicas: 2 }
  audifi-observability:loki:
    replicas: 3
    s3: { bucket: audifi-logs, region: eu-central-1 }
    serviceAccountAnnotations: { eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/loki' }
  audifi-observability:logs: { agent: otel }
  audifi-observability:longTerm:
    store: s3
    s3: { bucket: audifi-metrics, region: eu-central-1 }
  audifi-observability:grafana:
    replicas: 2
    externalUrl: https://grafana.audifi.io
    database: { host: db.audifi.io }
    ingress: { className: nginx, tlsSecret: grafana-tls, controllerNamespace: ingress-nginx }
  audifi-observability:grafanaDatabasePassword: { secure: v1:AAAA:BBBB }
  audifi-observability:grafanaAdminPassword: { secure: v1:AAAA:BBBB }
  audifi-observability:grafanaSecretKey: { secure: v1:AAAA:BBBB }
  audifi-observability:kubernetes: { priorityClass: monitoring }
  audifi-observability:postgres: { host: db.audifi.io }
  audifi-observability:postgresPassword: { secure: v1:AAAA:BBBB }
  audifi-observability:redis: { host: cache.audifi.io }
  audifi-observability:redisPassword: { secure: v1:AAAA:BBBB }
  audifi-observability:pgbouncer: { host: db.audifi.io }
  audifi-observability:pgbouncerPassword: { secure: v1:AAAA:BBBB }
  audifi-observability:alerts: { acceptGaps: true }
`;

/** All files below the build directory of a stack. */
function snapshot(stack: string): Record<string, string> {
  const entries = readdirSync(build(stack), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, readFileSync(path, 'utf8')];
    }),
  );
}

/** @param version of Kubernetes. @default that of the test's cluster */
const kubeconform = (path: string, version: KubernetesVersion = '1.35.4'): Promise<Finished> =>
  capture(commands['kubeconform'] ?? '', [
    ...['-strict', '-summary', '-schema-location', schemas.get(version) ?? '', path],
  ]);

const promtool = (path: string): Promise<Finished> =>
  capture(commands['promtool'] ?? '', ['check', 'config', path]);

/** Runs `make render` for the given stack file, or for a stack of the project. */
async function render(stack: string): Promise<string> {
  const tsx = join(checkout.dir, 'node_modules', '.bin', 'tsx');
  const { code, stdout, stderr } = await capture(tsx, ['scripts/render.ts', '--stack', stack], {
    cwd: checkout.dir,
  });
  if (code !== 0) throw new Error(`exit ${code}\n${stdout}${stderr}`);
  return stdout;
}

describe.each(['dev', 'prod'])('the stack %s of this project', (stack) => {
  test('renders, and prints the output folder', async () => {
    expect(await render(stack)).toContain(`build/${stack}/prometheus/`);
  });

  test('has a configuration that promtool accepts', async () => {
    // promtool checks for the token that a cluster would give to the pod.
    const copy = join(checkout.dir, `checked-${stack}`);
    cpSync(build(stack, 'prometheus'), copy, { recursive: true });
    writeFileSync(join(copy, 'token'), 'x');
    const path = join(copy, 'prometheus.yml');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll('/var/run/secrets/kubernetes.io/serviceaccount/', ''));
    expect(await promtool(path)).toMatchObject({ code: 0 });
  });

  test('is the same when rendered again', async () => {
    const before = snapshot(stack);
    await render(stack);
    expect(snapshot(stack)).toEqual(before);
  });
});

describe('manifests', () => {
  const folders: Readonly<Record<string, () => string>> = {
    'the stack prod': () => build('prod', 'kubernetes'),
    'a stack with all services, replicated': () => build('full', 'kubernetes'),
  };
  const everyFolder = Object.entries(folders).map(([what, folder]) => ({ what, folder }));

  beforeAll(async () => {
    checkout.writeStackFile(fullStack);
    await render('rendered');
    cpSync(build('rendered'), build('full'), { recursive: true });
  });

  describe.each(kubernetesVersions)('on Kubernetes %s', (version) => {
    test.each(everyFolder)('of $what are valid', async ({ folder }) => {
      const { code, stdout } = await kubeconform(folder(), version);
      expect(stdout).toMatch(/ Valid: [1-9]\d*, Invalid: 0, Errors: 0, Skipped: 0/);
      expect(code).toBe(0);
    });
  });

  test('have no finding of kube-score that is not explained', async () => {
    const findings: Finding[] = [];
    for (const { folder } of everyFolder) {
      const files = readdirSync(folder()).map((file) => join(folder(), file));
      const { stdout } = await capture(commands['kube-score'] ?? '', [
        ...['score', '--kubernetes-version', 'v1.34', '--output-format', 'json'],
        ...['--enable-optional-test', 'container-seccomp-profile', ...files],
      ]);
      findings.push(...findingsOf(stdout));
    }
    const unexplained = findings.filter((found) => !exceptions.some((one) => one.covers(found)));
    expect(unexplained).toEqual([]);
    // An exception that covers nothing would hide a later finding.
    const unused = exceptions.filter((one) => !findings.some((found) => one.covers(found)));
    expect(unused.map(({ check }) => check)).toEqual([]);
  });

  test('are valid with every kind of object, secrets included', async () => {
    checkout.writeStackFile(`
config:
  audifi-observability:platform: kubernetes
  audifi-observability:metricsToken: { secure: v1:AAAA:BBBB }
  audifi-observability:targets: { api-server: { bearerToken: true } }
  audifi-observability:kubernetes: { namespace: watch, storageClass: gp3 }
`);
    await render('rendered');
    const paths = readdirSync(build('rendered', 'kubernetes'));
    expect(paths.some((path) => /^\d\d-secret-watch-prometheus-/.test(path))).toBe(true);
    const { code, stdout } = await kubeconform(build('rendered', 'kubernetes'));
    expect([code, stdout]).toEqual([0, expect.stringContaining('Invalid: 0, Errors: 0')]);
  });

  test('with all features of a workload are valid', async () => {
    const { resources } = await onKubernetes((deploy) => {
      const gossip = deploy(replicated);
      deploy({
        ...accompanied,
        replicas: 2,
        connectsTo: [gossip, { external: 'db', ports: [5432], peers: [{ cidr: '10.0.0.0/8' }] }],
        acceptsFrom: [
          {
            external: 'AudiFi',
            ports: ['grpc'],
            peers: [
              { namespace: 'audifi', podLabels: { app: 'api' } },
              { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] },
            ],
          },
        ],
        serviceAccount: {
          annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/store' },
          podLabels: { 'azure.workload.identity/use': 'true' },
          apiToken: true,
        },
      });
    });
    const folder = join(checkout.dir, 'workloads');
    mkdirSync(folder);
    for (const [path, text] of Object.entries(kubernetesFiles(resources))) {
      if (path.startsWith('kubernetes/')) writeFileSync(join(folder, basename(path)), text);
    }
    expect(readdirSync(folder).filter((name) => name.includes('disruption'))).toHaveLength(2);
    const { code, stdout } = await kubeconform(folder);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('Invalid: 0, Errors: 0, Skipped: 0'),
    ]);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ['an unknown field', (text) => text.replace('replicas:', 'replica:'), /'replica' not allowed/],
    ['a wrong type', (text) => text.replace(/replicas: \d/, 'replicas: "1"'), /want integer/],
    ['a null', (text) => text.replace(/replicas: \d/, 'replicas: null'), /got null/],
    [
      'a size in no unit of Kubernetes',
      (text) => text.replace(/storage: .*/, 'storage: 1GB'),
      /match pattern/,
    ],
    ['an unknown version', (text) => text.replace('apps/v1', 'apps/v2'), /could not find schema/],
  ])('with %s are rejected', async (_, broken, message) => {
    const [name = ''] = readdirSync(build('prod', 'kubernetes')).filter((path) =>
      path.includes('-statefulset-'),
    );
    const text = readFileSync(build('prod', 'kubernetes', name), 'utf8');
    const path = join(checkout.dir, 'broken.yaml');
    writeFileSync(path, broken(text));
    const { code, stdout } = await kubeconform(path);
    expect(stdout).toMatch(message);
    expect(code).not.toBe(0);
  });
});

describe('a configuration of Prometheus', () => {
  test('with an unknown field is rejected', async () => {
    cpSync(build('dev', 'prometheus'), build('broken', 'prometheus'), { recursive: true });
    const path = build('broken', 'prometheus', 'prometheus.yml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('scrape_interval', 'scrape_intervall'));
    const { code, stderr } = await promtool(path);
    expect(stderr).toContain('scrape_intervall');
    expect(code).not.toBe(0);
  });
});

describe('invalid settings', () => {
  test.each([
    ['a wrong value', 'prometheus: { scrapeInterval: soon }', /prometheus\.scrapeInterval/],
    ['broken YAML', 'prometheus: { scrapeInterval: 15s', /Pulumi\.rendered\.yaml:\d+:\d+ /],
  ])('%s: one message, and the previous files are kept', async (_, line, message) => {
    checkout.writeStackFile('config: {}\n');
    await render('rendered');
    const before = snapshot('rendered');
    checkout.writeStackFile(`config:\n  audifi-observability:${line}\n`);
    const failure = await render('rendered').catch((error: unknown) => (error as Error).message);
    expect(failure).toMatch(/^exit 1\n/);
    expect(failure).toMatch(message);
    expect(failure).not.toMatch(/^ +at /m);
    expect(snapshot('rendered')).toEqual(before);
  });
});
