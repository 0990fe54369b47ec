import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signature } from '../../policy/events';
import { projectRoot } from '../stack-files';
import { BenchProject, emptyProgram } from './projects';

/** Name of the replay in the results. */
export const replayed = 'the same resources, computed beforehand';
export const replayedHow =
  'The program for “the same resources” has the same start-up.ts, reads their inputs from a file and registers them: its time is that of the SDK, the engine and the plugins.';

/** An entry of a stack's state, as `pulumi stack export --show-secrets` prints it. */
interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly parent?: string;
  readonly provider?: string;
  readonly inputs?: unknown;
}

/**
 * Calls `measure` with a project that has the state of a running stack. Its program only registers
 * the same resources, with inputs that it reads from a file. It has components/start-up.ts, imports
 * only the SDK and computes nothing, and no resource waits for another one. So its preview shows
 * how much time the SDK and the engine need for these resources.
 */
export async function withReplay<T>(
  stack: BenchProject,
  env: NodeJS.ProcessEnv,
  measure: (replay: BenchProject) => Promise<T>,
): Promise<T> {
  const state = await stack.state();
  const { resources } = (JSON.parse(state) as { deployment: { resources: readonly Entry[] } })
    .deployment;
  const folder = emptyProgram();
  writeFileSync(join(folder, 'resources.json'), JSON.stringify(resources.map(registration)));
  for (const file of ['start-up.ts', 'load-when-used.ts']) {
    cpSync(join(projectRoot, 'components', file), join(folder, file));
  }
  writeFileSync(join(folder, 'index.ts'), program);
  const replay = new BenchProject(stack.stack, folder, env);
  try {
    await replay.load(state);
    await replay.expectNoChanges();
    return await measure(replay);
  } finally {
    // Its folder has the secrets of the stack.
    replay.forget();
  }
}

function registration({ urn, type, custom, parent, provider, inputs }: Entry): object {
  const name = urn.slice(urn.lastIndexOf('::') + 2);
  const [, version] = /::default_([\d_]+)::/.exec(provider ?? '') ?? [];
  return {
    ...{ urn, type, name, custom, parent, inputs },
    // Without its ID.
    provider: provider?.slice(0, provider.lastIndexOf('::')),
    version: version?.replaceAll('_', '.'),
  };
}

/** The engine registers the stack and the default providers itself. */
const program = `import './start-up';
import * as pulumi from '@pulumi/pulumi';
import { readFileSync } from 'node:fs';

const secret = '${signature}';
const plain = (value: any): any =>
  Array.isArray(value)
    ? value.map(plain)
    : typeof value !== 'object' || value === null
      ? value
      : secret in value
        ? pulumi.secret(JSON.parse(value.plaintext))
        : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));

const made = new Map<string, any>();
for (const { urn, type, name, custom, parent, inputs, provider, version } of JSON.parse(
  readFileSync('resources.json', 'utf8'),
)) {
  if (type === 'pulumi:pulumi:Stack' || name.startsWith('default_')) continue;
  const opts = { parent: made.get(parent), provider: made.get(provider), version };
  const { __internal, ...values } = plain(inputs ?? {});
  made.set(
    urn,
    type.startsWith('pulumi:providers:')
      ? new pulumi.ProviderResource(type.split(':')[2], name, values, opts)
      : custom
        ? new pulumi.CustomResource(type, name, values, opts)
        : new pulumi.ComponentResource(type, name, {}, opts),
  );
}
`;
