import { mkdtempSync, rmSync, cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { dynamic } from '@pulumi/pulumi';
import { projectRoot } from '../../../scripts/stack-files';
import { type Ran, runProgram } from '../../lib/engine';

export const token = 'planted-token-of-better-stack';

const program = `import '${join(projectRoot, 'components', 'start-up')}';
import * as pulumi from '@pulumi/pulumi';
import { BetterStackObject } from '${join(projectRoot, 'components', 'uptime', 'better-stack-provider')}';

const args = { token: '${token}', apiUrl: 'http://127.0.0.1:1' };
new BetterStackObject('Monitor', 'one', { ...args, attributes: { url: 'https://audifi.io' } });
const heartbeat = new BetterStackObject('Heartbeat', 'two', { ...args, attributes: { period: 60 } });
pulumi.isSecret(heartbeat.callUrl).then((secret) => console.log('callUrl is secret: ' + secret));
`;

/** Registers two objects in the SDK's own runner, which serialises their provider. */
export async function registered(): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'audifi-uptime-'));
  try {
    for (const file of ['package.json', 'tsconfig.json', 'tsconfig.pulumi.json']) {
      cpSync(join(projectRoot, file), join(folder, file));
    }
    symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'index.ts'), program);
    return await runProgram({ directory: folder, tsconfig: 'tsconfig.pulumi.json' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The source of the provider that goes into the state. */
export const sourceOf = ({ resources, output }: Ran): string => {
  const text = resources.find(({ name }) => name === 'one')?.inputs['__provider'];
  if (typeof text !== 'string') throw new Error(`no provider was serialised: ${output}`);
  return text;
};

/** Properties of an object, as inputs and in the state. */
export interface Props {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly callUrl?: string;
  readonly [other: string]: unknown;
}

export type Provider = Required<dynamic.ResourceProvider<Props, Props>>;

/** Loads the source as Pulumi's host of dynamic providers does. */
export function load(source: string): Provider {
  const exported: { handler?: () => Provider } = {};
  const run = compileFunction(source, ['exports', 'require']) as (...globals: unknown[]) => void;
  run(exported, require);
  if (exported.handler === undefined) throw new Error('the source has no handler');
  return exported.handler();
}
