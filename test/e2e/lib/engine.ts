import { execFileSync } from 'node:child_process';

/** Runs the docker client and returns its output lines. Throws with its error message. */
export function docker(...args: string[]): string[] {
  const output = execFileSync('docker', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  return output.split('\n').filter((line) => line !== '');
}

/** IDs of the stack's containers by name without prefix, e.g. `prometheus`. */
export function containerIds(stack: string): Record<string, string> {
  const lines = docker(
    ...['ps', '--all', '--no-trunc', '--filter', `label=io.audifi.stack=${stack}`],
    ...['--format', '{{.Names}} {{.ID}}'],
  );
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', id = ''] = line.split(' ');
      return [name.replace(`audifi-${stack}-`, ''), id];
    }),
  );
}

export interface Everything {
  readonly containers: string[];
  readonly networks: string[];
  readonly volumes: string[];
}

/** All objects of the engine, to check that those of others stay unchanged. */
export function everything(filter: string[] = []): Everything {
  return {
    containers: docker('ps', '--all', '--no-trunc', '--format', '{{.ID}}', ...filter).sort(),
    networks: docker('network', 'ls', '--no-trunc', '--format', '{{.ID}}', ...filter).sort(),
    volumes: docker('volume', 'ls', '--quiet', ...filter).sort(),
  };
}

export function ofStack(stack: string): Everything {
  return everything(['--filter', `label=io.audifi.stack=${stack}`]);
}

/** The end of all container logs, for the message of a failed test. */
export const logsOf = (stack: string, lines = 15): string =>
  eachLog(stack, (id) => `docker logs --tail ${lines} ${id} 2>&1`);

/** The last warnings and errors of all containers, which do not get lost among other lines. */
export const warningsOf = (stack: string, lines = 5): string =>
  eachLog(
    stack,
    (id) =>
      `docker logs ${id} 2>&1 | grep -E '"level":"(warn|error)' | tail -n ${lines} | cut -c1-400`,
  );

function eachLog(stack: string, command: (id: string) => string): string {
  return Object.entries(containerIds(stack))
    .map(([name, id]) => {
      const text = execFileSync('sh', ['-c', command(id)], {
        encoding: 'utf8',
        maxBuffer: 256 * 1024 * 1024,
      });
      return `--- ${name}\n${text}`;
    })
    .join('\n');
}

/**
 * Factor of all waits. The seconds that tests give are enough on most days, but the same machine is
 * sometimes half as fast. Tests of how long something takes measure it themselves.
 */
const patience = 2;

/**
 * Polls until `probe` returns a value. After `patience` times the given seconds, throws its last
 * error.
 */
export async function eventually<T>(
  what: string,
  seconds: number,
  probe: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = Date.now() + patience * seconds * 1000;
  let last = '';
  while (Date.now() < deadline) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      last = error instanceof Error ? error.message : 'an unknown error';
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what}: not within ${patience * seconds} s${last === '' ? '' : ` (${last})`}`);
}
