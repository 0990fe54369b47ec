import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import main from '../../index';
import { type Kit, prepare } from '../../offline/kit';
import { kubernetesFiles } from '../../scripts/render/kubernetes';
import { record } from '../../scripts/render/record';
import { withFullKeys } from '../../scripts/stack-files';
import { eventually } from './lib/engine';
import { agentProcess, LokiApi, lokiProcess } from './lib/logs';
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

afterEach(async () => {
  for (const service of started.splice(0)) await service.remove();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

describe.each(['promtail', 'otel'] as const)('%s in a cluster', (name) => {
  it('labels each line with node, namespace, pod and container, like metrics', async () => {
    folder = mkdtempSync(join(tmpdir(), 'audifi-pods-'));
    const write = (pod: string, container: string, ...lines: string[]): void => {
      mkdirSync(join(folder, pod, container), { recursive: true });
      appendFileSync(join(folder, pod, container, '0.log'), lines.join(''));
    };
    const said = (message: string): string =>
      JSON.stringify({ level: 'warn', timestamp: new Date().toISOString(), message });
    const uid = '1c5f1c1e-0f0a-4a9b-9d38-0d6a6c1c8b11';
    const whole = said('from-worker to ada@audifi.io');
    write(
      `audifi_worker-7d9c-x2k_${uid}`,
      'worker',
      cri(whole.slice(0, 20), 'P'),
      cri(whole.slice(20)),
    );
    write(`monitoring_loki-0_${uid}`, 'loki', cri('level=error msg="from-loki"'));

    const loki = await lokiProcess(kit.commands['loki'] ?? 'loki', rendered('loki'));
    started.push(loki);
    await loki.start();
    const places = { loki: loki.url, logs: folder };
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
    const agent = await agentProcess(name, kit.commands, () => here, places);
    started.push(agent);
    await agent.start();

    const api = new LokiApi(loki.url);
    const [worker] = await eventually('the line of the worker', 60, async () => {
      const lines = await api.lines(
        '{namespace="audifi", container="worker"} | pod="worker-7d9c-x2k"',
      );
      return lines.length > 0 ? lines : undefined;
    });
    expect(worker?.stream).toMatchObject({
      ...{ job: 'worker', level: 'warn', env: 'e2e' },
      ...{ node: 'node-a', namespace: 'audifi', pod: 'worker-7d9c-x2k', container: 'worker' },
    });
    expect(worker?.text).toContain('from-worker to a***@audifi.io');
    const [own] = await eventually('the line of Loki', 60, async () => {
      const lines = await api.lines('{namespace="monitoring", node="node-a"}');
      return lines.length > 0 ? lines : undefined;
    });
    expect(own?.stream).toMatchObject({ job: 'loki', level: 'error', pod: 'loki-0' });
    // These labels are in the index. The pod is not.
    const labels = await api.labels();
    expect(labels).toEqual(['container', 'env', 'job', 'level', 'namespace', 'node']);
  });
});
