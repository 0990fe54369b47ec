import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { imageRef, images } from '../../components/images';
import { hostPort } from '../../components/units';
import { ensureDocker, reach } from '../docker';
import { KitError, type Log } from '../errors';
import { commandsIn, ensureImages, ensureOwnImage, hasOwnImage, type ImageName } from '../images';
import { type Mode, modeOf } from '../mode';
import type { Command } from '../recipes';
import { run, type RunResult, tail } from '../run';
import { unbuilt } from '../to-build';
import { dns, type KubeObject, storage, volumeNames, volumesFolder } from './addons';
import { type Addresses, addressesOf, type Family } from './addresses';
import { clusterImages } from './images';

/**
 * Label of every container, network and volume of a cluster, with the cluster's name. `stop`
 * removes all of them.
 */
const label = 'io.audifi.cluster';

export interface ClusterOptions {
  /** Number of nodes. The first one also runs the control plane. @default 1 */
  readonly nodes?: number;
  /** Images of the stack to load into the nodes. Unavailable ones are left out. */
  readonly images: readonly ImageName[];
  /** @default the environment variable AUDIFI_KIT, or `auto` */
  readonly mode?: Mode;
}

/**
 * A Kubernetes cluster whose nodes are containers of the Docker daemon: upstream's etcd, API
 * server, controllers, scheduler, kubelets and kube-proxy, CoreDNS, containerd, and NetworkPolicies
 * enforced by kube-router.
 *
 * Everything is inside these containers: addresses, packet filters, mounts, processes, data.
 * Removing the cluster leaves nothing on the machine.
 */
export class Cluster {
  private readonly addresses: Addresses;

  /**
   * @param name name of the context in the kubeconfig, and prefix of all names in the Docker daemon
   * @param kubeconfig output file for the administrator's credentials
   * @param family an IPv6 cluster has no IPv4 addresses. @default 'ipv4'
   */
  constructor(
    private readonly name: string,
    private readonly kubeconfig: string,
    private readonly family: Family = 'ipv4',
  ) {
    this.addresses = addressesOf(name, family);
  }

  /** Builds the images of the nodes, if they do not exist. On a new machine this takes long. */
  static async build(log: Log, mode: Mode = modeOf(process.env.AUDIFI_KIT)): Promise<void> {
    if (mode === 'stock') {
      throw new KitError('the cluster needs the offline kit, which AUDIFI_KIT=stock disables');
    }
    const { docker: daemon } = await ensureDocker(log);
    for (const { ref, recipe } of Object.values(clusterImages)) {
      await ensureOwnImage(daemon, ref, recipe, log);
    }
  }

  /** The commands that `build` has to build here. */
  static async unbuilt(): Promise<readonly Command[]> {
    const { docker: daemon, version } = await reach();
    const missing: Command[] = [];
    for (const { ref, recipe } of Object.values(clusterImages)) {
      if (version !== undefined && (await hasOwnImage(daemon, ref, recipe))) continue;
      missing.push(...unbuilt(commandsIn(recipe)));
    }
    return missing;
  }

  /** Starts the cluster. A running one is kept, and missing parts are added. */
  async start(options: ClusterOptions, log: Log): Promise<void> {
    const { images: wanted, nodes: count = 1 } = options;
    const mode = options.mode ?? modeOf(process.env.AUDIFI_KIT);
    await Cluster.build(log, mode);
    const { docker: daemon } = await ensureDocker(log);
    const { missing } = await ensureImages(
      daemon,
      { pull: mode !== 'offline', build: true, names: wanted, optional: ['grafana'] },
      log,
    );
    const nodes = Array.from({ length: count }, (_, index) => `node-${index}`);
    await this.makeNetwork();
    for (const [index, node] of nodes.entries()) await this.startNode(index, node);
    log('waiting for the API server');
    await until('the API server is ready', 120, () => this.kubectl(['get', '--raw', '/readyz']));
    await this.writeKubeconfig();
    const refs = wanted.filter((one) => !missing.includes(one)).map((one) => imageRef(images[one]));
    const loaded = [clusterImages.pause.ref, clusterImages.coredns.ref, ...refs];
    await Promise.all(
      nodes.map(async (node) => {
        await until(`containerd of ${node} answers`, 60, () =>
          this.inNode(node, ['ctr', 'version']),
        );
        for (const ref of loaded) await this.loadImage(node, ref, log);
      }),
    );
    const folders = volumeNames.map((volume) => `${volumesFolder}/${volume}`);
    await must(this.inNode('node-0', ['mkdir', '-p', ...folders]));
    await this.apply([...storage(), ...dns(this.addresses.dns)]);
    log('waiting for the nodes and for DNS');
    for (const [index, node] of nodes.entries()) await this.connectNode(index, node, count);
    await until('the nodes are ready', 120, () =>
      this.kubectl(['wait', '--for=condition=Ready', 'node', '--all', '--timeout=2s']),
    );
    const rollout = ['rollout', 'status', 'deployment/coredns', '--timeout=2s'];
    await until('DNS answers', 120, () => this.kubectl(['-n', 'kube-system', ...rollout]));
  }

  /** Ends a node at once, as a power failure does. `start` brings it back, with its disk. */
  async loseNode(node: string): Promise<void> {
    await must(docker(['kill', this.container(node)]));
  }

  /** Removes the cluster with its data. Returns whether there was one. */
  async stop(): Promise<boolean> {
    rmSync(this.kubeconfig, { force: true });
    const filter = ['--filter', `label=${label}=${this.name}`];
    const list = async (args: readonly string[]): Promise<string[]> =>
      (await must(docker([...args, ...filter]))).split('\n').filter((line) => line !== '');
    const containers = await list(['ps', '--all', '--quiet']);
    if (containers.length > 0) await must(docker(['rm', '--force', '--volumes', ...containers]));
    const volumes = await list(['volume', 'ls', '--quiet']);
    if (volumes.length > 0) await must(docker(['volume', 'rm', ...volumes]));
    const networks = await list(['network', 'ls', '--quiet']);
    if (networks.length > 0) await must(docker(['network', 'rm', ...networks]));
    return containers.length > 0;
  }

  /** A network with fixed addresses, so that a restarted node has the same address. */
  private async makeNetwork(): Promise<void> {
    const format = `{{index .Labels "${label}"}} {{if .EnableIPv6}}ipv6{{else}}ipv4{{end}}`;
    const found = await docker(['network', 'inspect', '--format', format, this.name]);
    const [owner, family] = found.stdout.trim().split(' ');
    if (found.ok && owner === this.name) {
      if (family === this.family) return;
      throw new KitError(
        `the cluster ${this.name} has ${family} addresses, not ${this.family}: remove it first. ` +
          `Example: AUDIFI_CLUSTER=${this.name} make cluster-down`,
      );
    }
    if (found.ok) {
      throw new KitError(
        `the Docker network ${this.name} belongs to something else: choose another name for the ` +
          `cluster. Example: AUDIFI_CLUSTER=${this.name}-2 make cluster`,
      );
    }
    const labels = ['--label', `${label}=${this.name}`];
    await must(docker(['network', 'create', ...labels, ...this.addresses.network, this.name]));
  }

  private async startNode(index: number, node: string): Promise<void> {
    const container = this.container(node);
    if ((await docker(['container', 'inspect', container])).ok) {
      await must(docker(['start', container]));
      return;
    }
    const [pki, volumes] = [`${this.name}-pki`, `${this.name}-volumes`];
    const labels = ['--label', `${label}=${this.name}`];
    const { node: address, pods, allPods, services, apiServer, dns } = this.addresses;
    const env = {
      NODE_INDEX: index,
      NODE_ADDRESS: address(index),
      CONTROL_PLANE: hostPort(address(0), 6443),
      ...{ PODS: pods(index), ALL_PODS: allPods },
      ...{ SERVICES: services, API_SERVICE: apiServer, DNS_SERVICE: dns },
    };
    for (const volume of [pki, volumes]) {
      await must(docker(['volume', 'create', ...labels, volume]));
    }
    await must(
      docker([
        ...['run', '--detach', '--name', container, '--hostname', node, ...labels],
        ...unconfined,
        ...['--cgroupns', 'private', '--network', this.name],
        ...[this.family === 'ipv4' ? '--ip' : '--ip6', address(index)],
        ...['--tmpfs', '/run', '--tmpfs', '/tmp:exec'],
        // Image layers and pod volumes cannot be stored on the layers of a container.
        ...['--volume', '/var', '--volume', `${pki}:/pki`],
        ...['--volume', `${volumes}:${volumesFolder}`],
        ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
        ...(index === 0 ? ['--publish', '127.0.0.1::6443'] : []),
        clusterImages.node.ref,
      ]),
    );
  }

  /** Sets the pod addresses of a node, and its routes to the pods of other nodes. */
  private async connectNode(index: number, node: string, count: number): Promise<void> {
    const { node: address, pods } = this.addresses;
    await until(`${node} is registered`, 120, () => this.kubectl(['get', 'node', node]));
    const patch = JSON.stringify({ spec: { podCIDR: pods(index), podCIDRs: [pods(index)] } });
    await must(this.kubectl(['patch', 'node', node, '--patch', patch]));
    for (let other = 0; other < count; other++) {
      if (other === index) continue;
      const route = ['ip', 'route', 'replace', pods(other), 'via', address(other)];
      await must(this.inNode(node, route));
    }
  }

  /** Copies an image from the daemon to a node's containerd, unless the node has the same one. */
  private async loadImage(node: string, ref: string, log: Log): Promise<void> {
    const id = await must(docker(['image', 'inspect', '--format', '{{.Id}}', ref]));
    const mark = `/var/lib/loaded/${id.trim().replace(':', '-')}`;
    if ((await this.inNode(node, ['test', '-e', mark])).ok) return;
    log(`loading ${ref} into ${node}`);
    const script =
      'set -o pipefail; docker save "$1" | ' +
      'docker exec --interactive "$2" ctr --namespace k8s.io images import - >&2';
    await must(run('bash', ['-c', script, 'bash', ref, this.container(node)]));
    await must(this.inNode(node, ['mkdir', '-p', mark]));
  }

  private async apply(objects: readonly KubeObject[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    const script = 'echo "$1" | kubectl --kubeconfig "$2" apply --server-side --filename -';
    await must(this.inNode('node-0', ['bash', '-c', script, 'bash', list, admin]));
  }

  private async writeKubeconfig(): Promise<void> {
    const files = ['ca.crt', 'admin.crt', 'admin.key'].map((file) => `/pki/${file}`);
    const pem = await must(this.inNode('node-0', ['cat', ...files]));
    const [address = ''] = (
      await must(docker(['port', this.container('node-0'), '6443/tcp']))
    ).split('\n');
    mkdirSync(dirname(this.kubeconfig), { recursive: true });
    const config = kubeconfigOf(this.name, `https://${address}`, pem);
    writeFileSync(this.kubeconfig, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
  }

  /** Runs a command in a node. */
  private inNode(node: string, command: readonly string[]): Promise<RunResult> {
    return docker(['exec', this.container(node), ...command]);
  }

  private kubectl(args: readonly string[]): Promise<RunResult> {
    return this.inNode('node-0', ['kubectl', '--kubeconfig', admin, ...args]);
  }

  private container(node: string): string {
    return `${this.name}-${node}`;
  }
}

/**
 * The same as `--privileged` except for one capability: if the Docker daemon itself lacks it, as in
 * some virtual machines, no container with that flag starts.
 */
const unconfined = [
  ...['--cap-add', 'ALL', '--cap-drop', 'SYS_RESOURCE'],
  ...['seccomp', 'apparmor', 'systempaths'].flatMap((what) => [
    '--security-opt',
    `${what}=unconfined`,
  ]),
  ...['--device-cgroup-rule', 'a *:* rwm', '--device', '/dev/kmsg'],
];

const admin = '/etc/node/admin.kubeconfig';

const docker = (args: readonly string[]): Promise<RunResult> => run('docker', args);

/** Returns the output. A failure is an error with its last lines. */
async function must(result: Promise<RunResult>): Promise<string> {
  const { ok, stdout, stderr } = await result;
  if (!ok) throw new KitError(`the cluster: ${tail(`${stdout}${stderr}`)}`);
  return stdout;
}

/** Repeats until it succeeds. */
async function until(what: string, seconds: number, ask: () => Promise<RunResult>): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const { ok, stdout, stderr } = await ask();
    if (ok) return;
    if (Date.now() > deadline) {
      throw new KitError(
        `the cluster: still waiting after ${seconds} s until ${what} (${tail(`${stdout}${stderr}`, 3)}). ` +
          `The logs of a node are in its container, below /var/log/node`,
      );
    }
    await sleep(300);
  }
}

/** @param pem certificates of the authority and the administrator, and the administrator's key */
export function kubeconfigOf(name: string, server: string, pem: string): object {
  const [authority, certificate, key] = (
    pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n/g) ?? []
  ).map((part) => Buffer.from(part).toString('base64'));
  const user = { 'client-certificate-data': certificate, 'client-key-data': key };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
}
