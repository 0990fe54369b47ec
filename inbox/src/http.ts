import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** An error response. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    /** Machine-readable code, e.g. not_found. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const invalid = (message: string): HttpError =>
  new HttpError(400, 'invalid_request', message);

export type Input = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parses a request body as a JSON object. Anything else is a 400. */
export function jsonObject(body: Buffer): Input {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw invalid('the body is not JSON');
  }
  if (!isObject(parsed)) throw invalid('the body is not a JSON object');
  return parsed;
}

/** A string of 1 to `max` characters. */
export function textField(input: Input, name: string, max: number): string {
  const value = input[name];
  if (typeof value !== 'string' || value.length > max || !/^[^\0]+$/.test(value)) {
    throw invalid(`"${name}" has to be a text of 1 to ${max} valid characters`);
  }
  return value;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  /** A string is sent as HTML, anything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Writes a log line. */
export type Log = (level: 'info' | 'error', message: string) => void;

/**
 * A request listener for a few routes. It limits the size of bodies in bytes, and converts errors
 * to statuses.
 */
export function listener(
  bodyLimit: number,
  log: Log,
  handle: (request: Request) => Answer,
): RequestListener {
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    try {
      const body = await readBody(request, bodyLimit);
      const [path = '/'] = (request.url ?? '/').split('?');
      return handle({ method: request.method ?? 'GET', path, body });
    } catch (error) {
      if (error instanceof HttpError) {
        return { status: error.status, body: { error: error.code, message: error.message } };
      }
      log('error', `A request failed: ${error instanceof Error ? error.message : 'no Error'}`);
      return { status: 500, body: { error: 'internal' } };
    }
  };
  return (request, response) => {
    answer(request).then(
      (done) => write(response, done),
      () => response.destroy(),
    );
  };
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Reads the rest without storing it, so that the client receives the response.
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) throw new HttpError(413, 'too_large', `at most ${limit} bytes`);
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const html = typeof body === 'string';
  response
    .writeHead(status, {
      'content-type': html ? 'text/html; charset=utf-8' : 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    })
    .end(html ? body : JSON.stringify(body));
}
