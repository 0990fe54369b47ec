import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import main from '../../index';
import { type Kit, prepare } from '../../offline/kit';
import { kubernetesFiles } from '../../scripts/render/kubernetes';
import { record } from '../../scripts/render/record';
import { withFullKeys } from '../../scripts/stack-files';
import { eventually } from './lib/engine';
import { agentProcess, type Line, LokiApi, lokiProcess, metric } from './lib/logs';
import { type Rendered, renderedServices, type Service } from './lib/processes';

// The real Loki and agents as the program runs them in a cluster, on files in the layout of the
// kubelet.

let kit: Kit;
let rendered: (name: string) => Rendered;
let folder = '';
const started: Service[] = [];

beforeAll(async () => {
  kit = await prepare({ need: ['loki', 'promtail', 'otelcol'] });
  rendered = await renderedServices('e2e', {});
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audifi-pods-'));
});

afterEach(async () => {
  for (const service of started.splice(0)) await service.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

/**
 * An agent as a pod on the node `node-a` runs it, with the node name substituted as Kubernetes
 * does.
 */
async function onNode(agent: 'promtail' | 'otel'): Promise<Rendered> {
  const workload = agent === 'otel' ? 'otel-agent' : agent;
  const settings = {
    platform: 'kubernetes',
    logs: JSON.stringify({ agent }),
    alerts: JSON.stringify({ acceptGaps: true }),
  };
  const files = kubernetesFiles(
    await record(main, {
      stack: 'e2e',
      config: withFullKeys(settings),
    }),
  );
  const path = Object.keys(files).find((name) =>
    name.endsWith(`-daemonset-monitoring-host-${workload}.yaml`),
  );
  const { spec } = parse(files[path ?? ''] ?? '') as {
    spec: { template: { spec: { containers: Container[] } } };
  };
  const [{ args, env } = { args: [], env: [] }] = spec.template.spec.containers;
  const filled = (text: string): string => text.replaceAll('$(NODE_NAME)', 'node-a');
  const config = Object.keys(files).filter((name) => name.startsWith(`${workload}/`));
  const home = agent === 'otel' ? '/etc/otelcol' : '/etc/promtail';
  return {
    args: args.map(filled),
    env: Object.fromEntries(env.map(({ name, value = '' }) => [name, filled(value)])),
    files: Object.fromEntries(
      config.map((name) => [
        `${home}/${name.slice(workload.length + 1)}`,
        (files[name] ?? '').replaceAll('loki.monitoring.svc', 'loki'),
      ]),
    ),
  };
}

/** A line of a container log file in containerd's format. */
const cri = (text: string, part: 'F' | 'P' = 'F'): string =>
  `${new Date().toISOString().replace('Z', '123456Z')} stdout ${part} ${text}\n`;

/** An agent and Loki, on files of pods below a folder. */
interface Node {
  readonly agent: Service;
  readonly api: LokiApi;
}

async function start(name: 'promtail' | 'otel'): Promise<Node> {
  const loki = await lokiProcess(kit.commands['loki'] ?? 'loki', rendered('loki'));
  started.push(loki);
  await loki.start();
  const found = await onNode(name);
  const here = {
    ...found,
    files: Object.fromEntries(
      Object.entries(found.files).map(([path, text]) => [
        path,
        text.replaceAll('/var/log/pods', folder),
      ]),
    ),
  };
  const places = { loki: loki.url, logs: folder };
  const agent = await agentProcess(name, kit.commands, () => here, places);
  started.push(agent);
  await agent.start();
  return { agent, api: new LokiApi(loki.url) };
}

/** Appends to the log file of a container. */
function write(pod: string, container: string, ...lines: string[]): void {
  mkdirSync(join(folder, pod, container), { recursive: true });
  appendFileSync(join(folder, pod, container, '0.log'), lines.join(''));
}

const said = (message: string): string =>
  JSON.stringify({ level: 'warn', timestamp: new Date().toISOString(), message });

/** Waits until a query finds this many lines. */
const linesOf = (api: LokiApi, query: string, count = 1): Promise<readonly Line[]> =>
  eventually(`${count} lines of ${query}`, 60, async () => {
    const lines = await api.lines(query);
    return lines.length >= count ? lines : undefined;
  });

const uid = '1c5f1c1e-0f0a-4a9b-9d38-0d6a6c1c8b11';

describe.each(['promtail', 'otel'] as const)('%s in a cluster', (name) => {
  it('labels each line with node, namespace, pod and container, like metrics', async () => {
    const whole = said('from-worker to ada@audifi.io');
    write(
      `audifi_worker-7d9c-x2k_${uid}`,
      'worker',
      cri(whole.slice(0, 20), 'P'),
      cri(whole.slice(20)),
    );
    // While kubelet compresses a rotated file. A line that is in no other file would be noticed.
    const rotated = join(
      folder,
      `audifi_worker-7d9c-x2k_${uid}`,
      'worker',
      '0.log.20261126-030000',
    );
    appendFileSync(`${rotated}.tmp`, cri('half-compressed'));
    write(`monitoring_loki-0_${uid}`, 'loki', cri('level=error msg="from-loki"'));
    const { api } = await start(name);

    const found = '{namespace="audifi", container="worker"} | pod="worker-7d9c-x2k"';
    const [worker] = await linesOf(api, found);
    expect(worker?.stream).toMatchObject({
      ...{ job: 'worker', level: 'warn', env: 'e2e' },
      ...{ node: 'node-a', namespace: 'audifi', pod: 'worker-7d9c-x2k', container: 'worker' },
    });
    expect(worker?.text).toContain('from-worker to a***@audifi.io');
    const [own] = await linesOf(api, '{namespace="monitoring", node="node-a"}');
    expect(own?.stream).toMatchObject({ job: 'loki', level: 'error', pod: 'loki-0' });
    expect(await api.lines('{env="e2e"} |= "half-compressed"')).toEqual([]);
    // These labels are in the index. The pod is not.
    const labels = await api.labels();
    expect(labels).toEqual(['container', 'env', 'job', 'level', 'namespace', 'node']);
  });
});

describe('promtail', () => {
  it('keeps nothing in memory of pods that are gone', async () => {
    write(`audifi_api-server-0_${uid}`, 'api-server', cri('the first pod'));
    const { agent, api } = await start('promtail');
    await linesOf(api, '{container="api-server"}');
    const goroutines = (): Promise<number> => metric(agent.url, /^go_goroutines /);
    const before = await goroutines();
    const pods = Array.from({ length: 200 }, (_, i) => `audifi_job-${i}_1c5${uid.slice(3)}`);
    for (const pod of pods) write(pod, 'job', cri('text of a job'));
    await linesOf(api, '{container="job"}', pods.length);
    for (const pod of pods) rmSync(join(folder, pod), { recursive: true });
    await eventually('Promtail forgets the pods', 60, async () =>
      (await goroutines()) < before + pods.length / 4 ? true : undefined,
    );
  });
});

describe('the collector', () => {
  it('starts again over files that a power cut has damaged, and loses no line', async () => {
    write(`audifi_worker-0_${uid}`, 'worker', cri(said('before the power cut')));
    const { agent, api } = await start('otel');
    await linesOf(api, '{container="worker"}');
    await agent.kill('SIGTERM');
    const stores = readdirSync(agent.data, { withFileTypes: true }).filter((file) => file.isFile());
    expect(stores).not.toEqual([]);
    for (const { name } of stores) {
      const path = join(agent.data, name);
      writeFileSync(path, readFileSync(path).fill(0, 2 * pageSize()));
    }
    write(`audifi_worker-0_${uid}`, 'worker', cri(said('after the power cut')));
    await agent.start();
    const texts = (await linesOf(api, '{container="worker"}', 2)).map(({ text }) => text);
    expect(texts.join()).toContain('after the power cut');
    expect(agent.log).toContain('Database corruption detected');
  });
});

/** Bytes of a page of bbolt, in which the collector stores. It is the one of the system. */
const pageSize = (): number => Number(execFileSync('getconf', ['PAGE_SIZE'], { encoding: 'utf8' }));
