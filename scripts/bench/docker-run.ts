import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blackboxConfig, blackboxConfigPath } from '../../components/metrics/blackbox-config';
import { imageRef, images } from '../../components/images';
import { docker } from '../docker';

export interface Bed {
  readonly env: NodeJS.ProcessEnv;
  /** Port of Prometheus on this machine. */
  readonly port: number;
  /** Prefix of all names. */
  readonly prefix: string;
}

const locked = [
  ...['--restart', 'unless-stopped', '--read-only', '--cap-drop', 'ALL'],
  ...['--security-opt', 'no-new-privileges:true'],
  ...['--log-driver', 'json-file', '--log-opt', 'max-size=10m', '--log-opt', 'max-file=3'],
];

/**
 * Starts the containers of the dev stack one after another, as a person would with `docker run`.
 *
 * @returns seconds until Prometheus is ready
 */
export async function plainDocker({ env, port, prefix }: Bed): Promise<number> {
  const files = mkdtempSync(join(tmpdir(), 'audifi-plain-'));
  writeFileSync(join(files, 'config.yml'), blackboxConfig());
  writeFileSync(join(files, 'prometheus.yml'), prometheusYaml);
  const run = (name: string, memory: string, cpus: string, user: string, rest: string[]) =>
    docker(
      [
        ...['run', '--detach', '--name', `${prefix}-${name}`, '--user', user],
        ...['--memory', memory, '--memory-swap', memory, '--cpus', cpus, ...locked, ...rest],
      ],
      env,
    );
  const start = performance.now();
  await docker(['network', 'create', prefix], env);
  const [gateway = ''] = await docker(
    ['network', 'inspect', '--format', '{{(index .IPAM.Config 0).Gateway}}', prefix],
    env,
  );
  await docker(['volume', 'create', `${prefix}-data`], env);
  await run('node-exporter', '64m', '0.25', '65534:65534', [
    ...['--network', 'host', '--volume', '/:/host:ro', imageRef(images.nodeExporter)],
    ...['--path.rootfs=/host', `--web.listen-address=${gateway}:9100`],
  ]);
  await run('cadvisor', '256m', '0.5', '0:0', [
    ...['--network', prefix, '--volume', '/:/rootfs:ro', '--volume', '/var/run:/var/run:ro'],
    ...['--volume', '/sys:/sys:ro', '--volume', '/var/lib/docker:/var/lib/docker:ro'],
    ...[imageRef(images.cadvisor), '-port=8080', '-docker_only=true'],
  ]);
  await run('blackbox', '64m', '0.25', '65534:65534', [
    ...['--network', prefix, '--volume', `${files}/config.yml:${blackboxConfigPath}:ro`],
    ...[imageRef(images.blackboxExporter), `--config.file=${blackboxConfigPath}`],
  ]);
  await run('prometheus', '1g', '1', '65534:65534', [
    ...['--network', prefix, '--publish', `127.0.0.1:${port}:9090`],
    ...['--volume', `${prefix}-data:/prometheus`],
    ...['--volume', `${files}/prometheus.yml:/etc/prometheus/prometheus.yml:ro`],
    ...[imageRef(images.prometheus), '--config.file=/etc/prometheus/prometheus.yml'],
    '--storage.tsdb.path=/prometheus',
  ]);
  await ready(`http://127.0.0.1:${port}/-/ready`);
  const seconds = (performance.now() - start) / 1000;
  rmSync(files, { recursive: true });
  return seconds;
}

/** Removes the containers, networks and volumes of `plainDocker` by name. */
export async function removePlainDocker({ env, prefix }: Bed): Promise<void> {
  const names = await docker(
    ['ps', '--all', '--filter', `name=^/${prefix}-`, '--format', '{{.Names}}'],
    env,
  );
  if (names.length > 0) await docker(['rm', '--force', '--volumes', ...names], env);
  const networks = await docker(['network', 'ls', '--quiet', '--filter', `name=^${prefix}$`], env);
  if (networks.length > 0) await docker(['network', 'rm', ...networks], env);
  const volumes = await docker(
    ['volume', 'ls', '--quiet', '--filter', `name=^${prefix}-data$`],
    env,
  );
  if (volumes.length > 0) await docker(['volume', 'rm', ...volumes], env);
}

async function ready(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url}: not ready within a minute`);
}

const prometheusYaml = `scrape_configs:
  - job_name: prometheus
    static_configs: [{ targets: ['localhost:9090'] }]
`;
