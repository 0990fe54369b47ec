import { spawnSync } from 'node:child_process';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../stack-error';
import { openPortForward, type PortForwardArgs, portInUse } from './port-forward';

/**
 * Throws a StackError if kubectl is not installed, before anything is provisioned. A preview opens
 * no tunnel, so it does not need kubectl.
 */
export function assertKubectl(): void {
  if (pulumi.runtime.isDryRun()) return;
  const { error } = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
  if (error === undefined) return;
  throw new StackError(
    'kubectl is not installed. This program uses it to reach Grafana in the cluster. Nothing was ' +
      'changed.\n  Install it: https://kubernetes.io/docs/tasks/tools/\n  Or set another way: ' +
      'pulumi config set --path grafana.apiUrl https://grafana.audifi.io',
  );
}

/**
 * Opens a port of a Service on this machine while the program runs; returns its URL.
 *
 * @param env environment of kubectl. @default that of this process
 */
export async function openTunnel(args: PortForwardArgs, env?: NodeJS.ProcessEnv): Promise<string> {
  try {
    return (await openPortForward(args, env)).url;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StackError(
      !why.endsWith(portInUse)
        ? `${why}.`
        : `${why}.\n  The tunnel uses port ${args.localPort} of this machine. To use another: ` +
            'pulumi config set --path grafana.port 3001',
    );
  }
}
