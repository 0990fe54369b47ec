import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Checkout } from './lib/checkout';
import { containerIds, docker, eventually, logsOf } from './lib/engine';
import { id, JaegerApi, otlpJson } from './lib/jaeger';
import { PrometheusApi } from './lib/prometheus';

/** A stack that joins AudiFi's own network and scrapes a metrics endpoint that requires a token. */
const stack = 'e2e-join';
const network = 'audifi-e2e-app';
const port = 19093;
const jaegerPort = port + 200;
const token = 'planted-token-4f1b7c';
const api = new PrometheusApi(`http://127.0.0.1:${port}`);

let checkout: Checkout;
let server: Server;
let output: string;
const headers: (string | undefined)[] = [];

function imageOf(repository: string): string {
  const [image = ''] = docker('images', '--format', '{{.Repository}}:{{.Tag}}', repository);
  return image;
}

beforeAll(async () => {
  docker('network', 'create', network);
  const [gateway = ''] = docker(
    'network',
    'inspect',
    '--format',
    '{{(index .IPAM.Config 0).Gateway}}',
    network,
  );
  // A container of somebody else with a name from the spec.
  const exporter = imageOf('prom/node-exporter');
  docker(
    'run',
    '--detach',
    '--name',
    'audifi-e2e-api',
    '--network',
    network,
    '--network-alias',
    'api-server',
    exporter,
    '--web.listen-address=:9090',
  );
  // A worker on the host, with a token, and without a Content-Type.
  server = createServer((request, response) => {
    headers.push(request.headers.authorization);
    response.end('queue_depth 7\n');
  });
  const address = await new Promise<number>((resolve) => {
    server.listen(0, gateway, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
    });
  });

  checkout = new Checkout(stack);
  checkout.configure({
    network,
    prometheus: { port, scrapeInterval: '1s' },
    alertmanager: { port: port + 100 },
    traces: { enabled: true },
    jaeger: { port: jaegerPort },
    targets: { worker: { addresses: [`${gateway}:${address}`], bearerToken: true } },
  });
  const secret = await checkout.make('pulumi', {
    ARGS: `config set metricsToken ${token} --secret`,
  });
  if (secret.code !== 0) throw new Error(secret.output);
  const up = await checkout.make('up');
  if (up.code !== 0) throw new Error(`${up.output}\n${logsOf(stack)}`);
  output = up.output + (await checkout.make('preview')).output;
});

afterAll(async () => {
  await checkout.make('destroy', { PURGE: '1' });
  docker('rm', '--force', '--volumes', 'audifi-e2e-api');
  docker('network', 'rm', network);
  server.close();
  checkout.remove();
});

describe('a joined network', () => {
  it("resolves the spec's names of AudiFi's own containers", async () => {
    await eventually('api-server is up', 30, async () =>
      (await api.value('up{job="api-server"}')) === 1 ? true : undefined,
    );
  });

  it("accepts traces from AudiFi's own containers", async () => {
    const traceId = id(16);
    const send = `fetch('http://otel-collector:4318/v1/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: process.argv[1],
    }).then(({ status }) => console.log(status))`;
    const body = otlpJson([{ traceId, error: true }]);
    const said = docker(
      ...['run', '--rm', '--network', network, imageOf('node'), 'node', '-e', send, body],
    );
    expect(said).toEqual(['200']);
    const jaeger = new JaegerApi(`http://127.0.0.1:${jaegerPort}`);
    await eventually('the trace is stored', 60, () => jaeger.trace(traceId));
  });

  it('reaches the exporter on the host network', async () => {
    await eventually('node is up', 30, async () =>
      (await api.value('up{job="node"}')) === 1 ? true : undefined,
    );
  });

  it('is not ours: destroy keeps it with its containers', async () => {
    await checkout.make('destroy');
    expect(docker('network', 'inspect', '--format', '{{.Name}}', network)).toEqual([network]);
    expect(docker('inspect', '--format', '{{.State.Running}}', 'audifi-e2e-api')).toEqual(['true']);
    const again = await checkout.make('up');
    expect(again.code).toBe(0);
  });
});

describe('a secret', () => {
  it('reaches its target as bearer token from a file', async () => {
    await eventually('worker is scraped', 30, async () =>
      (await api.value('queue_depth{job="worker"}')) === 7 ? true : undefined,
    );
    expect(headers.at(-1)).toBe(`Bearer ${token}`);
  });

  it('is readable nowhere: state, output, containers, logs, settings', async () => {
    const exported = await checkout.make('pulumi', { ARGS: 'stack export' });
    expect(exported.output).toContain('prometheus-files');
    const ids = Object.values(containerIds(stack));
    const places = {
      output,
      state: exported.output,
      stackFile: readFileSync(join(checkout.dir, `Pulumi.${stack}.yaml`), 'utf8'),
      containers: docker('inspect', ...ids).join('\n'),
      logs: logsOf(stack),
    };
    for (const [place, text] of Object.entries(places)) {
      expect({ place, found: text.includes(token) }).toEqual({ place, found: false });
    }
    const files = spawnSync('grep', ['-rl', token, checkout.state], { encoding: 'utf8' });
    expect(files.stdout).toBe('');
  });

  it('can only be read by Prometheus', () => {
    const [volume = ''] = docker(
      ...[
        'inspect',
        '--format',
        '{{range .Mounts}}{{if eq .Destination "/etc/prometheus"}}{{.Source}} {{.RW}}{{end}}{{end}}',
      ],
      containerIds(stack)['prometheus'] ?? '',
    );
    const [path = '', writable] = volume.split(' ');
    expect(writable).toBe('false');
    const { mode, uid } = statSync(join(path, 'secrets', 'metrics-token'));
    expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o400, uid: 65534 });
  });
});
