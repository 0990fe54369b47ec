import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import {
  blackboxConfig,
  certificateAddress,
  uptimeScrape,
} from '../../components/metrics/blackbox-config';
import {
  type OwnJob,
  paths,
  prometheusConfig,
  type PrometheusConfigArgs,
} from '../../components/metrics/prometheus-config';
import { durationSeconds } from '../../components/units';
import { parse as settingsOf, type Tree } from '../lib/pulumi-config';
import { relabelled } from '../lib/relabel';
import { endpoint } from '../lib/workloads';
import fc from '../lib/fast-check';

interface Job {
  readonly job_name: string;
  readonly scrape_interval?: string;
  readonly scrape_timeout?: string;
  readonly metrics_path?: string;
  readonly static_configs?: { targets: string[]; labels?: Record<string, string> }[];
  readonly dns_sd_configs?: { names: string[]; type: string; port?: number }[];
  readonly authorization?: { credentials_file: string };
  readonly [field: string]: unknown;
}

interface Config {
  readonly global: Record<string, unknown>;
  readonly rule_files: string[];
  readonly scrape_configs: Job[];
  readonly storage: unknown;
  readonly alerting?: unknown;
}

/** The job of the uptime checks, as in the catalogue. */
const uptimeJob = (checks: Parameters<typeof uptimeScrape>[1]): OwnJob => ({
  name: 'uptime',
  endpoint: blackbox,
  port: 'http',
  extra: { metrics_path: '/probe', ...uptimeScrape(blackbox, checks) },
});

const node: OwnJob = {
  name: 'node',
  endpoint: endpoint('node-exporter', { ports: [{ name: 'http', number: 9100 }] }),
  port: 'http',
};
const blackbox = endpoint('blackbox-exporter', { ports: [{ name: 'http', number: 9115 }] });

/** The Prometheus configuration for these settings. */
function config(tree: Tree = {}, extra: Partial<PrometheusConfigArgs> = {}): Config {
  const { prometheus, targets } = settingsOf(tree, { secretKeys: ['metricsToken'] });
  const { scrapeInterval, evaluationInterval, externalLabels } = prometheus;
  const args = { scrapeInterval, evaluationInterval, externalLabels, targets, jobs: [], ...extra };
  return parse(prometheusConfig(args)) as Config;
}

function job(from: Config, name: string): Job {
  const found = from.scrape_configs.find((j) => j.job_name === name);
  if (found === undefined) throw new Error(`no job ${name}`);
  return found;
}

describe("the spec's prometheus.yml", () => {
  const spec = config({}, { jobs: [node] });

  it('scrapes and evaluates every 15 s', () => {
    expect(spec.global).toMatchObject({ scrape_interval: '15s', evaluation_interval: '15s' });
  });

  it("reads rules from the spec's path", () => {
    const files = spec.rule_files.map((file) => posix.resolve(posix.dirname(paths.config), file));
    expect(files).toEqual(['/etc/prometheus/rules/*.yml']);
  });

  it('has seven jobs with their targets', () => {
    expect(spec.scrape_configs.map((j) => [j.job_name, j.static_configs])).toEqual([
      ['caddy', [{ targets: ['caddy:2019'] }]],
      ['api-server', [{ targets: ['api-server:9090'] }]],
      ['ws-server', [{ targets: ['ws-server:9091'] }]],
      ['worker', [{ targets: ['worker:9092'] }]],
      ['postgres', [{ targets: ['postgres-exporter:9187'] }]],
      ['redis', [{ targets: ['redis-exporter:9121'] }]],
      ['node', [{ targets: ['node-exporter:9100'] }]],
    ]);
    for (const { metrics_path: path } of spec.scrape_configs) {
      expect(path ?? '/metrics').toBe('/metrics');
    }
  });

  it('stores exemplars', () => {
    expect(spec.storage).toEqual({ exemplars: { max_exemplars: 100_000 } });
  });
});

describe('targets', () => {
  it('can be disabled, without any other change', () => {
    const without = config({ targets: { worker: { enabled: false } } });
    const others = config().scrape_configs.filter((j) => j.job_name !== 'worker');
    expect(without.scrape_configs).toEqual(others);
  });

  it('can be replicas by DNS, without the fixed address', () => {
    const dns = { name: 'worker.audifi.svc', port: 9092 };
    const worker = job(config({ targets: { worker: { dns } } }), 'worker');
    expect(worker.dns_sd_configs).toEqual([
      { names: ['worker.audifi.svc'], type: 'A', port: 9092, refresh_interval: '15s' },
    ]);
    expect(worker).not.toHaveProperty('static_configs');
  });

  it('have the port of SRV records', () => {
    const dns = { name: '_metrics._tcp.worker', type: 'SRV' };
    const [found] = job(config({ targets: { worker: { dns } } }), 'worker').dns_sd_configs ?? [];
    expect(found).toMatchObject({ names: [dns.name], type: 'SRV' });
    expect(found).not.toHaveProperty('port');
  });

  it('can be pods from the API server, without address or DNS name', () => {
    const pods = { labels: { app: 'worker' }, port: 9092 };
    const tree = { platform: 'kubernetes', targets: { worker: { kubernetes: pods } } };
    const found = { by: 'pods', namespace: 'audifi', ...pods, instance: 'pod' } as const;
    const worker = job(config(tree, { pods: { worker: found } }), 'worker');
    expect(worker['kubernetes_sd_configs']).toMatchObject([{ namespaces: { names: ['audifi'] } }]);
    expect(worker).not.toHaveProperty('static_configs');
    expect(worker).not.toHaveProperty('dns_sd_configs');
  });

  it('have a bearer token only as a file', () => {
    const tree = { metricsToken: 'hunter2', targets: { worker: { bearerToken: true } } };
    const parsed = config(tree);
    const { authorization } = job(parsed, 'worker');
    expect(posix.resolve(posix.dirname(paths.config), authorization?.credentials_file ?? '')).toBe(
      '/etc/prometheus/secrets/metrics-token',
    );
    expect(job(parsed, 'caddy')).not.toHaveProperty('authorization');
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });

  it('can have their own path, scheme and interval', () => {
    const worker = { path: '/m', scheme: 'https', interval: '5s' };
    expect(job(config({ targets: { worker } }), 'worker')).toMatchObject({
      metrics_path: '/m',
      scheme: 'https',
      scrape_interval: '5s',
      scrape_timeout: '5s',
    });
  });
});

describe('jobs of the stack', () => {
  it('with one pod per node are discovered by the name that resolves to all addresses', () => {
    const perNode: OwnJob = {
      ...node,
      endpoint: endpoint('node-exporter', {
        ports: [{ name: 'http', number: 9100 }],
        discovery: 'dns',
      }),
    };
    expect(job(config({}, { jobs: [perNode] }), 'node')).toMatchObject({
      dns_sd_configs: [{ names: ['node-exporter'], type: 'A', port: 9100 }],
    });
  });

  it('are discovered by the platform, with the other options of the job', () => {
    const labels = { node: 'docker-host', container: 'audifi-dev-node-exporter' };
    const found = [{ address: 'node-exporter:9100', labels }];
    const discovery = { by: 'addresses', targets: found } as const;
    const extra = { metric_relabel_configs: [{ regex: 'x', action: 'labeldrop' }] };
    expect(job(config({}, { jobs: [{ ...node, discovery, extra }] }), 'node')).toMatchObject({
      static_configs: [{ targets: ['node-exporter:9100'], labels }],
      ...extra,
    });
  });

  it('with several instances have one target per instance, so that a missing one is noticed', () => {
    const instances = ['node-exporter-0', 'node-exporter-1'];
    const ports = [{ name: 'http', number: 9100 }];
    const several: OwnJob = { ...node, endpoint: endpoint('node-exporter', { ports, instances }) };
    expect(job(config({}, { jobs: [several] }), 'node')).toMatchObject({
      static_configs: [{ targets: ['node-exporter-0:9100', 'node-exporter-1:9100'] }],
    });
  });

  it('alerts go to every instance of Alertmanager', () => {
    const alertmanager = endpoint('alertmanager', { instances: ['am-0', 'am-1'] });
    expect(config({}, { alertmanager }).alerting).toEqual({
      alertmanagers: [{ static_configs: [{ targets: ['am-0:8080', 'am-1:8080'] }] }],
    });
  });

  it('an undeclared port is an error', () => {
    expect(() => config({}, { jobs: [{ ...node, port: 'grpc' }] })).toThrow(/no port "grpc"/);
  });
});

describe('uptime checks', () => {
  const { checks } = settingsOf({ uptime: { public: true } }).uptime;
  const uptime = job(config({}, { jobs: [uptimeJob(checks)] }), 'uptime');

  it("are the spec's four, with target, module and interval", () => {
    const rows = uptime.static_configs?.map(({ targets, labels = {} }) => [
      labels['check'],
      ...targets,
      labels['__param_module'],
      labels['__scrape_interval__'],
    ]);
    expect(rows).toEqual([
      ['landing-page', 'https://audifi.io', 'http_2xx', '1m'],
      ['app', 'https://app.audifi.io', 'http_2xx', '1m'],
      ['api-health', 'https://api.audifi.io/health', 'http_2xx', '30s'],
      ['ssl-expiry', 'api.audifi.io:443', 'tls_certificate', '2m'],
      ['ssl-expiry', 'api.audifi.io:443', 'tls_verified', '2m'],
    ]);
  });

  it('have a scheme that the exporter recognises', () => {
    const url = 'HTTPS://X.io/Health';
    const tree = {
      uptime: {
        checks: [
          { name: 'x', url },
          { name: 'y', url, kind: 'certificate' },
        ],
      },
    };
    const { static_configs: found } = uptimeJob(settingsOf(tree).uptime.checks).extra ?? {};
    expect(found?.map(({ targets }) => targets)).toEqual([
      ['https://X.io/Health'],
      ['x.io:443'],
      ['x.io:443'],
    ]);
  });

  it('use a second probe for the expiry of the verified chain only', () => {
    const rules = uptime['metric_relabel_configs'] as object[];
    const second = { check: 'ssl-expiry', chain: 'verified' };
    const name = 'probe_ssl_last_chain_expiry_timestamp_seconds';
    expect(relabelled(rules, { ...second, __name__: name })).toEqual({ ...second, __name__: name });
    for (const other of ['probe_success', 'probe_ssl_earliest_cert_expiry']) {
      expect(relabelled(rules, { ...second, __name__: other })).toBeUndefined();
      expect(relabelled(rules, { check: 'ssl-expiry', __name__: other })).toBeDefined();
    }
  });

  it('go through the blackbox exporter, with the URL as instance', () => {
    expect(uptime.metrics_path).toBe('/probe');
    expect(uptime['relabel_configs']).toEqual([
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: 'blackbox-exporter:9115' },
    ]);
  });

  it('use existing modules of the exporter', () => {
    const { modules } = parse(blackboxConfig()) as { modules: Record<string, { timeout: string }> };
    const used = uptime.static_configs?.map(({ labels }) => labels?.['__param_module']);
    expect(Object.keys(modules).sort()).toEqual([...new Set(used)].sort());
    // Shorter than Prometheus's timeout, so that the exporter can report the reason.
    for (const { timeout } of Object.values(modules)) {
      expect(durationSeconds(timeout)).toBeLessThan(10);
    }
  });

  it('read a certificate at the port of the URL', () => {
    expect(certificateAddress('https://api.audifi.io/health')).toBe('api.audifi.io:443');
    expect(certificateAddress('https://api.audifi.io:8443')).toBe('api.audifi.io:8443');
  });
});

describe('with any settings', () => {
  const interval = fc.integer({ min: 5, max: 120 }).map((n) => `${n}s`);
  const some = fc.record({ scrape: interval, worker: fc.option(interval), check: interval });

  const configs = some.map(({ scrape, worker, check }) => {
    const tree = {
      prometheus: { scrapeInterval: scrape },
      targets: worker === null ? {} : { worker: { interval: worker } },
      uptime: { checks: [{ name: 'x', url: 'https://x.io', interval: check }] },
    };
    return config(tree, { jobs: [node, uptimeJob(settingsOf(tree).uptime.checks)] });
  });

  it('timeouts are not longer than scrape intervals', () => {
    const seconds = (text: unknown): number => durationSeconds(String(text)) ?? NaN;
    fc.assert(
      fc.property(configs, ({ global, scrape_configs: jobs }) => {
        for (const j of jobs) {
          for (const { labels = {} } of j.static_configs ?? [{ targets: [] }]) {
            const wait =
              labels['__scrape_timeout__'] ?? j.scrape_timeout ?? global['scrape_timeout'];
            const every =
              labels['__scrape_interval__'] ?? j.scrape_interval ?? global['scrape_interval'];
            expect(seconds(wait)).toBeLessThanOrEqual(seconds(every));
          }
        }
      }),
    );
  });

  it('every job has limits, one kind of discovery and a unique name', () => {
    fc.assert(
      fc.property(configs, ({ scrape_configs: jobs }) => {
        for (const j of jobs) {
          expect(j).toMatchObject({
            sample_limit: expect.any(Number),
            body_size_limit: expect.any(String),
            label_limit: expect.any(Number),
            label_value_length_limit: expect.any(Number),
          });
          const ways = Object.keys(j).filter((field) => field.endsWith('_configs'));
          expect(ways.filter((way) => !way.includes('relabel'))).toHaveLength(1);
        }
        expect(new Set(jobs.map((j) => j.job_name)).size).toBe(jobs.length);
      }),
    );
  });

  it('no field is empty', () => {
    const empty = (value: unknown): boolean =>
      value === null || (typeof value === 'object' && Object.values(value).some(empty));
    fc.assert(
      fc.property(configs, (parsed) => {
        expect(empty(parsed)).toBe(false);
      }),
    );
  });
});
