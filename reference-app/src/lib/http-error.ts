/** An answer that is not a success: what the client is told, and nothing of what went on inside. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly status: number,
    /** Word for programs, e.g. not_found. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const notFound = (what: string): HttpError =>
  new HttpError(404, 'not_found', `${what} does not exist`);
export const invalid = (message: string): HttpError =>
  new HttpError(400, 'invalid_request', message);
