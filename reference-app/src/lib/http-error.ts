/** An error response. It contains only what the client may know, and no internal details. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly status: number,
    /** Machine-readable code, e.g. not_found. */
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
