/** An expected failure. Only its message is shown, without a stack trace. */
export class KitError extends Error {
  override readonly name = 'KitError';
}

/** Receives progress lines. */
export type Log = (line: string) => void;
