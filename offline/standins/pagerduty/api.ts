import type { Values } from '../values';

/** Configuration of the provider. */
interface Access {
  readonly url: string;
  readonly token: string;
}

/** See https://developer.pagerduty.com/docs/service-regions */
const regions: Readonly<Record<string, string>> = {
  us: 'https://api.pagerduty.com',
  eu: 'https://api.eu.pagerduty.com',
};

let access: Access | undefined;

export function useAccount(config: Values): void {
  const { token, apiUrlOverride, serviceRegion } = config;
  const region = regions[typeof serviceRegion === 'string' ? serviceRegion : 'us'] ?? regions['us'];
  const url = typeof apiUrlOverride === 'string' ? apiUrlOverride : (region ?? '');
  access = { url: url.replace(/\/+$/, ''), token: typeof token === 'string' ? token : '' };
}

/** An error response of the API. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export type Json = Readonly<Record<string, unknown>>;

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Sends a request to the REST API: https://developer.pagerduty.com/docs/rest-api-overview. Throws
 * an `ApiError` with PagerDuty's message if the request is rejected.
 */
export async function ask(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: Json,
): Promise<Json> {
  if (access === undefined) throw new Error('the PagerDuty provider is not configured');
  const response = await fetch(`${access.url}${path}`, {
    method,
    signal: AbortSignal.timeout(30_000),
    headers: {
      Accept: 'application/vnd.pagerduty+json;version=2',
      Authorization: `Token token=${access.token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = (text === '' ? {} : JSON.parse(text)) as Json;
  if (response.ok) return answer;
  const { message = response.statusText, errors = [] } = (answer['error'] ?? {}) as {
    message?: string;
    errors?: string[];
  };
  const details = errors.length === 0 ? '' : `: ${errors.join(', ')}`;
  throw new ApiError(
    response.status,
    `${method} ${path} failed with ${response.status} ${message}${details}`,
  );
}

/** Undefined if the object no longer exists. */
export async function find<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
