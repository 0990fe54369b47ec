import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { OperatorError, runMain } from './operator-error';
import { projectRoot } from './stack-files';

/**
 * `make kubeconfig`: in a workflow, writes the variable KUBECONFIG_YAML to build/kubeconfig,
 * readable by this user alone. It should hold no secret: `users[].user.exec` gets a token for the
 * identity of the workflow.
 */
export function writeKubeconfig(
  env: NodeJS.ProcessEnv = process.env,
  path = join(projectRoot, 'build', 'kubeconfig'),
): string {
  const text = env['KUBECONFIG_YAML'];
  const config = read(text ?? '');
  if (text === undefined || typeof config?.['current-context'] !== 'string') {
    throw new OperatorError(
      'KUBECONFIG_YAML is not a kubeconfig with a current-context\n' +
        'Example: gh variable set KUBECONFIG_YAML --env preview-prod < kubeconfig.yaml',
    );
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
  return `Wrote ${path}, context ${config['current-context']}.`;
}

function read(text: string): Record<string, unknown> | undefined {
  try {
    const config: unknown = parse(text);
    return typeof config === 'object' && config !== null
      ? (config as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  process.stdout.write(`${writeKubeconfig()}\n`);
  return 0;
}

if (require.main === module) runMain(main);
