import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { pause } from '../cancel';
import type { Value, Values } from '../values';

let configuredHost: string | undefined;
let connection: Docker | undefined;

/** Sets the provider's `host`. Without it, DOCKER_HOST or the default socket is used. */
export function useHost(host: string | undefined): void {
  configuredHost = host;
  connection = undefined;
}

/**
 * The client of the daemon. dockerode itself reads DOCKER_HOST, DOCKER_CERT_PATH and
 * DOCKER_TLS_VERIFY.
 */
export function daemon(): Docker {
  connection ??= configuredHost === undefined ? new Docker() : new Docker(options(configuredHost));
  return connection;
}

function options(host: string): Docker.DockerOptions {
  const url = new URL(host);
  if (url.protocol === 'unix:') return { socketPath: url.pathname };
  const certificates = process.env.DOCKER_CERT_PATH;
  const tls = url.protocol === 'https:' || process.env.DOCKER_TLS_VERIFY === '1';
  const file = (name: string): Buffer => readFileSync(join(certificates ?? '', name));
  return {
    protocol: url.protocol === 'ssh:' ? 'ssh' : tls ? 'https' : 'http',
    host: url.hostname,
    port: url.port || (tls ? 2376 : 2375),
    ...(url.username && { username: url.username }),
    ...(tls &&
      certificates && { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') }),
  };
}

/** The daemon's message, without dockerode's prefix. */
export function reason(error: unknown): string {
  const { json, message } = error as { json?: { message?: string }; message?: string };
  return json?.message ?? message ?? String(error);
}

export const isMissing = (error: unknown): boolean =>
  (error as { statusCode?: number }).statusCode === 404;

/**
 * Runs a request. An error has the form of the released provider: the operation, then the daemon's
 * reason.
 */
export async function ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw new Error(`${doing}: ${reason(error)}`, { cause: error });
  }
}

/** The same, but returns undefined if the object does not exist. */
export async function find<T>(doing: string, request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Error(`${doing}: ${reason(error)}`, { cause: error });
  }
}

/**
 * How long an object may still be in use: its container is deleted separately and may take longer.
 */
const removalPatienceMs = 10_000;

/**
 * Removes an object, and waits a while until nothing uses it. After that, the daemon's error, which
 * names the users, is thrown.
 */
export async function removePatiently(
  doing: string,
  inUse: string,
  request: () => Promise<unknown>,
): Promise<void> {
  const until = Date.now() + removalPatienceMs;
  for (;;) {
    try {
      await find(doing, request);
      return;
    } catch (error) {
      const refusal = (error as Error).message;
      if (!refusal.includes(inUse) || Date.now() > until) throw error;
      await pause(500);
    }
  }
}

// Accessors for checked inputs. The table of properties has already rejected other types.
export const text = (values: Values, key: string): string | undefined => {
  const value = values[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
export const number = (values: Values, key: string): number | undefined =>
  typeof values[key] === 'number' ? values[key] : undefined;
export const flag = (values: Values, key: string, otherwise = false): boolean =>
  typeof values[key] === 'boolean' ? values[key] : otherwise;
export const texts = (values: Values, key: string): string[] =>
  Array.isArray(values[key]) ? (values[key] as string[]) : [];
export const objects = (values: Values, key: string): Values[] =>
  Array.isArray(values[key]) ? (values[key] as Values[]) : [];
export const object = (values: Values, key: string): Values | undefined => {
  const value: Value | undefined = values[key];
  return typeof value === 'object' && value !== null ? (value as Values) : undefined;
};
export const map = (values: Values, key: string): Record<string, string> | undefined =>
  object(values, key) as Record<string, string> | undefined;

/** Labels are a list of pairs in the inputs, and a map in Docker. */
export const labels = (values: Values): Record<string, string> =>
  Object.fromEntries(
    objects(values, 'labels').map((l) => [text(l, 'label') ?? '', text(l, 'value') ?? '']),
  );
