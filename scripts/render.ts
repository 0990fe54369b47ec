import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import * as pulumi from '@pulumi/pulumi';
import { OperatorError, runMain } from './operator-error';
import { dashboardFiles } from './render/dashboards';
import { declared } from './render/declared';
import { dockerFiles } from './render/docker';
import { type Files, yaml } from './render/files';
import { kubernetesFiles } from './render/kubernetes';
import type { Recorded } from './render/record';
import { projectRoot } from './stack-files';

/**
 * `make render`: writes the configuration of a stack as plain files, for upstream tools and
 * readers.
 *
 * Runs the same program as `pulumi up`, without an engine, a daemon, a cluster or a passphrase:
 * secrets are dummies. If the config is invalid, the existing files are not changed.
 *
 * @returns content by path below `build/<stack>/`
 */
export async function render(stack: string, root = projectRoot): Promise<Files> {
  const { resources, values, secretKeys } = await declared(stack, root);
  return {
    ...dockerFiles(resources),
    ...kubernetesFiles(resources),
    ...otherFiles(resources),
    ...dashboardFiles(stack, values, secretKeys),
  };
}

/** All other resources: one file for each. */
function otherFiles(resources: readonly Recorded[]): Files {
  return Object.fromEntries(
    resources
      .filter(({ type }) => !/^(docker|kubernetes|random):|^grafana:oss\/dashboard:/.test(type))
      .map(({ type, name, inputs }) => {
        const [provider = '', , kind = ''] = type.split(':');
        return [`${provider}/${kind.toLowerCase()}-${name}.yaml`, yaml(inputs)];
      }),
  );
}

/** Replaces the directory by renaming: a reader sees old or new files, never a mix. */
export function replaceDirectory(directory: string, files: Files): void {
  const parent = dirname(directory);
  mkdirSync(parent, { recursive: true });
  const scratch = mkdtempSync(join(parent, '.render-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      const target = join(scratch, 'new', path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
    if (readdirSync(parent).includes(directory.slice(parent.length + 1))) {
      renameSync(directory, join(scratch, 'old'));
    }
    renameSync(join(scratch, 'new'), directory);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function cli(): Promise<void> {
  const stack = stackArgument(process.argv.slice(2));
  const files = await render(stack).catch((error: unknown) => {
    // Pulumi's error class for messages to the operator; SettingsError is one.
    if (pulumi.RunError.isInstance(error)) throw new OperatorError(error.message);
    throw error;
  });
  replaceDirectory(join(projectRoot, 'build', stack), files);
  process.stdout.write(`${listing(stack, files).join('\n')}\n`);
}

function stackArgument(argv: string[]): string {
  try {
    const { values } = parseArgs({ args: argv, options: { stack: { type: 'string' } } });
    return values.stack ?? 'dev';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`${reason}\nExample: make render STACK=prod`);
  }
}

/** Manifests are only counted, all other files are listed by name. */
function listing(stack: string, files: Files): string[] {
  const folders = new Map<string, string[]>();
  for (const path of Object.keys(files).sort()) {
    const [folder = '', ...rest] = path.split('/');
    const [key, name] = rest.length === 0 ? ['', folder] : [folder, rest.join('/')];
    folders.set(key, [...(folders.get(key) ?? []), name]);
  }
  return [...folders].sort().map(([folder, names]) => {
    const shown = names.length > 8 ? `${names.length} files` : names.join(', ');
    return `build/${stack}/${folder === '' ? '' : `${folder}/`}  ${shown}`;
  });
}

if (require.main === module) runMain(cli);
