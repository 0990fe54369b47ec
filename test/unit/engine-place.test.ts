import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { providerEngine } from '../../components/platform/docker-engine';
import { remoteEngine } from '../../components/platform/engine-address';
import { assertEngineHere } from '../../scripts/engine-place';

const at = (address: string): string | undefined =>
  remoteEngine({ address, by: 'DOCKER_HOST', instead: 'unset DOCKER_HOST' });

describe('the Docker engine', () => {
  it.each([
    ...['unix:///var/run/docker.sock', 'unix:///Users/ada/.colima/default/docker.sock'],
    ...['npipe:////./pipe/docker_engine', 'fd://', '/var/run/docker.sock'],
    ...['tcp://127.0.0.1:2375', 'tcp://127.8.9.10', 'tcp://127.1:2375', 'tcp://localhost:2376'],
    ...['TCP://LOCALHOST:2375', 'localhost:2375', 'http://[::1]:2375', 'tcp://0.0.0.0:2375'],
    ...['ssh://ops@localhost', 'tcp://[::ffff:127.0.0.1]:2375'],
    // Docker itself reports these.
    ...['tcp://', 'tcp://[::1', ''],
  ])('at %j is on this machine', (address) => {
    expect(at(address)).toBeUndefined();
  });

  it.each([
    ['ssh://ops:secret@build-1', 'ssh://build-1'],
    ['tcp://docker:2375', 'tcp://docker:2375'],
    ['tcp://10.0.0.5:2376', 'tcp://10.0.0.5:2376'],
    ['https://127.0.0.1.example.com:2376', 'https://127.0.0.1.example.com:2376'],
    ['tcp://[2001:db8::1]:2375', 'tcp://[2001:db8::1]:2375'],
    ['build-1:2375', 'tcp://build-1:2375'],
  ])('at %s is on another machine', (address, named) => {
    const problem = at(address);
    expect(problem).toContain(`the Docker engine at ${named} (DOCKER_HOST) is on another machine`);
    expect(problem).toMatch(/Nothing was changed\.\n.*\n {4}unset DOCKER_HOST\n.*tcp:\/\/docker/);
    expect(problem).not.toContain('secret');
  });
});

describe('make', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'engine-place-'));
    const id = createHash('sha256').update('far').digest('hex');
    const meta = join(home, '.docker', 'contexts', 'meta', id);
    mkdirSync(meta, { recursive: true });
    const docker = { Host: 'ssh://ops@build-1' };
    writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Endpoints: { docker } }));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const use = (context: string): void =>
    writeFileSync(
      join(home, '.docker', 'config.json'),
      JSON.stringify({ currentContext: context }),
    );
  const check = (env: NodeJS.ProcessEnv, config: Readonly<Record<string, unknown>> = {}) => {
    return () => assertEngineHere('dev', { config }, { HOME: home, ...env });
  };

  it('accepts the engine of this machine', () => {
    expect(check({})).not.toThrow();
    expect(check({ DOCKER_HOST: 'unix:///run/user/1000/docker.sock' })).not.toThrow();
    use('far');
    expect(check({ DOCKER_CONTEXT: 'default' })).not.toThrow();
    // It has precedence over the context.
    expect(check({ DOCKER_HOST: 'tcp://localhost:2375' })).not.toThrow();
  });

  it.each<[string, NodeJS.ProcessEnv, string]>([
    ['DOCKER_HOST', { DOCKER_HOST: 'ssh://build-1' }, 'unset DOCKER_HOST'],
    ['the Docker context "far"', {}, 'docker context use default'],
    ['the Docker context "far"', { DOCKER_CONTEXT: 'far' }, 'unset DOCKER_CONTEXT'],
  ])('refuses another machine of %s', (by, env, instead) => {
    use('far');
    expect(check(env)).toThrow(`the Docker engine at ssh://build-1 (${by}) is on another machine`);
    expect(check(env)).toThrow(instead);
  });

  it("refuses another machine in the configuration of Pulumi's provider", () => {
    expect(check({}, { 'docker:host': 'unix:///var/run/docker.sock' })).not.toThrow();
    expect(check({}, { 'docker:host': 'tcp://build-1:2376' })).toThrow(
      /\(docker:host\) is on.*make pulumi STACK=dev ARGS="config rm docker:host"/s,
    );
  });
});

describe('pulumi up without make', () => {
  const chosen = (config: Record<string, string>, env: NodeJS.ProcessEnv) =>
    providerEngine((key) => config[key], env);

  it("knows the engine of the provider's configuration and of DOCKER_HOST, in this order", () => {
    const env = { DOCKER_HOST: 'ssh://b' };
    expect(chosen({ host: 'ssh://a' }, env)).toMatchObject({ address: 'ssh://a' });
    expect(chosen({}, env)).toMatchObject({ address: 'ssh://b', by: 'DOCKER_HOST' });
    expect(chosen({}, {})).toBeUndefined();
  });

  it('does not judge by a variable that the provider ignores', () => {
    const env = { DOCKER_HOST: 'ssh://b' };
    expect(chosen({}, { ...env, DOCKER_CONTEXT: 'colima' })).toBeUndefined();
    expect(chosen({ context: 'colima' }, env)).toBeUndefined();
  });
});
