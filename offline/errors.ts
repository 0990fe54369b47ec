/** An expected failure. Only its message is shown, without a stack trace. */
export class KitError extends Error {
  override readonly name = 'KitError';
}

/**
 * Receives progress lines. On a terminal, the next line replaces a transient one.
 */
export type Log = (line: string, options?: { readonly transient?: boolean }) => void;
