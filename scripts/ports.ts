import { createServer } from 'node:net';
import { keyOf } from '../components/settings/commands';
import { publishedPorts as portsOf } from '../components/deployment';
import { docker, ownContainers, stackLabel } from './docker';
import { OperatorError } from './operator-error';
import { renamedFrom } from './stack/same-name';
import type { StackFile } from './stack-files';
import { openSettings, shapeOf } from './stack-settings';

/** Setting and number of every port that the stack publishes on this machine. */
export function publishedPorts(file: StackFile): { key: string; port: number }[] {
  const shape = shapeOf(file);
  if (shape.platform !== 'docker' || openSettings(file) === undefined) return [];
  const published = portsOf(shape);
  return published.map(({ at, port }) => ({ key: keyOf(at), port }));
}

/**
 * Refuses to start if a port that the stack publishes is in use, before anything
 * is provisioned. Docker reports it only after the container has been created.
 */
export async function assertPortsFree(
  stack: string,
  file: StackFile,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const wanted = publishedPorts(file);
  const busy: { key: string; port: number }[] = [];
  for (const entry of wanted) if (!(await isFree(entry.port))) busy.push(entry);
  if (busy.length === 0) return;
  const former = renamedFrom(env);
  const own = [
    ...(await ownContainers(stack, env)),
    // This run replaces them.
    ...(former === undefined ? [] : await ownContainers(former, env)),
  ];
  const mine = own.map((c) => c.ports).join(' ');
  const problems: string[] = [];
  const others = new Set<string>();
  for (const { key, port } of busy) {
    if (mine.includes(`127.0.0.1:${port}->`)) continue;
    const format = `{{.Names}}\t{{.Label "${stackLabel}"}}`;
    const [found] = await docker(['ps', '--filter', `publish=${port}`, '--format', format], env);
    const [holder = '', other = ''] = found?.split('\t') ?? [];
    const isOthers = other !== '' && other !== stack;
    if (isOthers) others.add(other);
    const whose = isOthers ? ` of the stack "${other}"` : '';
    const who = found === undefined ? 'another program' : `the container ${holder}${whose}`;
    problems.push(
      `port ${port} of this machine (${key}) is in use by ${who}.\n` +
        `  Example: pulumi config set --path ${key} ${port + 1}`,
    );
  }
  if (problems.length > 0) {
    const renamed = [...others].map(
      (other) =>
        `If "${stack}" is the new name of the stack "${other}" (pulumi stack rename), ` +
        'read docs/backup.md#renaming-a-stack first.\n',
    );
    throw new OperatorError(`${problems.join('\n')}\n${renamed.join('')}Nothing was changed.`);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}
