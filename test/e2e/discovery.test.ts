import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { prepare } from '../../offline/kit';
import { freePort } from '../../scripts/free-port';
import { render } from '../../scripts/render';
import { eventually } from './lib/engine';
import { KubeApi } from './lib/kube-api';
import { PrometheusApi, type Target } from './lib/prometheus';
import { LocalServer } from './lib/server';

/**
 * The manifests and the configuration of the stack `prod`, and the real Prometheus, with an API
 * server that lists the pods which a cluster would create from these manifests.
 */
const nobody = '127.9.9.9';
const scraped: { readonly path: string; readonly token: string | undefined }[] = [];
let api: KubeApi;
let kubelet: LocalServer;
let child: ChildProcess;
let folder: string;
let prometheus: PrometheusApi;
let targets: Target[];

interface Job {
  readonly job_name: string;
  readonly kubernetes_sd_configs?: readonly object[];
  readonly [field: string]: unknown;
}

const hex = 'c0ffee00'.repeat(8);
const slice = '/kubepods.slice/kubepods-pod1.slice';

/** As a kubelet on containerd reports them. */
const kubeletMetrics = [
  `container_memory_working_set_bytes{container="api-server",id="${slice}/cri-containerd-${hex}.scope",image="x",name="${hex}",namespace="audifi",pod="api-server-0"} 100`,
  `container_memory_working_set_bytes{container="",id="${slice}/cri-containerd-1.scope",image="pause",name="1",namespace="audifi",pod="api-server-0"} 1`,
  `container_memory_working_set_bytes{container="",id="${slice}",image="",name="",namespace="audifi",pod="api-server-0"} 101`,
  `container_memory_working_set_bytes{container="",id="/system.slice/kubelet.service",image="",name="",namespace="",pod=""} 50`,
  `container_network_receive_bytes_total{container="",id="${slice}",image="",interface="eth0",name="",namespace="audifi",pod="api-server-0"} 7`,
  `container_tasks_state{container="api-server",id="x",image="x",name="${hex}",namespace="audifi",pod="api-server-0",state="running"} 1`,
  'container_scrape_error 0',
].join('\n');

beforeAll(async () => {
  const { commands } = await prepare({ need: ['prometheus'], log: () => undefined });
  const files = await render('prod');
  kubelet = await new LocalServer(nobody, (request, _, response) => {
    scraped.push({ path: request.url ?? '', token: request.headers.authorization });
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(`${kubeletMetrics}\n`);
  }).open();
  const manifests = Object.keys(files).filter((path) => path.startsWith('kubernetes/'));
  const texts = manifests.map((path) => files[path] ?? '');
  api = new KubeApi(texts, { 'node-a': kubelet.port, 'node-b': kubelet.port }, nobody);
  await api.open();

  folder = mkdtempSync(join(tmpdir(), 'audifi-discovery-'));
  writeFileSync(join(folder, 'token'), 'the-token');
  writeFileSync(join(folder, 'prometheus.yml'), here(files['prometheus/prometheus.yml'] ?? ''));
  const port = await freePort();
  child = spawn(
    commands['prometheus'] ?? 'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  prometheus = new PrometheusApi(`http://127.0.0.1:${port}`);
  targets = await eventually('the targets of every job are found', 60, async () => {
    const found = await prometheus.targets();
    return new Set(found.map(({ labels }) => labels['job'])).size >= 8 ? found : undefined;
  });
}, 600_000);

afterAll(async () => {
  child?.kill('SIGKILL');
  await kubelet?.close();
  await api?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Keeps only our jobs. API server, kubelets (without TLS) and token are local. */
function here(text: string): string {
  const config = parse(text) as { scrape_configs: Job[] };
  const jobs = config.scrape_configs
    .filter(({ kubernetes_sd_configs: found }) => found !== undefined)
    .map(({ tls_config: tls, authorization, ...job }) => ({
      ...job,
      kubernetes_sd_configs: job.kubernetes_sd_configs?.map((sd) => ({
        api_server: api.url,
        ...sd,
      })),
      ...(tls === undefined ? {} : { scheme: 'http' }),
      ...(authorization === undefined
        ? {}
        : { authorization: { credentials_file: join(folder, 'token') } }),
    }));
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: jobs,
  });
}

const of = (job: string): Target['labels'][] =>
  targets.map(({ labels }) => labels).filter((labels) => labels['job'] === job);

describe('Prometheus discovers, with its rights,', () => {
  it('each of its own workloads once, by node, namespace, pod and container', () => {
    expect(of('prometheus')).toEqual([
      {
        job: 'prometheus',
        instance: 'prometheus-0',
        ...{
          node: 'node-a',
          namespace: 'monitoring',
          pod: 'prometheus-0',
          container: 'prometheus',
        },
      },
    ]);
    for (const job of ['alertmanager', 'loki', 'grafana', 'blackbox']) {
      expect([job, of(job).length]).toEqual([job, 1]);
    }
  });

  it("one per node for workloads on every node, by the node's name", () => {
    for (const job of ['node', 'promtail']) {
      const found = of(job).map(({ node, instance }) => [node, instance]);
      expect([job, found.sort()]).toEqual([
        job,
        [
          ['node-a', 'node-a'],
          ['node-b', 'node-b'],
        ],
      ]);
    }
    expect(of('node')[0]).toMatchObject({
      namespace: 'monitoring-host',
      container: 'node-exporter',
    });
  });

  it('the kubelet of each node, with the same node label as the exporters', () => {
    const nodes = of('cadvisor').map(({ node, instance }) => [node, instance]);
    expect(nodes.sort()).toEqual([
      ['node-a', 'node-a'],
      ['node-b', 'node-b'],
    ]);
  });

  it('all of them without a request that is forbidden', () => {
    expect(api.refused).toEqual([]);
  });

  it('targets whose ports are declared', () => {
    const own = targets.filter(({ labels }) => !/^(cadvisor|kubelet)$/.test(labels['job'] ?? ''));
    for (const { scrapeUrl, labels } of own) {
      const pod = api.pods.find(({ metadata }) => metadata.name === labels['pod']);
      const port = Number(new URL(scrapeUrl).port);
      expect([labels['pod'], JSON.stringify(pod?.spec)]).toEqual([
        labels['pod'],
        expect.stringContaining(`"containerPort":${port}`),
      ]);
    }
  });
});

describe('containers', () => {
  it("are scraped from the kubelet with the pod's token", async () => {
    await eventually('the kubelets were scraped', 30, async () =>
      (await prometheus.query('up{job=~"cadvisor|kubelet"} == 1')).length === 4 ? true : undefined,
    );
    const token = 'Bearer the-token';
    expect(scraped).toContainEqual({ path: '/metrics/cadvisor', token });
    expect(scraped).toContainEqual({ path: '/metrics', token });
    expect(scraped.every((request) => request.token === token)).toBe(true);
  });

  it('are counted once, by name', async () => {
    const series = await prometheus.query('container_memory_working_set_bytes{node="node-a"}');
    expect(series.map(({ metric, value }) => [metric['container'], metric['pod'], value])).toEqual([
      ['api-server', 'api-server-0', 100],
    ]);
    expect(series[0]?.metric).not.toHaveProperty('name');
    expect(series[0]?.metric).toMatchObject({ namespace: 'audifi', instance: 'node-a' });
  });

  it("exclude their pod's network, and unused metrics", async () => {
    const names = (
      await prometheus.query('count by (__name__) ({job="cadvisor",__name__=~"container_.+"})')
    )
      .map(({ metric }) => metric['__name__'])
      .sort();
    expect(names).toEqual([
      'container_memory_working_set_bytes',
      'container_network_receive_bytes_total',
      'container_scrape_error',
    ]);
  });

  it('share the node label with exporters of other jobs, so that they join', async () => {
    const query =
      'sum by (node) (container_memory_working_set_bytes) + on (node) sum by (node) (0 * up{job="node"})';
    const joined = await eventually('both nodes are joined', 30, async () => {
      const found = await prometheus.query(query);
      return found.length === 2 ? found : undefined;
    });
    expect(joined.map(({ metric }) => metric['node']).sort()).toEqual(['node-a', 'node-b']);
  });
});
