import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from 'node:http';
import { HttpError } from './http-error';
import type { Log } from './log';

/** A response that needs no framework. */
export interface SmallAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SmallRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * A server for tools with a few routes. Limits the body size, sends JSON, and converts errors to
 * statuses.
 */
export function smallServer(
  bodyLimit: number,
  log: Log,
  handle: (request: SmallRequest) => Promise<SmallAnswer> | SmallAnswer,
): RequestListener {
  const answer = async (request: IncomingMessage): Promise<SmallAnswer> => {
    const { method = 'GET', headers } = request;
    try {
      const body = await readBody(request, bodyLimit);
      return await handle({ method, url: urlOf(request), headers, body });
    } catch (error) {
      if (error instanceof HttpError) {
        return { status: error.status, body: { error: error.code, message: error.message } };
      }
      log.error('A request failed', { error });
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

function urlOf({ url = '/' }: IncomingMessage): URL {
  // Not `new URL(url, base)`, which would parse "//host/path" as another host.
  if (!url.startsWith('/')) throw new HttpError(400, 'invalid_request', 'not a path');
  return new URL(`http://server${url}`);
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

function write(response: ServerResponse, { status, body, headers = {} }: SmallAnswer): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    })
    .end(JSON.stringify(body));
}
