import { existsSync } from 'node:fs';
import { builtPath } from './build';
import type { Check } from './doctor';
import { onPath } from './path';
import { run } from './run';

/** The oldest version of Kubernetes that the stack supports (docs/kubernetes.md). */
const oldest = [1, 30] as const;

/** An installed kubectl, or the one that was built before. */
export const ownKubectl = (): string | undefined =>
  onPath('kubectl') ?? [builtPath('kubectl')].find((path) => existsSync(path));

interface Versions {
  readonly clientVersion?: { readonly gitVersion?: string };
  readonly serverVersion?: { readonly gitVersion?: string };
}

/**
 * Whether kubectl is there, and whether the cluster answers and is new enough.
 *
 * @param context context of the kubeconfig. @default its current one
 * @param kubectl path of the command. Undefined: there is none yet
 */
export async function clusterChecks(
  context: string | undefined,
  kubectl: string | undefined,
): Promise<Check[]> {
  const name = 'kubectl';
  if (kubectl === undefined) {
    const detail = 'none: it would be downloaded or built. pulumi without make needs it too';
    return [{ name, ok: true, detail, fix: '' }];
  }
  const args = [
    ...(context === undefined ? [] : ['--context', context]),
    ...['version', '--output', 'json', '--request-timeout', '10s'],
  ];
  // A login may take longer than the request.
  const { ok, stdout, stderr } = await run(kubectl, args, { timeoutMs: 30_000 });
  const { clientVersion, serverVersion } = versions(stdout);
  const client = clientVersion?.gitVersion ?? 'of unknown version';
  return [
    { name, ok: true, detail: `installed: ${client}`, fix: '' },
    clusterCheck(context, ok ? serverVersion?.gitVersion : undefined, stderr),
  ];
}

function clusterCheck(
  context: string | undefined,
  version: string | undefined,
  stderr: string,
): Check {
  const [name, where] = [
    'cluster',
    context === undefined ? 'of the current context' : `of the context ${context}`,
  ];
  if (version === undefined) {
    const said = stderr.trim().split('\n').at(-1) || 'no version';
    const fix =
      'kubectl config get-contexts lists the contexts; the stack uses the one in ' +
      'kubernetes.context: pulumi config set --path kubernetes.context <name>';
    return { name, ok: false, detail: `${where}: does not answer (${said})`, fix };
  }
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const ok = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  const fix = ok ? '' : `Upgrade the cluster to Kubernetes ${oldest.join('.')} or later.`;
  return { name, ok, detail: `${where}: Kubernetes ${version}`, fix };
}

/** Nothing is known if the output is not JSON. */
function versions(text: string): Versions {
  try {
    return JSON.parse(text) as Versions;
  } catch {
    return {};
  }
}
