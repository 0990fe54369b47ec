import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  openPortForward,
  type PortForward,
  type PortForwardArgs,
} from '../../../components/platform/port-forward';
import { Cluster, clusterFamily, type ImageName, type Kit } from '../../../offline/kit';
import { capture } from '../../../scripts/process';

/** The cluster that `make cluster` starts, under a name of its own, with kubectl. */
export class KubeCluster {
  /** Must not be `audifi-<stack>` of a stack on Docker, because its network has that name. */
  static readonly context = 'audifi-e2e-cluster';
  readonly kubeconfig: string;
  private readonly cluster: Cluster;
  private readonly tunnels: PortForward[] = [];

  /** @param folder where its kubeconfig is written */
  constructor(
    folder: string,
    private readonly kit: Kit,
  ) {
    this.kubeconfig = join(folder, 'kubeconfig');
    this.cluster = new Cluster(KubeCluster.context, this.kubeconfig, clusterFamily());
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...this.kit.env,
      KUBECONFIG: this.kubeconfig,
    };
  }

  async start(nodes: number, images: readonly ImageName[]): Promise<void> {
    await this.cluster.start({ nodes, images }, (line) => {
      process.stderr.write(`cluster: ${line}\n`);
    });
  }

  async stop(): Promise<void> {
    for (const { close } of this.tunnels.splice(0)) close();
    await this.cluster.stop();
  }

  /** Runs kubectl; returns its output. Throws with what it said when it fails. */
  kubectl(...args: string[]): string {
    return this.run(args);
  }

  /** The same for a command that takes a while, so that others can run meanwhile. */
  async kubectlAsync(...args: string[]): Promise<string> {
    const command = ['--context', KubeCluster.context, ...args];
    const { code, stdout, stderr } = await capture('kubectl', command, { env: this.env });
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Ends a node without notice. `start` brings it back. */
  async loseNode(node: string): Promise<void> {
    await this.cluster.loseNode(node);
  }

  /** `kubectl get … --output json`. */
  get(...args: string[]): unknown {
    return JSON.parse(this.kubectl('get', ...args, '--output', 'json'));
  }

  apply(objects: readonly object[]): void {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    this.run(['apply', '--filename', '-'], JSON.stringify(list));
  }

  /** Server-side apply under the name of a field manager. Returns the object. */
  applyAs(fieldManager: string, object: object): object {
    const args = ['apply', '--server-side', '--field-manager', fieldManager];
    const text = this.run(
      [...args, '--filename', '-', '--show-managed-fields', '--output', 'json'],
      JSON.stringify(object),
    );
    return JSON.parse(text) as object;
  }

  /** Opens a Service's port on this machine until the cluster stops; returns its URL. */
  async open(service: string, port: number, namespace = 'monitoring'): Promise<string> {
    const args: PortForwardArgs = { context: KubeCluster.context, namespace, service, port };
    const tunnel = await openPortForward(args, this.env);
    this.tunnels.push(tunnel);
    return tunnel.url;
  }

  /** What pods say about themselves, for the message of a failed test. */
  report(namespace = 'monitoring'): string {
    const pods = this.kubectl('get', 'pods', '--all-namespaces', '--output', 'wide');
    const names = this.kubectl('--namespace', namespace, 'get', 'pods', '--output', 'name');
    const logs = names
      .split('\n')
      .filter((name) => name !== '')
      .map((name) => {
        const args = ['--namespace', namespace, 'logs', name, '--tail', '8', '--all-containers'];
        try {
          return `--- ${name}\n${this.kubectl(...args)}`;
        } catch (error) {
          return `--- ${name}\n${error instanceof Error ? error.message : ''}`;
        }
      });
    return [pods, ...logs].join('\n');
  }

  private run(args: readonly string[], input?: string): string {
    return execFileSync('kubectl', ['--context', KubeCluster.context, ...args], {
      encoding: 'utf8',
      env: this.env,
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  }
}
