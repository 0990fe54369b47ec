import { describe, expect, it } from '@jest/globals';
import { unreadable, wrongDirectory } from '../../scripts/container-logs';

const engine = (root: string, ...drivers: readonly string[]) => ({
  root,
  containers: drivers.map((driver, i) => ({ name: `c${i}`, driver })),
});

describe('the directory of container logs', () => {
  it.each([
    ['another data-root', '/data/docker'],
    ['userns-remap', '/var/lib/docker/165536.165536'],
    ['a rootless engine', '/home/ops/.local/share/docker'],
  ])('must match the engine: %s', (_, root) => {
    expect(wrongDirectory(engine(root), root)).toBeUndefined();
    const problem = wrongDirectory(engine(root), '/var/lib/docker');
    expect(problem?.what).toContain(`Docker stores its files in ${root}`);
    expect(problem?.fix).toBe(`pulumi config set --path logs.dockerRoot ${root}`);
  });

  it('does not exist for a driver that writes no files', () => {
    expect(unreadable(engine('/', 'json-file', 'none'))).toBeUndefined();
    expect(unreadable(engine('/', 'json-file', 'local', 'journald'))?.what).toContain(
      '2 containers writes no files that the log agent can read: c1 (local), c2 (journald)',
    );
  });
});
