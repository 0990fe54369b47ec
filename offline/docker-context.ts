import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KitError } from './errors';

/** A container engine that the docker CLI would use. */
export interface DockerContext {
  readonly name: string;
  /** E.g. `unix:///Users/ada/.colima/default/docker.sock`. */
  readonly host: string;
  /** Folder with ca.pem, cert.pem and key.pem, if the engine requires them. */
  readonly certificates?: string;
  readonly skipVerify: boolean;
}

interface Meta {
  readonly Endpoints?: {
    readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean };
  };
}

/**
 * The context that the docker CLI would use: from DOCKER_CONTEXT, or from `docker context use`, but
 * none if DOCKER_HOST is set. Colima, Docker Desktop and rootless engines create a context.
 * Undefined: no context, so the engine is at its default socket.
 *
 * Throws a KitError if the context does not exist, as the CLI does.
 *
 * See https://docs.docker.com/engine/manage-resources/contexts/
 */
export function dockerContext(env: NodeJS.ProcessEnv): DockerContext | undefined {
  if (env['DOCKER_HOST']) return undefined;
  const folder = configFolder(env);
  const name = env['DOCKER_CONTEXT'] || currentContext(folder);
  if (name === undefined || name === '' || name === 'default') return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts', 'meta', id, 'meta.json');
  const endpoint = (jsonOf(file) as Meta | undefined)?.Endpoints?.docker;
  if (endpoint === undefined || !endpoint.Host) {
    throw new KitError(
      `the Docker context "${name}" ${existsSync(file) ? 'has no engine address' : 'does not exist'} (${file}): ` +
        'choose another one (docker context ls, docker context use default), or set DOCKER_HOST',
    );
  }
  const tls = join(folder, 'contexts', 'tls', id, 'docker');
  return {
    name,
    host: endpoint.Host,
    certificates: existsSync(tls) ? tls : undefined,
    skipVerify: endpoint.SkipTLSVerify === true,
  };
}

/** Where the docker CLI looks in the context `default`. */
const defaultHost = 'unix:///var/run/docker.sock';

/**
 * Sets the variables that Pulumi's provider and dockerode use instead of contexts: DOCKER_HOST, and
 * for TLS also DOCKER_CERT_PATH and DOCKER_TLS_VERIFY. Removes DOCKER_CONTEXT: the provider prefers
 * it to DOCKER_HOST, does not know `default`, and reads only contexts in `~/.docker`.
 *
 * @param env is changed
 */
export function adoptDockerContext(env: NodeJS.ProcessEnv): DockerContext | undefined {
  const context = dockerContext(env);
  if (context !== undefined) {
    env['DOCKER_HOST'] = context.host;
    if (context.certificates !== undefined) {
      env['DOCKER_CERT_PATH'] = context.certificates;
      if (!context.skipVerify) env['DOCKER_TLS_VERIFY'] = '1';
    }
  } else if (env['DOCKER_CONTEXT'] === 'default' && !env['DOCKER_HOST']) {
    const current = currentContext(configFolder(env));
    // Without DOCKER_CONTEXT, the docker CLI would now use this one.
    if (current !== undefined && current !== 'default') env['DOCKER_HOST'] = defaultHost;
  }
  delete env['DOCKER_CONTEXT'];
  return context;
}

const configFolder = (env: NodeJS.ProcessEnv): string =>
  env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');

function currentContext(folder: string): string | undefined {
  const config = jsonOf(join(folder, 'config.json')) as { currentContext?: string } | undefined;
  return config?.currentContext;
}

/** Undefined for a missing file or invalid JSON. The CLI also continues in these cases. */
function jsonOf(path: string): unknown {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
