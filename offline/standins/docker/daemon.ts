import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { pause } from '../cancel';
import type { Value, Values } from '../values';

let configuredHost: string | undefined;
let connection: Docker | undefined;

/** Sets the provider's `host`; without it DOCKER_HOST decides, then the usual socket. */
export function useHost(host: string | undefined): void {
  configuredHost = host;
  connection = undefined;
}

/** The daemon. dockerode reads DOCKER_HOST, DOCKER_CERT_PATH and DOCKER_TLS_VERIFY itself. */
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

/** The daemon's answer, without what dockerode puts around it. */
export function reason(error: unknown): string {
  const { json, message } = error as { json?: { message?: string }; message?: string };
  return json?.message ?? message ?? String(error);
}

export const isMissing = (error: unknown): boolean =>
  (error as { statusCode?: number }).statusCode === 404;

/** Runs one request; a refusal reads like the released provider's: what was being done, then the daemon's reason. */
export async function ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw new Error(`${doing}: ${reason(error)}`, { cause: error });
  }
}

/** The same, but a thing that is not there is `undefined`. */
export async function find<T>(doing: string, request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Error(`${doing}: ${reason(error)}`, { cause: error });
  }
}

/** How long something may still be in use: the container that uses it is deleted separately and can go a little later. */
const removalPatienceMs = 10_000;

/** Removes a thing, waiting a while for its users to go; then the daemon's refusal, which names them, is the error. */
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

// Readers of checked inputs: the table of properties has already refused every other type.
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

/** Labels are written as a list of pairs and kept by Docker as a map. */
export const labels = (values: Values): Record<string, string> =>
  Object.fromEntries(
    objects(values, 'labels').map((l) => [text(l, 'label') ?? '', text(l, 'value') ?? '']),
  );
