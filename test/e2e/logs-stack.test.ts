import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Checkout } from './lib/checkout';
import { containerIds, docker, eventually, logsOf } from './lib/engine';
import { LokiApi } from './lib/logs';
import { PrometheusApi } from './lib/prometheus';

/**
 * The real stack on real Docker: container logs are in Loki within seconds, under the right names.
 */
const stack = 'e2e-logs';
const port = 22090;
const loki = new LokiApi(`http://127.0.0.1:${port + 2}`);
const prometheus = new PrometheusApi(`http://127.0.0.1:${port}`);
const outsider = 'shop-e2e-logs-worker-1';

let checkout: Checkout;
let output = '';

function configure(agent: 'promtail' | 'otel'): void {
  checkout.configure({
    prometheus: { port, scrapeInterval: '1s' },
    alertmanager: { port: port + 1 },
    loki: { port: port + 2 },
    logs: { agent },
    ...{ nodeExporter: { enabled: false }, cadvisor: { enabled: false } },
    uptime: { enabled: false },
  });
}

async function up(): Promise<string> {
  const done = await checkout.make('up');
  if (done.code !== 0) throw new Error(`${done.output}\n${logsOf(stack)}`);
  return done.output;
}

beforeAll(async () => {
  checkout = new Checkout(stack);
  configure('promtail');
  output = await up();
});

afterAll(async () => {
  docker('rm', '--force', outsider);
  await checkout.make('destroy', { PURGE: '1' });
  checkout.remove();
});

/** Runs a container of another Compose project that writes one line and exits. */
function say(text: string): void {
  docker('rm', '--force', outsider);
  const line = JSON.stringify({
    level: 'warn',
    timestamp: new Date().toISOString(),
    message: text,
  });
  const [image = ''] = docker('images', '--format', '{{.Repository}}:{{.Tag}}', 'node');
  docker(
    ...['run', '--detach', '--name', outsider, '--network', 'none'],
    ...['--log-driver', 'json-file', '--log-opt', 'tag={{.Name}}', '--entrypoint', 'node', image],
    ...['-e', `console.log(${JSON.stringify(line)}); setTimeout(() => {}, 60000)`],
  );
}

describe.each(['promtail', 'otel'] as const)('with the agent %s', (agent) => {
  beforeAll(async () => {
    if (agent === 'promtail') return;
    configure(agent);
    output = await up();
  });

  it('all services are ready and scraped', async () => {
    const job = agent === 'promtail' ? 'promtail' : 'otel-agent';
    for (const name of ['loki', job]) expect(output).toMatch(new RegExp(`${name} .* yes`));
    expect(Object.keys(containerIds(stack))).toContain(job);
    const targets = await prometheus.targets();
    const own = targets.filter(({ labels }) => ['loki', job].includes(labels['job'] ?? ''));
    expect(own.map(({ health }) => health)).toEqual(['up', 'up']);
  });

  it("a container's line arrives within seconds, redacted and with its labels", async () => {
    const text = `hello from ${agent} to ada@audifi.io`;
    say(text);
    const [line] = await eventually('the line', 30, async () => {
      const lines = await loki.lines(`{container="${outsider}"} |= "from ${agent}"`);
      return lines.length > 0 ? lines : undefined;
    });
    expect(line?.stream).toMatchObject({
      ...{ job: 'worker', level: 'warn', env: stack, container: outsider, node: 'docker-host' },
    });
    expect(line?.text).toContain('a***@audifi.io');
  });

  it("the stack's own containers are included by name", async () => {
    const jobs = await eventually('lines of Alertmanager', 30, async () => {
      const found = await loki.values(
        `sum by (job) (count_over_time({container=~"audifi-${stack}-.+"}[1h]))`,
        'job',
      );
      return 'alertmanager' in found ? found : undefined;
    });
    expect(Object.keys(jobs)).toEqual(expect.arrayContaining(['prometheus', 'alertmanager']));
  });

  it("the agent can read the files, but not the engine's API", () => {
    const id = containerIds(stack)[agent === 'promtail' ? 'promtail' : 'otel-agent'] ?? '';
    const text = docker('inspect', '--format', '{{json .Mounts}}', id).join('');
    const mounts = JSON.parse(text) as { Type: string; Source: string; RW: boolean }[];
    const binds = mounts.filter(({ Type }) => Type === 'bind');
    expect(binds.map(({ Source, RW }) => [Source, RW])).toEqual([
      ['/var/lib/docker/containers', false],
    ]);
  });
});

it('a second up changes nothing', async () => {
  const { output: preview } = await checkout.make('preview');
  expect(preview).toMatch(/^ +\d+ unchanged$/m);
  expect(preview).not.toMatch(/to (create|update|replace|delete)/);
});
