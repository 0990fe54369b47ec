import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { adoptDockerContext, dockerContext } from '../../../offline/docker-context';

/**
 * The kit finds the engine as the docker CLI does. With Colima or Docker Desktop there is no
 * /var/run/docker.sock.
 */
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'docker-context-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');

function context(name: string, docker: object, folder = join(home, '.docker')): void {
  const meta = join(folder, 'contexts', 'meta', idOf(name));
  mkdirSync(meta, { recursive: true });
  const text = JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker } });
  writeFileSync(join(meta, 'meta.json'), text);
}

function use(name: string, folder = join(home, '.docker')): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: {}, currentContext: name }));
}

describe('the container engine', () => {
  const colima = { Host: 'unix:///Users/ada/.colima/default/docker.sock', SkipTLSVerify: false };

  it('comes from the current context, as with Colima, Docker Desktop and rootless engines', () => {
    context('colima', colima);
    use('colima');
    const env: NodeJS.ProcessEnv = { HOME: home };
    expect(adoptDockerContext(env)).toMatchObject({ name: 'colima' });
    expect(env).toEqual({ HOME: home, DOCKER_HOST: colima.Host });
    // A second call changes nothing.
    expect(adoptDockerContext(env)).toBeUndefined();
  });

  it('comes from DOCKER_HOST first, then DOCKER_CONTEXT, then the current context', () => {
    context('colima', colima);
    context('rootless', { Host: 'unix:///run/user/1000/docker.sock' });
    use('colima');
    const chosen = { HOME: home, DOCKER_CONTEXT: 'rootless' };
    expect(dockerContext(chosen)?.host).toBe('unix:///run/user/1000/docker.sock');
    expect(dockerContext({ ...chosen, DOCKER_HOST: 'tcp://a:1' })).toBeUndefined();
    expect(dockerContext({ HOME: home, DOCKER_CONTEXT: 'default' })).toBeUndefined();
  });

  // Pulumi's provider prefers DOCKER_CONTEXT to DOCKER_HOST, and cannot resolve all contexts.
  it.each<[string, NodeJS.ProcessEnv, string | undefined]>([
    ['of DOCKER_CONTEXT', { DOCKER_CONTEXT: 'colima' }, colima.Host],
    ['of DOCKER_HOST', { DOCKER_HOST: 'tcp://a:1', DOCKER_CONTEXT: 'colima' }, 'tcp://a:1'],
    ['at the default socket', { DOCKER_CONTEXT: 'default' }, undefined],
  ])('%s is the same for the docker CLI and for Pulumi', (_, variables, host) => {
    context('colima', colima);
    const env = { HOME: home, ...variables };
    adoptDockerContext(env);
    expect(env).toEqual({ HOME: home, ...(host === undefined ? {} : { DOCKER_HOST: host }) });
  });

  it('stays at the default socket although another context is the current one', () => {
    context('colima', colima);
    use('colima');
    const env: NodeJS.ProcessEnv = { HOME: home, DOCKER_CONTEXT: 'default' };
    adoptDockerContext(env);
    expect(env).toEqual({ HOME: home, DOCKER_HOST: 'unix:///var/run/docker.sock' });
    adoptDockerContext(env);
    expect(env['DOCKER_HOST']).toBe('unix:///var/run/docker.sock');
  });

  it('uses DOCKER_CONFIG, and certificates if the engine requires them', () => {
    const folder = join(home, 'elsewhere');
    const tls = join(folder, 'contexts', 'tls', idOf('far'), 'docker');
    context('far', { Host: 'tcp://far:2376' }, folder);
    mkdirSync(tls, { recursive: true });
    use('far', folder);
    const env: NodeJS.ProcessEnv = { HOME: home, DOCKER_CONFIG: folder };
    adoptDockerContext(env);
    expect(env).toMatchObject({
      DOCKER_HOST: 'tcp://far:2376',
      DOCKER_CERT_PATH: tls,
      DOCKER_TLS_VERIFY: '1',
    });
  });

  it('is at the default socket without a context, or with an invalid file', () => {
    expect(dockerContext({ HOME: home })).toBeUndefined();
    use('default');
    expect(dockerContext({ HOME: home })).toBeUndefined();
    writeFileSync(join(home, '.docker', 'config.json'), '{"auths": ');
    expect(dockerContext({ HOME: home })).toBeUndefined();
  });

  it('is an error if the context does not exist', () => {
    use('desktop-linux');
    expect(() => dockerContext({ HOME: home })).toThrow(
      /context "desktop-linux" does not exist.*docker context use default/,
    );
  });
});
