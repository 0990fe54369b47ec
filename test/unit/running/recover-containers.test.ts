import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { assertStateKnows, recoverFromInterruption } from '../../../scripts/recover';
import { projectName } from '../../../scripts/stack-files';
import { fakeCommands } from '../../lib/fake-commands';

const commands = fakeCommands();

beforeEach(() => {
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  jest.restoreAllMocks();
});

interface Machine {
  /** State of each container by its ID. */
  readonly containers?: Readonly<Record<string, string>>;
  readonly networks?: readonly string[];
  /** Containers of others in these networks. */
  readonly users?: readonly string[];
}

/** A Docker with these objects of the stack, which notes what changes it. */
function docker({ containers = {}, networks = [], users = [] }: Machine): void {
  const lines = Object.entries(containers).map(
    ([id, state]) => `${id}\\taudifi-dev-${id}\\t${state}\\t`,
  );
  const print = (all: readonly string[]): string =>
    all.length === 0 ? ':' : `printf '${all.join('\\n')}\\n'`;
  commands.add(
    'docker',
    `case "$1 $2" in
'ps --all') ${print(lines)} ;;
'network ls') ${print(networks)} ;;
'network inspect') ${print(['audifi-dev', ...users])} ;;
'image ls') ;;
*) echo "$@" >> ${commands.folder}/changes ;;
esac`,
  );
}

const changes = (): string[] => {
  try {
    return readFileSync(join(commands.folder, 'changes'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};

interface State {
  readonly containers?: readonly string[];
  readonly networks?: readonly string[];
  /** Volumes do not show whose stack it is: Docker gives the same one to both states. */
  readonly volumes?: readonly string[];
  /** Name of the stack for which they were created. */
  readonly volumesOf?: string;
  readonly pending?: boolean;
}

/** The commands on a stack with this state. */
async function recovered(
  { containers = [], networks = [], volumes = [], volumesOf, pending = false }: State,
  env: NodeJS.ProcessEnv = {},
  command?: string,
): Promise<boolean> {
  const resources = [
    ...containers.map((id) => ({
      type: 'docker:index/container:Container',
      id,
      outputs: { mustRun: true },
    })),
    ...networks.map((id) => ({ type: 'docker:index/network:Network', id })),
    ...volumes.map((id) => ({
      ...{ type: 'docker:index/volume:Volume', id },
      ...(volumesOf && { inputs: { labels: [{ label: 'io.audifi.stack', value: volumesOf }] } }),
    })),
  ];
  const deployment = { resources, pending_operations: pending ? [{}] : [] };
  commands.add(
    'pulumi',
    `case "$*" in 'stack export'*) cat <<'END'\n${JSON.stringify({ deployment })}\nEND\n;;\nesac`,
  );
  const backend = {
    ...{ local: true, configArgs: [] },
    env: { ...commands.env, AUDIFI_STATE: commands.folder, PULUMI_HOME: commands.folder, ...env },
  };
  const pulumi = join(commands.folder, 'pulumi');
  return (await recoverFromInterruption('dev', backend, pulumi, command)).drifted;
}

describe('a running stack that the state does not know', () => {
  const running = { containers: { abc: 'running', def: 'exited' }, networks: ['net'] };

  it.each<[string, State]>([
    ['an empty state', {}],
    ['the state of an up that failed because the network exists', { volumes: ['v'] }],
    ['the state of another stack', { containers: ['x'], networks: ['y'] }],
  ])('is not touched: %s', async (_, state) => {
    docker(running);
    const error = await recovered(state).catch(String);
    expect(error).toMatch(/"dev" is on this machine \(2 containers\).*Nothing was changed/s);
    expect(error).toContain('NEW_STATE=1 make up STACK=dev');
    expect(error).toContain(commands.folder);
    expect(changes()).toEqual([]);
  });

  it('is not destroyed, and the error names that command and the login, without a password', async () => {
    docker(running);
    const PULUMI_BACKEND_URL = 'postgres://ada:hunter2@db.example.com/state?password=hunter2';
    const error = String(await recovered({}, { PULUMI_BACKEND_URL }, 'destroy').catch(String));
    expect(error).toContain('NEW_STATE=1 make destroy STACK=dev');
    expect(error).toContain('postgres://****@db.example.com/state');
    expect(error).not.toContain('hunter2');
    expect(changes()).toEqual([]);
  });

  it('is refused before a new stack is built, too', async () => {
    docker(running);
    const asked = { command: 'up', stack: 'dev', env: commands.env };
    await expect(assertStateKnows(asked)).rejects.toThrow(/does not know it/);
    docker({});
    await expect(assertStateKnows(asked)).resolves.toBeUndefined();
  });

  it('is replaced with NEW_STATE=1', async () => {
    docker(running);
    await recovered({}, { NEW_STATE: '1' });
    expect(changes()).toEqual([
      ...['rm --force --volumes abc', 'rm --force --volumes def', 'network rm net'],
    ]);
  });
});

describe('containers of an interrupted run are removed', () => {
  it.each<[string, State, Machine]>([
    ['that was killed', { pending: true }, { networks: ['net'] }],
    ['that was stopped after its network', { networks: ['net'] }, { networks: ['net'] }],
    ['in a network that exists without the stack', { volumes: ['v'] }, {}],
  ])('%s', async (_, state, there) => {
    docker({ ...there, containers: { abc: 'running' } });
    await recovered(state);
    expect(changes()).toContain('rm --force --volumes abc');
  });

  it('but not while another process works on the stack', async () => {
    docker({ containers: { abc: 'running', new: 'created' } });
    const folder = join(commands.folder, '.pulumi', 'locks', 'organization', projectName, 'dev');
    mkdirSync(folder, { recursive: true });
    const lock = { pid: 4711, hostname: `not-${hostname()}`, username: 'ada' };
    writeFileSync(join(folder, 'x.json'), JSON.stringify(lock));
    await expect(recovered({ containers: ['abc'] })).rejects.toThrow(
      /process 4711 on not-.* \(user ada\) is working on the stack "dev"/,
    );
    expect(changes()).toEqual([]);
    // Without anything to remove, Pulumi itself reports the lock.
    expect(await recovered({ containers: ['abc', 'new'] })).toBe(false);
  });

  it('but not a network that other containers use: names them, and how to disconnect them', async () => {
    docker({ networks: ['net'], users: ['api-server', 'worker'] });
    const error = await recovered({ pending: true }).catch(String);
    expect(error).toContain('docker network disconnect audifi-dev api-server');
    expect(error).toContain('docker network disconnect audifi-dev worker');
    expect(error).toContain('make up STACK=dev');
    expect(changes()).toEqual([]);
  });
});

describe('a stack that was renamed', () => {
  const renamed: State = { containers: ['abc'], volumes: ['v'], volumesOf: 'old' };

  it('is not updated, because its volumes would start empty', async () => {
    // Containers with its new name do not exist.
    docker({});
    const error = await recovered(renamed).catch(String);
    expect(error).toMatch(/volumes of the stack "dev" belong to the stack "old".*start empty/);
    expect(error).toContain('make pulumi STACK=dev ARGS="stack rename old"');
    expect(error).toContain('RENAMED_FROM=old make up STACK=dev');
    expect(changes()).toEqual([]);
  });

  it('is updated if the operator names the old name, and can be destroyed', async () => {
    docker({});
    await expect(recovered(renamed, { RENAMED_FROM: 'old' })).resolves.toBe(true);
    await expect(recovered(renamed, {}, 'destroy')).resolves.toBe(true);
    await expect(recovered({ ...renamed, volumesOf: 'dev' })).resolves.toBe(true);
  });
});

describe('a paused container', () => {
  it('runs again, and needs no refresh', async () => {
    docker({ containers: { abc: 'paused', def: 'running' } });
    expect(await recovered({ containers: ['abc', 'def'] })).toBe(false);
    expect(changes()).toEqual(['unpause abc']);
  });
});
