import { fetchFailure, OperatorError } from '../operator-error';

/** A server of a running stack, as errors name it. */
export interface Server {
  /** E.g. `Prometheus of stack "dev"`. */
  readonly title: string;
  /** Without a slash at the end. */
  readonly url: string;
  /** What to do if it does not respond, e.g. `make up STACK=dev`. */
  readonly example: string;
}

/** The server rejected the request. */
export class RefusedError extends OperatorError {
  constructor(
    server: Server,
    readonly status: number,
    readonly reason: string,
  ) {
    super(`${server.title} (${server.url}) answered ${status}: ${reason}`);
  }
}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Form fields or, with `json`, an object. */
  readonly body?: URLSearchParams;
  readonly json?: object;
  /** @default 60 */
  readonly seconds?: number;
}

/**
 * The JSON that a server answers, or undefined if the body is empty.
 *
 * @throws OperatorError if it does not respond, RefusedError if it answers with an error
 */
export async function answer(
  server: Server,
  path: string,
  { method, body, json, seconds = 60 }: Request = {},
): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${server.url}${path}`, {
      method: method ?? (body === undefined && json === undefined ? 'GET' : 'POST'),
      ...(json === undefined
        ? { body }
        : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(seconds * 1000),
    });
    text = await response.text();
  } catch (error) {
    throw new OperatorError(
      `${server.title} (${server.url}) does not respond: ${fetchFailure(error)}\n` +
        `Example: ${server.example}`,
    );
  }
  const value = parsed(text);
  if (!response.ok) throw new RefusedError(server, response.status, reasonOf(value, text));
  if (value === undefined && text.trim() !== '') {
    throw new OperatorError(`${server.title} (${server.url}) does not answer with JSON at ${path}`);
  }
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function reasonOf(value: unknown, text: string): string {
  if (typeof value === 'string') return value;
  const { error, message } = (value ?? {}) as { readonly error?: unknown; message?: unknown };
  const reason = [error, message].find((part) => typeof part === 'string');
  return typeof reason === 'string' ? reason : text.trim().slice(0, 300) || 'no reason given';
}
