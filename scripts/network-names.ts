import { networkNames } from '../components/deployment';
import { docker, stackLabel } from './docker';
import { OperatorError } from './operator-error';
import { renamedFrom } from './stack/same-name';
import type { StackFile } from './stack-files';
import { shapeOf } from './stack-settings';

/** A running container in a network. */
interface Member {
  readonly name: string;
  /** The stack of this program that it belongs to; undefined for any other container. */
  readonly stack: string | undefined;
  /** Names by which others in the network find it. */
  readonly names: readonly string[];
}

interface Endpoint {
  readonly NetworkID?: string;
  readonly Aliases?: readonly string[] | null;
  /** All names; only newer engines return them. */
  readonly DNSNames?: readonly string[] | null;
}

/**
 * Refuses to join a network in which containers of others have names of the stack's services,
 * before anything is provisioned. Docker's DNS would return the addresses of both, so part of the
 * metrics, alerts and log lines would go to the wrong one, without an error.
 */
export async function assertNamesFree(
  stack: string,
  file: Pick<StackFile, 'config'>,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const shape = shapeOf(file);
  const { network } = shape;
  if (shape.platform !== 'docker' || network === undefined) return;
  const own = [stack, renamedFrom(env)];
  const others = (await membersOf(network, env)).filter(
    (member) => member.stack === undefined || !own.includes(member.stack),
  );
  const wanted = new Set(networkNames(shape));
  const problems = others.flatMap((member) => {
    const clashes = [...new Set(member.names)].filter((name) => wanted.has(name)).sort();
    return clashes.length === 0 ? [] : [{ member, clashes }];
  });
  const [first] = problems;
  if (first === undefined) return;
  const neighbour = problems.map(({ member }) => member.stack).find((other) => other !== undefined);
  const lines = problems.map(({ member, clashes }) => `  ${member.name}: ${clashes.join(', ')}`);
  const remedy =
    neighbour === undefined
      ? '  To keep the network, disconnect or rename these containers. Example:\n' +
        `    docker network disconnect ${network} ${first.member.name}\n`
      : `  The stack "${neighbour}" is in this network, and two stacks cannot share one.\n`;
  throw new OperatorError(
    `in the Docker network ${network} (network), other containers have names of services of the ` +
      `stack "${stack}", so part of its metrics, alerts and log lines would go to them:\n` +
      `${lines.join('\n')}\n${remedy}` +
      '  To join no network, or another one:\n' +
      `    make pulumi STACK=${stack} ARGS="config rm network"\n` +
      'Nothing was changed.',
  );
}

/** Containers that run in a network; none if there is no such network, which Pulumi reports. */
async function membersOf(network: string, env: NodeJS.ProcessEnv): Promise<Member[]> {
  const listed = await docker(
    ['network', 'ls', '--no-trunc', '--format', '{{.ID}}\t{{.Name}}'],
    env,
  );
  const id = listed.map((line) => line.split('\t')).find((one) => one.includes(network))?.[0];
  if (id === undefined) return [];
  const ids = await docker(['ps', '--quiet', '--no-trunc', '--filter', `network=${id}`], env);
  if (ids.length === 0) return [];
  const format = '{{json .Name}}\t{{json .Config.Labels}}\t{{json .NetworkSettings.Networks}}';
  const lines = await docker(['inspect', '--type', 'container', '--format', format, ...ids], env);
  return lines.map((line) => {
    const [name = '""', labels = '{}', networks = '{}'] = line.split('\t');
    const own = (JSON.parse(name) as string).replace(/^\//, '');
    const known = JSON.parse(labels) as Readonly<Record<string, string>> | null;
    const endpoints = JSON.parse(networks) as Readonly<Record<string, Endpoint>>;
    const endpoint = Object.values(endpoints).find(({ NetworkID }) => NetworkID === id);
    return {
      name: own,
      stack: known?.[stackLabel],
      names: [own, ...(endpoint?.Aliases ?? []), ...(endpoint?.DNSNames ?? [])],
    };
  });
}
