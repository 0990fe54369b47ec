import { type ChildProcess, spawn } from 'node:child_process';

export interface PortForwardArgs {
  /** Context of the kubeconfig. @default its current one */
  readonly context?: string;
  readonly namespace: string;
  /** Name of the Service, or `pod/<name>`. */
  readonly service: string;
  /** Port of the Service. */
  readonly port: number;
  /** Port on this machine's loopback interface. @default a free one */
  readonly localPort?: number;
  /**
   * Controller whose rollout must finish first, e.g. `statefulset/grafana`: a tunnel to a pod that
   * is about to be replaced would break. @default does not wait
   */
  readonly rollout?: string;
  /** Ends the attempt to connect. */
  readonly signal?: AbortSignal;
}

export interface PortForward {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly close: () => void;
}

/** How long a rollout may take, in seconds. */
const rolloutSeconds = 600;

/** How long kubectl may take to connect, in milliseconds. */
const patience = 30_000;

/**
 * Opens a port of a Service on this machine's loopback interface with `kubectl port-forward`,
 * because kubectl supports every kind of cluster login. It needs no network policy, because the
 * traffic enters the pod through its own loopback interface.
 *
 * The tunnel does not keep this process running, and closes when the process ends. It also breaks
 * when its pod is replaced.
 *
 * Rejects with one sentence for the operator: kubectl is missing, the port is in use, or kubectl's
 * error.
 *
 * Upstream: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_port-forward/
 */
export async function openPortForward(
  args: PortForwardArgs,
  env?: NodeJS.ProcessEnv,
): Promise<PortForward> {
  await rolledOut(args, env);
  return forward(args, env);
}

/** Resolves after the rollout, or when kubectl gives up. Connecting then fails with the reason. */
function rolledOut(
  { context, namespace, rollout }: PortForwardArgs,
  env?: NodeJS.ProcessEnv,
): Promise<void> {
  if (rollout === undefined) return Promise.resolve();
  const child = spawn(
    'kubectl',
    [
      ...(context === undefined ? [] : ['--context', context]),
      ...['--namespace', namespace, 'rollout', 'status', rollout],
      `--timeout=${rolloutSeconds}s`,
    ],
    { ...(env && { env }), stdio: 'ignore' },
  );
  return new Promise((resolve) => {
    child.on('error', () => {
      resolve();
    });
    child.on('close', () => {
      resolve();
    });
  });
}

function forward(args: PortForwardArgs, env?: NodeJS.ProcessEnv): Promise<PortForward> {
  const { context, namespace, service, port, localPort, signal } = args;
  const child = spawn(
    'kubectl',
    [
      ...(context === undefined ? [] : ['--context', context]),
      ...['--namespace', namespace, 'port-forward', '--address', '127.0.0.1'],
      ...[service.includes('/') ? service : `service/${service}`, `${localPort ?? ''}:${port}`],
    ],
    { ...(env && { env }), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const close = (): void => {
    tunnels.delete(child);
    child.kill();
  };
  process.off('exit', closeAll).once('exit', closeAll);
  tunnels.add(child);
  return new Promise((resolve, reject) => {
    let said = '';
    let connected = false;
    const fail = (why: string): void => {
      if (connected) return;
      clearTimeout(timer);
      close();
      reject(new Error(`cannot reach ${service} in namespace ${namespace}: ${why}`));
    };
    const timer = setTimeout(() => {
      fail(`kubectl port-forward did not connect in ${patience / 1000} s. ${said.trim()}`);
    }, patience);
    signal?.addEventListener('abort', () => {
      fail('cancelled');
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      fail(error.code === 'ENOENT' ? 'kubectl is not installed' : error.message);
    });
    child.on('close', () => {
      fail(reasonOf(said));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const [, local] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(text) ?? [];
      if (local === undefined) return;
      connected = true;
      clearTimeout(timer);
      detach(child);
      resolve({ url: `http://127.0.0.1:${local}`, close });
    });
  });
}

/** Open tunnels. They close when this process exits. */
const tunnels = new Set<ChildProcess>();

function closeAll(): void {
  for (const child of tunnels) child.kill();
}

/** Neither the process nor its pipes keep this process running. */
function detach(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) {
    (stream as unknown as { unref?: () => void } | null)?.unref?.();
  }
}

/** The end of the sentence about a port that another program uses. */
export const portInUse = 'of this machine is in use';

function reasonOf(said: string): string {
  const [, inUse] =
    /listen tcp4? 127\.0\.0\.1:(\d+): bind: address already in use/.exec(said) ?? [];
  if (inUse !== undefined) return `port ${inUse} ${portInUse}`;
  const lines = said.trim().split('\n');
  return lines.at(-1)?.replace(/^error: /, '') || 'kubectl port-forward exited';
}
